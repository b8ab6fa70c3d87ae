"""What stands for a layer: a layer of Keras's, a model, a class of the source that stands on either."""

from __future__ import annotations

from cnnspec.python_source.interpreter.objects import InstanceValue
from cnnspec.python_source.keras.composed_layer import ComposedLayer
from cnnspec.python_source.keras.layer_value import LayerValue
from cnnspec.python_source.keras.model_value import ModelValue
from cnnspec.python_source.values import Unknown, can_walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.python_source.machine import Machine


def find_base(value: Any) -> Any:
    """What a value is to Keras: itself, or what an instance of a class of the source has from Keras's class."""
    return value.native if isinstance(value, InstanceValue) and value.native is not None else value


def is_layer(value: Any) -> bool:
    return isinstance(find_base(value), (LayerValue, ModelValue, ComposedLayer))


def read_layer(value: Any, machine: Machine, node: ast.AST) -> Any:
    """A value that is to be a layer; an unknown in place of any other."""
    if isinstance(value, Unknown) or is_layer(value):
        return value
    return machine.make_unknown("what stands for a layer here is none that is known", node)


def find_layers(value: Any) -> list[Any]:
    """The layers in a value, however deep in lists and dicts, in order."""
    if isinstance(value, (dict, list, tuple)) and not can_walk(value):
        return []
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [layer for part in value for layer in find_layers(part)]
    return [value] if is_layer(value) else []


def list_parts(base: Any) -> list[Any]:
    """The layers that a layer or model has in it."""
    if isinstance(base, ModelValue):
        return base.layers
    return base.list_parts() if isinstance(base, ComposedLayer) else []


def read_trainable(base: Any) -> Any:
    """Whether training changes a layer or model; True of what is neither."""
    if isinstance(base, ModelValue):
        return base.state["trainable"]
    return base.trainable if isinstance(base, (LayerValue, ComposedLayer)) else True


def find_models(value: Any) -> list[ModelValue]:
    """The models in a value, however deep in lists and dicts."""
    return [base for base in map(find_base, find_layers(value)) if isinstance(base, ModelValue)]


def list_inner_models(model: ModelValue) -> list[ModelValue]:
    """The models within a model, however deep."""
    found: dict[int, Any] = {}
    waiting = list_parts(model)
    while waiting:
        base = find_base(waiting.pop())
        if id(base) not in found:
            found[id(base)] = base
            waiting += list_parts(base)
    return [base for base in found.values() if isinstance(base, ModelValue)]
