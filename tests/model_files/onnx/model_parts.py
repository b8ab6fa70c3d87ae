"""Small ONNX models, right and odd, of a few nodes each."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from tests.model_files.onnx.onnx_models import graph_model, value, weight

node = helper.make_node


def chain(
    *nodes: Any, tensors: list[Any] | None = None, shape: tuple[Any, ...] = ("N", 3, 8, 8), opset: int = 17, **more: Any
) -> Any:
    """A model of nodes from x to y."""
    return graph_model(
        list(nodes), tensors or [], [value("x", *shape)], [helper.make_empty_tensor_value_info("y")], opset, **more
    )


def shapeless() -> Any:
    model = chain(node("Relu", ["x"], ["y"]))
    model.graph.input[0].type.tensor_type.ClearField("shape")
    return model


def without_opset() -> Any:
    model = chain(node("Relu", ["x"], ["y"]))
    del model.opset_import[:]
    return model


def calling(*bodies: tuple[str, list[Any]]) -> Any:
    """A model that uses the first of some functions, each p → q."""
    functions = [
        helper.make_function(
            "own", name, ["p"], ["q"], body, [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
        )
        for name, body in bodies
    ]
    return chain(node(bodies[0][0], ["x"], ["y"], "call", domain="own"), functions=functions)


def doubling(depth: int) -> Any:
    """Functions of two uses of the next each: 2^depth steps."""

    def uses(name: str) -> list[Any]:
        return [node(name, ["p"], ["m"], domain="own"), node(name, ["m"], ["q"], domain="own")]

    return calling(*[(f"f{i}", uses(f"f{i + 1}")) for i in range(depth)], (f"f{depth}", [node("Relu", ["p"], ["q"])]))


def branching(condition: str, tensors: list[Any]) -> Any:
    branch = helper.make_graph([node("Relu", ["x"], ["b"])], "b", [], [helper.make_empty_tensor_value_info("b")])
    return chain(node("If", [condition], ["y"], "if", then_branch=branch, else_branch=branch), tensors=tensors)


def giant() -> Any:
    """A weight of 10^18 numbers, none of which is there."""
    tensor = TensorProto(name="w", dims=[10**9, 3, 10**5, 10**4], data_type=1)
    return chain(node("Conv", ["x", "w"], ["y"]), tensors=[tensor])


def counting(times: int) -> Any:
    """Arithmetic on 4,096 numbers, again and again."""
    tensors = [numpy_helper.from_array(np.arange(4096), "a0")]
    nodes = [node("Add", [f"a{i}", f"a{i}"], [f"a{i + 1}"]) for i in range(times)]
    return chain(*nodes, node("Reshape", ["x", f"a{times}"], ["y"]), tensors=tensors)


def language_model() -> Any:
    tensors = [weight("table", 100, 8), weight("w", 8, 8)]
    nodes = [
        node("Gather", ["table", "x"], ["e"]), node("MatMul", ["e", "w"], ["q"]), node("Transpose", ["e"], ["t"], perm=[0, 2, 1]),
        node("MatMul", ["q", "t"], ["s"], "scores"), node("Softmax", ["s"], ["y"]),
    ]  # fmt: skip
    ids = value("x", "batch", "sequence", element=TensorProto.INT64)
    return graph_model(nodes, tensors, [ids], [helper.make_empty_tensor_value_info("y")])


W, RELU = weight("w", 4, 3, 3, 3), node("Relu", ["x"], ["y"])
