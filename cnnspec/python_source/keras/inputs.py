"""Inputs of models."""

from __future__ import annotations

from cnnspec.python_source.keras.input_tensors import add_input_tensor
from cnnspec.python_source.keras.layer_value import LayerValue
from cnnspec.python_source.tape import TensorValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.graph import Site
    from cnnspec.python_source.machine import Machine


def add_input(machine: Machine, sizes: Any, site: Site, name: str = "") -> TensorValue:
    """An input of these sizes, without the batch; None in them is a size that may vary. Its shape is not known where
    `sizes` are no sizes."""
    made = add_input_tensor(machine, sizes, site)
    node = made.node
    node.name = name
    layer = LayerValue("InputLayer", {"shape": sizes, **({"name": name} if name else {})}, site, machine)
    layer.used.append((((), {}), made))
    node.owner = layer
    return made


def add_inputs(shapes: Any, machine: Machine, node: ast.AST) -> Any:
    """Inputs of these shapes, batch first, in their structure: a shape, or a list or dict of them."""
    if isinstance(shapes, dict):
        return {key: add_inputs(shape, machine, node) for key, shape in shapes.items()}
    if isinstance(shapes, (list, tuple)) and shapes and all([isinstance(shape, (list, tuple)) for shape in shapes]):
        return [add_inputs(shape, machine, node) for shape in shapes]
    sizes = shapes[1:] if isinstance(shapes, (list, tuple)) else None
    return add_input(machine, sizes, machine.make_site(node))


def is_input(value: Any) -> bool:
    """Whether a value stands for an input where layers stand in a row."""
    return isinstance(value, TensorValue) and value.node.is_input or is_input_layer(value)


def is_input_layer(value: Any) -> bool:
    return isinstance(value, LayerValue) and value.kind == "InputLayer"


def make_input(value: Any, machine: Machine) -> TensorValue:
    """The input that stands where layers stand in a row."""
    return value if isinstance(value, TensorValue) else read_input(value.arguments, machine, value.site)


def read_input(arguments: dict[str, Any], machine: Machine, site: Site) -> TensorValue:
    """The input that the arguments of Input or InputLayer say."""
    given = arguments.get("input_tensor", arguments.get("tensor"))
    if isinstance(given, TensorValue):
        return given
    sizes = arguments.get("shape", arguments.get("input_shape"))
    batch = arguments.get("batch_shape", arguments.get("batch_input_shape"))
    if sizes is None and isinstance(batch, (tuple, list)):
        sizes = batch[1:]
    name = arguments.get("name")
    return add_input(machine, (sizes,) if type(sizes) is int else sizes, site, name if isinstance(name, str) else "")
