"""Functions of keras.ops and operators between tensors, as the Keras layers that do the same.

The inputs of a step count the tensors of the call from 0. A sum with a constant is exactly a Rescaling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.layers import find
from cnnspec.layers.activation import FUNCTIONS, OWN
from cnnspec.layers.argument import Unfit, snake
from cnnspec.layers.base import KerasCall
from cnnspec.model_files.keras.saved_calls import SavedCall, SavedTensor
from cnnspec.model_files.keras.saved_objects import find_leaves

if TYPE_CHECKING:
    from collections.abc import Callable

Steps = list[tuple[KerasCall, tuple[int, ...]]]

# Activations that are layers of their own, with the arguments that make them the same function.
LAYERS: dict[str, tuple[str, dict[str, Any]]] = {
    word: (call.name, call.arguments)
    for word, layer in OWN.items()
    if find(word) is type(layer)
    for call in layer.keras(())
}
# Arguments of keras.ops' activations for which they are the function that an activation's name means.
SAME_FUNCTION: dict[str, dict[str, Any]] = {
    "Celu": {"alpha": 1},
    "Gelu": {"approximate": False},
    "HardShrink": {"threshold": 0.5},
    "LogSoftmax": {"axis": -1},
    "SoftShrink": {"threshold": 0.5},
    "Squareplus": {"b": 4},
}
OTHER_WORDS = {"Exp": "exponential"}


def find_operation_steps(call: SavedCall) -> Steps:
    if call.kind == "GetItem" and len(call.arguments) == 2 and isinstance(call.arguments[0], SavedTensor):
        return [(call_slice(call.arguments[1], call.arguments[0].shape), (0,))]
    arguments = {key: value for key, value in {**call.config, **call.keywords}.items() if key != "name"}
    tensors: list[Any] = []
    constants: list[Any] = []
    for argument in call.arguments:
        parts = find_leaves(argument)
        (tensors if parts and all(isinstance(part, SavedTensor) for part in parts) else constants).append(argument)
    if call.kind in ARITHMETIC and len(call.arguments) == 2 and not arguments:
        return ARITHMETIC[call.kind](*call.arguments) if constants else call_on_all(call.kind, call)
    if call.kind == "Matmul" and len(tensors) == 2 and not arguments:
        return call_on_all("ops.matmul", call)
    if call.kind == "Power" and len(tensors) == 1:
        return raise_to(*constants, **arguments)
    if len(tensors) == 1 and not constants:
        if call.kind == "Concatenate":
            return call_on_all("Concatenate", call, axis=arguments.pop("axis", None), **arguments)
        if call.kind == "Gelu" and arguments == {"approximate": True}:
            return [(KerasCall("ops.gelu", arguments), (0,))]
        if call.kind in POWERS and not arguments:
            return raise_to(POWERS[call.kind])
        if call.kind == "Stack" and isinstance(axis := arguments.get("axis"), int):
            return call_on_all("ops.stack", call, axis=axis)
        if call.kind in REDUCTIONS and isinstance(tensors[0], SavedTensor):
            made = call_reduction(REDUCTIONS[call.kind], arguments, tensors[0].shape)
            if made is not None:
                return [(made, (0,))]
        if call.kind in OPERATIONS:
            made = OPERATIONS[call.kind](arguments)
            if made is not None:
                return [(made, (0,))]
        made = call_activation(call.kind, arguments)
        if made is not None:
            return [(made, (0,))]
    raise Unfit(f"no layer of the language does what the operation {snake(call.kind)} does here")


def call_on_all(name: str, call: SavedCall, **arguments: Any) -> Steps:
    """One layer, on all tensors of the call."""
    name = {"Divide": "ops.divide", "TrueDivide": "ops.divide"}.get(name, name)
    return [(KerasCall(name, arguments), tuple(range(len(call.inputs()))))]


def rescale(scale: Any, offset: Any) -> Steps:
    if not all(isinstance(n, (int, float)) for n in (scale, offset)):
        raise Unfit("it computes with a constant that is no number")
    return [(KerasCall("Rescaling", {"scale": scale, "offset": offset}), (0,))]


def divide(a: Any, b: Any) -> Steps:
    if isinstance(a, SavedTensor) and isinstance(b, (int, float)) and b:
        return rescale(1 / b, 0)
    raise Unfit("no layer of the language divides by a tensor")


def refuse_constant(name: str) -> Steps:
    raise Unfit(f"no layer of the language takes the {name} of a tensor and a constant")


def subtract(a: Any, b: Any) -> Steps:
    if isinstance(a, SavedTensor):
        return rescale(1, -b if isinstance(b, (int, float)) else b)
    return rescale(-1, a)


ARITHMETIC: dict[str, Callable[[Any, Any], Steps]] = {
    "Add": lambda a, b: rescale(1, b if isinstance(a, SavedTensor) else a),
    "Subtract": subtract,
    "Multiply": lambda a, b: rescale(b if isinstance(a, SavedTensor) else a, 0),
    "Divide": divide,
    "TrueDivide": divide,
    "Maximum": lambda a, b: refuse_constant("maximum"),
    "Minimum": lambda a, b: refuse_constant("minimum"),
}


def call_activation(kind: str, arguments: dict[str, Any]) -> KerasCall | None:
    """An activation of keras.ops as a layer; None for arguments that no activation's name means."""
    word = OTHER_WORDS.get(kind, snake(kind))
    if kind == "Glu" and arguments == {"axis": -1}:
        return KerasCall("ops.glu", {})
    if word not in FUNCTIONS or arguments != SAME_FUNCTION.get(kind, {}):
        return None
    if word in LAYERS:
        return KerasCall(*LAYERS[word])
    return KerasCall("Activation", {"activation": word})


