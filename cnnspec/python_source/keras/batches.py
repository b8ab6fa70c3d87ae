"""Data that a model is given: their shapes, and those of what it makes of them."""

from __future__ import annotations

from cnnspec.python_source.arrays.array_value import ArrayValue, find_batch_shape
from cnnspec.python_source.tape import TensorValue
from cnnspec.python_source.values import can_walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.keras.model_value import ModelValue
    from cnnspec.python_source.values import Call


def find_batch(value: Any) -> Any:
    """The shapes of a batch of data, batch first, in their structure: a shape, or a list or dict of them. None where one of
    them is not known."""
    if isinstance(value, (dict, list, tuple)) and not can_walk(value):
        return None
    if isinstance(value, dict):
        found = {key: find_batch(item) for key, item in value.items()}
        return None if None in found.values() or not found else found
    if isinstance(value, (list, tuple)):
        listed = [find_batch(item) for item in value]
        return None if None in listed or not listed else listed
    return find_batch_shape(value)


def make_batch(model: ModelValue, call: Call) -> Any:
    """What a model makes of data: arrays of its outputs' shapes, in their structure."""
    if not model.built:
        return call.make_unknown("the model has no input yet")
    given, own = find_batch(call.find(0, "x", "inputs")), [tensor.list_sizes() for tensor in model.list_inputs()]
    if len(own) == 1 and own[0] is not None and isinstance(given, tuple) and given[1:] != own[0][1:]:
        return call.make_unknown("what the model gives for data of another size is not known")
    return exchange_tensors(model.state["outputs"])


def exchange_tensors(value: Any) -> Any:
    """A value with an array in place of each tensor."""
    if isinstance(value, TensorValue):
        return ArrayValue(value.list_sizes(), "float32")
    if isinstance(value, dict):
        return {key: exchange_tensors(item) for key, item in value.items()}
    return [exchange_tensors(item) for item in value] if isinstance(value, (list, tuple)) else value
