"""A Keras model on TensorFlow → ONNX, by tf2onnx.

Keras's `model.export(format="onnx")` goes the same way, and writes files that nothing can open for grouped convolutions
(a compiled function stays a call), `gelu` and `celu` (unknown operations), `normalization` (its constants become inputs)
and transposed convolutions with an output padding. Here these are handled; a model with any other operation that ONNX lacks is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def to_onnx(model: Any, opset: int | None = None, batch: int | None = None) -> Any:
    """The ONNX model: inputs and outputs in the order and with the names of Keras, channels last, unknown sizes open; so is the
    batch, unless it is given. `opset`, None: the one that tf2onnx prefers.

    Raises ValueError for an operation that ONNX or tf2onnx lacks.
    """
    import onnx
    import tensorflow as tf
    from tf2onnx import convert, handler

    _register(handler.tf_op)
    structure = model.input
    signature = [tf.TensorSpec((batch, *t.shape[1:]), t.dtype, name=t.name) for t in tf.nest.flatten(structure)]

    taken = {t.name for t in signature}  # an output may be an input itself
    names = [f"{name}_output" if name in taken else name for name in model.output_names]

    def forward(*tensors: Any) -> dict[str, Any]:
        made = model(tf.nest.pack_sequence_as(structure, tensors), training=False)
        return dict(zip(names, tf.nest.flatten(made), strict=True))

    eager = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)  # else Keras's compiled inner functions stay calls
    try:
        function = tf.function(forward)
        constants = function.get_concrete_function(*signature).graph.captures
        proto, _ = convert.from_function(function, signature, opset=opset)
    finally:
        tf.config.run_functions_eagerly(eager)
    _repair_padding(proto.graph, onnx)
    _bind_constants(proto.graph, {inner.name: outer for outer, inner in constants if outer.dtype != tf.resource}, onnx)
    _name_ends(proto.graph, [t.name for t in signature], names)
    try:
        onnx.checker.check_model(proto, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise ValueError(_find_reason(str(error))) from error
    return proto


def _bind_constants(graph: Any, constants: dict[str, Any], onnx: Any) -> None:
    """Make constants of the function's own arrays, which tf2onnx takes for inputs."""
    for value in [value for value in graph.input if value.name in constants]:
        graph.initializer.append(onnx.numpy_helper.from_array(constants[value.name].numpy(), value.name))
        graph.input.remove(value)


def _repair_padding(graph: Any, onnx: Any) -> None:
    """Write the positions that a transposed convolution adds at the ends as ONNX has them, not as negative padding."""
    for node in graph.node:
        pads = next((a for a in node.attribute if a.name == "pads"), None)
        if node.op_type == "ConvTranspose" and pads is not None and min(pads.ints) < 0:
            half = len(pads.ints) // 2
            added = [max(0, -pad) for pad in pads.ints[half:]]
            pads.ints[half:] = [max(0, pad) for pad in pads.ints[half:]]
            node.attribute.append(onnx.helper.make_attribute("output_padding", added))


def _name_ends(graph: Any, inputs: list[str], outputs: list[str]) -> None:
    """Give inputs and outputs their order, and open sizes their names."""
    for values, names in ((graph.input, inputs), (graph.output, outputs)):
        found = {value.name: value for value in values}
        if found.keys() != set(names):
            raise ValueError(f"it would have {', '.join(found)} in place of {', '.join(names)}")
        ordered = [type(value).FromString(value.SerializeToString()) for value in map(found.__getitem__, names)]
        del values[:]
        values.extend(ordered)
        for value in values:
            for axis, size in enumerate(value.type.tensor_type.shape.dim):
                if not size.dim_value:
                    size.dim_param = f"{value.name}_{axis}" if axis else "batch"


def _find_reason(error: str) -> str:
    """The checker's message, in one line."""
    unknown, name = re.search(r"No Op registered for (\w+)", error), re.search(r"Name: (\S+)", error)
    if unknown:
        return f"ONNX has no operation {unknown[1]}" + (f", which {name[1]} is" if name else "")
    return " ".join(error.split())


# ---- operations that tf2onnx does not know -----------------------------------------------------------------
def _register(tf_op: Any) -> None:
    for name, build in {"Erfc": _erfc, "Expm1": _expm1}.items():
        tf_op(name)(type(name, (), {"version_9": classmethod(_handler(build))}))


def _handler(build: Callable[[Any, Any, Any], Any]) -> Callable[..., None]:
    def handler(cls: type, graph: Any, node: Any, **_: Any) -> None:
        import numpy as np

        (given,), (result,) = node.input, node.output
        kind, shape = graph.get_dtype(result), graph.get_shape(result)
        graph.remove_node(node.name)
        one = graph.make_const(f"{node.name}_one", np.array(1, "float32")).output[0]
        operation, inputs = build(graph, given, one)
        graph.make_node(operation, inputs, outputs=[result], dtypes=[kind], shapes=[shape])

    return handler


def _erfc(graph: Any, x: Any, one: Any) -> Any:
    return "Sub", [one, graph.make_node("Erf", [x]).output[0]]


def _expm1(graph: Any, x: Any, one: Any) -> Any:
    return "Sub", [graph.make_node("Exp", [x]).output[0], one]
