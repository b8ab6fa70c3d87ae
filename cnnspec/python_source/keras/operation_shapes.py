"""The shapes that operations of Keras give which have no layer here."""

from __future__ import annotations

from cnnspec.base.size import Size
from cnnspec.python_source.tape import TensorValue, find_tensors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.base.size import Dim
    from cnnspec.layers.base import Shape

ELEMENTWISE = (
    "Absolute", "Celu", "Clip", "Cos", "Elu", "Exp", "Flip", "Floor", "Gelu", "HardShrink", "HardSigmoid", "HardSilu", "HardTanh",
    "LeakyRelu", "Linear", "Log", "LogSigmoid", "LogSoftmax", "Mish", "Negative", "Normalize", "Reciprocal", "Relu", "Relu6", "Round", "Selu",
    "Sigmoid", "Silu", "Sin", "SoftShrink", "Softmax", "Softplus", "Softsign", "SparsePlus", "SparseSigmoid", "Sparsemax", "Sqrt",
    "Square", "Squareplus", "Tanh", "TanhShrink",
)  # fmt: skip
PAIRWISE = (
    "Add", "Divide", "FloorDivide", "Greater", "GreaterEqual", "Less", "LessEqual", "Maximum", "Minimum", "Mod", "Multiply", "Power",
    "Subtract", "TrueDivide",
)  # fmt: skip
REDUCING = ("Amax", "Amin", "Max", "Mean", "Min", "Norm", "Std", "Sum", "Var")


def find_operation_shape(kind: str, config: dict[str, Any], arguments: tuple[Any, ...]) -> Shape | None:
    """The shape that an operation gives for tensors and numbers in `arguments`, without the batch; None where the batch does not
    stay first, or it is not known."""
    tensors = find_tensors(arguments)
    shape = tensors[0].node.shape
    if shape is None:
        return None
    if kind in ELEMENTWISE:
        return shape
    if kind in PAIRWISE:
        return find_pair_shape(arguments)
    if kind in REDUCING:
        return reduce(shape, config.get("axis"), config.get("keepdims"))
    if kind == "GetItem":
        return find_slice_shape(shape, arguments[1])
    if kind == "ExpandDims" and type(config.get("axis")) is int:
        axis = config["axis"] % (len(shape) + 2)
        return (*shape[: axis - 1], 1, *shape[axis - 1 :]) if axis else None
    if kind == "Squeeze" and type(config.get("axis")) is int:
        axis = config["axis"] % (len(shape) + 1)
        return (*shape[: axis - 1], *shape[axis:]) if axis and shape[axis - 1] == 1 else None
    if (
        kind == "Resize"
        and isinstance(config.get("size"), (tuple, list))
        and len(config["size"]) == 2
        and len(shape) == 3
    ):
        height, width = config["size"]
        known = type(height) is int and type(width) is int and config.get("data_format") in (None, "channels_last")
        return (height, width, shape[-1]) if known else None
    return None


def find_pair_shape(arguments: tuple[Any, ...]) -> Shape | None:
    """The shape of two tensors brought to one, or of a tensor and a number."""
    if not all([isinstance(part, (TensorValue, int, float)) for part in arguments]):
        return None
    shapes = [shape for part in arguments if isinstance(part, TensorValue) and (shape := part.node.shape) is not None]
    if len({len(shape) for shape in shapes}) != 1:
        return None
    made: list[Dim] = []
    for sizes in zip(*shapes, strict=True):
        wide = [n for n in sizes if n != 1]
        if any([n != wide[0] for n in wide]):
            return None
        made.append(wide[0] if wide else 1)
    return tuple(made)


def reduce(shape: Shape, axis: Any, keepdims: Any) -> Shape | None:
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    if not all([type(a) is int and -len(shape) - 1 <= a <= len(shape) for a in axes]) or type(keepdims) is not bool:
        return None
    places = {a % (len(shape) + 1) for a in axes}
    if 0 in places:
        return None
    return tuple([1 if i in places else n for i, n in enumerate(shape, 1) if keepdims or i not in places])


def find_slice_shape(shape: Shape, key: Any) -> Shape | None:
    """The shape of x[key], where the batch is taken whole."""
    parts = list(key) if isinstance(key, tuple) else [key]
    if not all([part is None or part is ... or type(part) is int or is_slice(part) for part in parts]):
        return None
    taking = len([part for part in parts if part is not None and part is not ...])
    if taking > len(shape) + 1 or len([part for part in parts if part is ...]) > 1:
        return None
    rest: list[Any] = [slice(None)] * (len(shape) + 1 - taking)
    place = parts.index(...) if ... in parts else len(parts)
    parts = [*parts[:place], *rest, *parts[place + 1 :]]
    sizes: list[Dim | None] = [None, *shape]
    made: list[Dim | None] = []
    for part in parts:
        if part is None:
            made.append(1)
            continue
        size = sizes.pop(0)
        if type(part) is int:
            continue
        if part == slice(None):
            made.append(size)
        elif isinstance(size, int):
            made.append(len(range(*part.indices(size))))
        else:
            return None
    if parts[:1] != [slice(None)] or None in made[1:]:
        return None
    return tuple([n for n in made[1:] if isinstance(n, (int, Size))])


def is_slice(part: Any) -> bool:
    return (
        isinstance(part, slice)
        and all([n is None or type(n) is int for n in (part.start, part.stop, part.step)])
        and part.step != 0
    )
