"""The shapes that operations of Keras give which have no layer here."""

from __future__ import annotations

from cnnspec.base.size import Size
from cnnspec.python_source.arrays.array_value import ArrayValue
from cnnspec.python_source.tape import TensorValue, find_tensors
from cnnspec.python_source.values import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.base.size import Dim
    from cnnspec.layers.base import Shape

    Settings = dict[str, Any]

ELEMENTWISE = (
    "Absolute", "Celu", "Clip", "Cos", "Cumsum", "Elu", "Exp", "Flip", "Floor", "Gelu", "HardShrink", "HardSigmoid", "HardSilu", "HardTanh",
    "LeakyRelu", "Linear", "Log", "LogSigmoid", "LogSoftmax", "Mish", "Negative", "Normalize", "OnesLike", "PreprocessInput", "Reciprocal", "Relu", "Relu6", "Roll", "Round", "Rsqrt", "Selu",
    "Sigmoid", "Sign", "Silu", "Sin", "SoftShrink", "Softmax", "Softplus", "Softsign", "SparsePlus", "SparseSigmoid", "Sparsemax", "Sqrt",
    "Square", "Squareplus", "Tanh", "TanhShrink", "ZerosLike",
)  # fmt: skip
PAIRWISE = (
    "Add", "Divide", "FloorDivide", "Greater", "GreaterEqual", "Less", "LessEqual", "Maximum", "Minimum", "Mod", "Multiply", "Power",
    "Subtract", "TrueDivide",
)  # fmt: skip
REDUCING = ("Amax", "Amin", "Argmax", "Max", "Mean", "Min", "Norm", "Std", "Sum", "Var")


def find_operation_shapes(kind: str, config: Settings, arguments: tuple[Any, ...]) -> list[Shape] | None:
    """The shapes that an operation gives for tensors, arrays and numbers in `arguments`, without the batch; None where the batch
    does not stay first, or they are not known. Most give one."""
    shape = next((tensor.node.shape for tensor in find_tensors(arguments)), None)
    if shape is None:
        return None
    if kind in SEVERAL:
        axis = config.get("axis")
        return (
            SEVERAL[kind](shape, config, axis % (len(shape) + 1))
            if type(axis) is int and axis % (len(shape) + 1)
            else None
        )
    found = find_shape(kind, config, arguments, shape)
    return None if found is None else [found]


def find_shape(kind: str, config: Settings, arguments: tuple[Any, ...], shape: Shape) -> Shape | None:
    if kind in ELEMENTWISE:
        return shape
    if kind in PAIRWISE:
        return find_pair_shape(arguments)
    if kind == "Matmul":
        return find_product_shape(*arguments[:2])
    if kind in REDUCING:
        return reduce(shape, config.get("axis"), config.get("keepdims"))
    if kind == "GetItem":
        return find_slice_shape(shape, arguments[1])
    if kind == "RGBToGrayscale":
        return (*shape[:-1], 1)
    if kind == "ExtractPatches":
        return cut_patches(shape, config)
    if kind == "Resize":
        return resize(shape, config)
    if kind == "Tile":
        times = config.get("repeats")
        whole = (
            isinstance(times, (tuple, list)) and len(times) == len(shape) + 1 and all([type(n) is int for n in times])
        )
        return (
            tuple([n * many for n, many in zip(shape, times[1:], strict=True)])
            if whole and times and times[0] == 1
            else None
        )
    axis = config.get("axis")
    if kind == "Squeeze" and isinstance(axis, (tuple, list)):
        return squeeze_all(shape, axis)
    if kind == "Concatenate":
        return join(arguments[0], axis)
    if kind == "Pad":
        return pad(shape, config.get("pad_width"))
    return ALONG[kind](shape, config, axis) if kind in ALONG and type(axis) is int else None


def pad(shape: Shape, width: Any) -> Shape | None:
    """Each axis with so much before and so much behind it, the batch without."""
    pairs = [tuple(pair) if isinstance(pair, (tuple, list)) else () for pair in width] if can_pad(width, shape) else []
    if (
        not pairs
        or pairs[0] != (0, 0)
        or any([len(pair) != 2 or not all([type(n) is int for n in pair]) for pair in pairs])
    ):
        return None
    return tuple([size + sum(pair) for size, pair in zip(shape, pairs[1:], strict=True)])


def can_pad(width: Any, shape: Shape) -> bool:
    return isinstance(width, (tuple, list)) and len(width) == len(shape) + 1


# ---- along an axis -----------------------------------------------------------------------------------------------
def expand(shape: Shape, config: Settings, axis: int) -> Shape | None:
    place = axis % (len(shape) + 2)
    return (*shape[: place - 1], 1, *shape[place - 1 :]) if place else None


def squeeze_all(shape: Shape, axes: Any) -> Shape | None:
    """Several axes of size 1 taken away."""
    places = {axis % (len(shape) + 1) for axis in axes if type(axis) is int}
    if 0 in places or len(places) < len(axes) or any([shape[place - 1] != 1 for place in places]):
        return None
    return tuple([size for place, size in enumerate(shape, 1) if place not in places])


