"""What layers make of data: they are used on an input of their shape."""

from __future__ import annotations

from cnnspec.python_source.arrays.array_value import ArrayValue
from cnnspec.python_source.keras.input_tensors import add_input_tensor
from cnnspec.python_source.tape import TensorValue, add_unknown
from cnnspec.python_source.values import find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.values import Call

IMAGE_LAYERS = (
    "Resizing",
    "CenterCrop",
    "Random",
    "RandAugment",
)  # which take one image, too: beginnings of their names


def use_on_data(callee: Any, kind: str, call: Call) -> Any:
    """The array that a layer makes of one; unknown where that is not known."""
    given = call.find(0, "inputs", "x")
    if call.machine.tracing and not kind.startswith(IMAGE_LAYERS):  # its weights are the model's: they are not followed
        made = add_unknown(call.machine, [], callee.describe(), call.node, kind)
        made.node.cause = find_unknown([*call.arguments, call.keywords])
        return made
    if not isinstance(given, ArrayValue) or not given.shape:
        unknown = find_unknown([*call.arguments, call.keywords])
        return unknown or call.make_unknown(f"what {callee.describe()} gives for data is not known")
    one = len(given.shape) == 3 and kind.startswith(IMAGE_LAYERS)
    tensor = add_input_tensor(call.machine, given.shape if one else given.shape[1:], call.site)
    made = callee.apply((tensor,), {}, call.machine, call.node, call.site)
    shape = made.list_sizes() if isinstance(made, TensorValue) else None
    if shape is None:
        return call.make_unknown(f"what {callee.describe()} gives for such data is not known")
    return given.make_like(shape[1:] if one else (given.shape[0], *shape[1:]), dtype="")