def call_slice(key: Any, shape: Any) -> KerasCall:
    """A slice of the channels: x[..., begin:end], however the other axes are written."""
    chosen = [part if isinstance(part, dict) else {} for part in key] if isinstance(key, list) else []
    *others, last = [(part.get("class_name"), part.get("config") or {}) for part in chosen] or [(None, {})]
    full = {"start": None, "stop": None, "step": None}
    dots = [kind for kind, _ in others if kind == "__ellipsis__"]
    whole = all(kind == "__ellipsis__" or kind == "__slice__" and config == full for kind, config in others)
    count = len(shape) if isinstance(shape, list) else 0
    step = last[1].get("step")
    if not whole or last[0] != "__slice__" or step not in (None, 1) or not (len(dots) == 1 or len(chosen) == count):
        raise Unfit("only channels can be sliced: x[..., begin:end]")
    return KerasCall("ops.get_item", {"key": (..., slice(last[1].get("start") or 0, last[1].get("stop")))})


def call_pad(arguments: dict[str, Any]) -> KerasCall | None:
    """A number around the axes of a map; cells of minus infinity are what a max pool's padding is made of."""
    widths, value = arguments.get("pad_width"), arguments.get("constant_values")
    mode = arguments.get("mode")
    if not isinstance(widths, list) or not 3 <= len(widths) <= 5 or widths[0] != [0, 0]:
        return None
    if mode in ("reflect", "symmetric") and value is None:
        return KerasCall("ops.pad", {"pad_width": widths, "mode": mode}) if widths[-1] == [0, 0] else None
    if mode != "constant":
        return None
    if value == float("-inf"):
        return KerasCall("ops.pad", {"pad_width": widths, "constant_values": value})
    if value not in (None, 0):
        return KerasCall("ops.pad", {"pad_width": widths, "mode": mode, "constant_values": value})
    if widths[-1] != [0, 0]:
        return KerasCall("ops.pad", {"pad_width": widths, "mode": mode})
    inner = widths[1:-1]
    return KerasCall(f"ZeroPadding{len(inner)}D", {"padding": inner[0] if len(inner) == 1 else inner})


def call_reshape(arguments: dict[str, Any]) -> KerasCall | None:
    shape = arguments.get("newshape")
    if not isinstance(shape, list) or len(shape) < 2 or shape[0] not in (-1, None):
        return None
    if not all(isinstance(n, int) and n > 0 for n in shape[1:]):
        return None
    return KerasCall("Reshape", {"target_shape": shape[1:]})


def call_permute(arguments: dict[str, Any]) -> KerasCall | None:
    axes = arguments.get("axes")
    return KerasCall("Permute", {"dims": axes[1:]}) if isinstance(axes, list) and axes[:1] == [0] else None


def call_reduction(name: str, arguments: dict[str, Any], shape: Any) -> KerasCall | None:
    """A sum, mean, maximum or length over axes but the batch's, counted from 1, in order."""
    axes = find_leaves([arguments.get("axis")])
    if not isinstance(shape, list) or not all([isinstance(axis, int) for axis in axes]):
        return None
    counted = tuple(sorted([axis % len(shape) for axis in axes]))
    if not counted or 0 in counted or arguments.get("initial") is not None or arguments.get("ord") is not None:
        return None
    return KerasCall(f"ops.{name}", {"axis": counted, **({"keepdims": True} if arguments.get("keepdims") else {})})


def raise_to(*exponents: Any, **named: Any) -> Steps:
    """A power of each value: x1 is the tensor, x2 the number."""
    (exponent,) = [*exponents, *named.values()] if len(exponents) + len(named) == 1 else (None,)
    if not isinstance(exponent, (int, float)) or set(named) - {"x2"}:
        raise Unfit("only a number is taken as a power")
    return [(KerasCall("ops.power", {"x2": exponent}), (0,))]


POWERS = {"Square": 2, "Sqrt": 0.5, "Reciprocal": -1}
REDUCTIONS = {"Max": "max", "Mean": "mean", "Norm": "norm", "Sum": "sum"}
OPERATIONS: dict[str, Callable[[dict[str, Any]], KerasCall | None]] = {
    "Absolute": lambda given: None if given else KerasCall("ops.abs", {}),
    "Elu": lambda given: KerasCall("ELU", given),
    "Identity": lambda given: None if given else KerasCall("Identity", {}),
    "LeakyRelu": lambda given: KerasCall("LeakyReLU", given),
    "Negative": lambda given: None if given else KerasCall("Rescaling", {"scale": -1, "offset": 0}),
    "Pad": call_pad,
    "Reshape": call_reshape,
    "Softmax": lambda given: KerasCall("Softmax", given),
    "Transpose": call_permute,
}