def squeeze(shape: Shape, config: Settings, axis: int) -> Shape | None:
    place = axis % (len(shape) + 1)
    return (*shape[: place - 1], *shape[place:]) if place and shape[place - 1] == 1 else None


def repeat(shape: Shape, config: Settings, axis: int) -> Shape | None:
    place, times = axis % (len(shape) + 1), config.get("repeats")
    return (*shape[: place - 1], shape[place - 1] * times, *shape[place:]) if place and type(times) is int else None


def split(shape: Shape, config: Settings, place: int) -> list[Shape] | None:
    """A number of equal parts, or the places where they begin."""
    size, parts = shape[place - 1], config.get("indices_or_sections")
    if not isinstance(size, int) or type(parts) is not int or parts < 1 or size % parts:
        return None
    return [(*shape[: place - 1], size // parts, *shape[place:])] * parts


def unstack(shape: Shape, config: Settings, place: int) -> list[Shape] | None:
    size = shape[place - 1]
    return [(*shape[: place - 1], *shape[place:])] * size if isinstance(size, int) and size <= MOST_PARTS else None


MOST_PARTS = 1000
ALONG: dict[str, Any] = {"ExpandDims": expand, "Repeat": repeat, "Squeeze": squeeze}
SEVERAL: dict[str, Any] = {"Split": split, "Unstack": unstack}


def resize(shape: Shape, config: Settings) -> Shape | None:
    size = config.get("size")
    if not isinstance(size, (tuple, list)) or len(size) != len(shape) - 1 or not all([type(n) is int for n in size]):
        return None
    return (*size, shape[-1]) if config.get("data_format") in (None, "channels_last") else None


def cut_patches(shape: Shape, config: Settings) -> Shape | None:
    """Squares of an image, side by side, each as one position."""
    size = config.get("size")
    plain = (
        config.get("dilation_rate") == 1 and config.get("padding") == "valid" and config.get("strides") in (None, size)
    )
    if type(size) is not int or size < 1 or not plain or len(shape) != 3:
        return None
    return (shape[0] // size, shape[1] // size, shape[2] * size * size)


# ---- of several --------------------------------------------------------------------------------------------------
def find_product_shape(left: Any, right: Any) -> Shape | None:
    """The shape of a tensor, multiplied by a matrix."""
    shape = left.node.shape if isinstance(left, TensorValue) else None
    matrix = right.shape if isinstance(right, ArrayValue) else None
    if shape is None or matrix is None or len(matrix) != 2 or matrix[1] is None or matrix[0] != shape[-1]:
        return None
    return (*shape[:-1], matrix[1])


def is_scalar(value: Any) -> bool:
    """Whether a value is one number, known or not."""
    return isinstance(value, (int, float)) or isinstance(value, Unknown) and value.is_number


def find_pair_shape(arguments: tuple[Any, ...]) -> Shape | None:
    """The shape of tensors, arrays and numbers brought to one."""
    if not all([isinstance(part, (TensorValue, ArrayValue)) or is_scalar(part) for part in arguments]):
        return None
    shapes: list[tuple[Dim | None, ...]] = []
    for part in arguments:
        if isinstance(part, TensorValue) and part.node.shape is not None:
            shapes.append((None, *part.node.shape))
        elif isinstance(part, (TensorValue, ArrayValue)):
            if isinstance(part, TensorValue) or part.shape is None:
                return None
            shapes.append(part.shape)
    longest = max(map(len, shapes))
    whole = [(1,) * (longest - len(shape)) + shape for shape in shapes]
    made: list[Dim] = []
    for sizes in list(zip(*whole, strict=True))[1:]:
        wide = [n for n in sizes if n != 1]
        if any([n is None or n != wide[0] for n in wide]):
            return None
        made.append(next((n for n in wide if n is not None), 1))
    batches = {shape[0] for shape in whole} - {1, None}
    return tuple(made) if not batches and all(len(s) == longest or None not in s[:1] for s in shapes) else None


def join(parts: Any, axis: Any) -> Shape | None:
    """Tensors, and arrays of as many examples, along an axis."""
    shapes: list[Shape] = []
    for part in parts if isinstance(parts, (list, tuple)) else ():
        shape = (
            part.list_sizes() if isinstance(part, TensorValue) else part.shape if isinstance(part, ArrayValue) else None
        )
        if not shape or shape[0] is not None or None in shape[1:]:
            return None
        shapes.append(tuple([size for size in shape[1:] if size is not None]))
    count = len(shapes[0]) + 1 if shapes else 0
    place = axis % count if type(axis) is int and shapes and all([len(s) + 1 == count for s in shapes]) else 0
    rest = {(*s[: place - 1], *s[place:]) for s in shapes}
    if not place or len(rest) > 1:
        return None
    return (*shapes[0][: place - 1], sum([s[place - 1] for s in shapes]), *shapes[0][place:])


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
