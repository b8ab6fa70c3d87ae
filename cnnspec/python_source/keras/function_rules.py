"""What functions of tensors that are no operation of Keras's give, by rules for their shapes.

A rule is given the arguments by name, and knows the shapes of tensors without the batch, which must stay first; it gives the
shape, and a list of them where the function gives several tensors. It raises NoShape where that is not known.
"""

from __future__ import annotations

from math import prod

from cnnspec.python_source.arrays.array_value import ArrayValue
from cnnspec.python_source.keras.operation_shapes import find_pair_shape, reduce
from cnnspec.python_source.tape import TensorValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from cnnspec.layers.base import Shape

    Given = Mapping[str, Any]

IMAGE = 3  # axes behind the batch


class NoShape(Exception):
    """What a function gives is not known."""


# ---- arguments ---------------------------------------------------------------------------------------------------
def read_first(given: Given) -> tuple[int, ...]:
    """The shape of the tensor that stands first."""
    return read_shape(next(iter(given.values())))


def read_shape(value: Any) -> tuple[int, ...]:
    """The shape of a tensor, all sizes known."""
    shape = value.node.shape if isinstance(value, TensorValue) else None
    if shape is None or not all([type(n) is int for n in shape]):
        raise NoShape
    return tuple([n for n in shape if isinstance(n, int)])


def read_whole(value: Any) -> int:
    if type(value) is not int:
        raise NoShape
    return value


def read_place(axis: Any, count: int) -> int:
    """The number of an axis of a shape without the batch."""
    place = read_whole(axis) % (count + 1)
    if not place:
        raise NoShape
    return place - 1


def read_window(value: Any) -> tuple[int, int]:
    """The height and width of a window or a stride: 2, [2, 2] or [1, 2, 2, 1]."""
    sizes = list(value) if isinstance(value, (tuple, list)) else [value] * 2
    if len(sizes) == IMAGE + 1 and sizes[0] == sizes[3] == 1:
        sizes = sizes[1:3]
    sizes = sizes * 2 if len(sizes) == 1 else sizes
    if len(sizes) != 2 or not all([type(n) is int and n > 0 for n in sizes]):
        raise NoShape
    return sizes[0], sizes[1]


def slide(given: Given, kernel: tuple[int, int], channels: int) -> Shape:
    """What windows that slide over an image give."""
    image, padding = read_first(given), given["padding"]
    strides = kernel if given["strides"] is None else read_window(given["strides"])
    form = given.get("data_format") in (None, "NHWC", "channels_last")
    if len(image) != IMAGE or not form or not isinstance(padding, str) or given.get("dilations") not in (None, 1):
        raise NoShape
    if padding.lower() == "same":
        return (-(-image[0] // strides[0]), -(-image[1] // strides[1]), channels)
    if padding.lower() != "valid" or image[0] < kernel[0] or image[1] < kernel[1]:
        raise NoShape
    return ((image[0] - kernel[0]) // strides[0] + 1, (image[1] - kernel[1]) // strides[1] + 1, channels)


# ---- rules -------------------------------------------------------------------------------------------------------
def shrink(given: Given) -> Shape | None:
    return reduce(read_first(given), given["axis"], given["keepdims"])


def shrink_twice(given: Given) -> list[Shape] | None:
    found = shrink(given)
    return None if found is None else [found, found]


def encode(given: Given) -> Shape:
    """One-hot, along a new last axis."""
    if given["axis"] != -1:
        raise NoShape
    return (*read_first(given), read_whole(given["depth"]))


def take(given: Given) -> Shape:
    shape, indices = read_first(given), given["indices"]
    place = read_place(given["axis"], len(shape))
    if isinstance(indices, (list, tuple)) and all([type(n) is int for n in indices]):
        taken: tuple[int | None, ...] | None = (len(indices),)
    else:
        taken = () if type(indices) is int else indices.shape if isinstance(indices, ArrayValue) else None
    if taken is None or None in taken:
        raise NoShape
    return (*shape[:place], *[n for n in taken if n is not None], *shape[place + 1 :])


def choose(given: Given) -> Shape | None:
    return find_pair_shape((given["condition"], given["x"], given["y"]))


def pool(given: Given) -> Shape:
    return slide(given, read_window(given["size"]), read_first(given)[-1])


def convolve(given: Given, depthwise: bool = False) -> Shape:
    kernel = [read_whole(size) for size in read_array(given["kernel"])]
    if len(kernel) != IMAGE + 1:
        raise NoShape
    return slide(given, (kernel[0], kernel[1]), kernel[2] * kernel[3] if depthwise else kernel[3])


def spread(given: Given) -> Shape:
    """Depth to space."""
    (height, width, channels), size = read_image(given), read_whole(given["size"])
    if size < 1 or channels % size**2:
        raise NoShape
    return (height * size, width * size, channels // size**2)


def fold(given: Given) -> Shape:
    """Space to depth."""
    (height, width, channels), size = read_image(given), read_whole(given["size"])
    if size < 1 or height % size or width % size:
        raise NoShape
    return (height // size, width // size, channels * size**2)


def read_image(given: Given) -> tuple[int, int, int]:
    shape = read_first(given)
    if len(shape) != IMAGE:
        raise NoShape
    return shape[0], shape[1], shape[2]


def cut(given: Given) -> Shape:
    """tf.image.extract_patches"""
    size = read_window(given["sizes"])
    if given["rates"] not in ([1, 1, 1, 1], (1, 1, 1, 1)):
        raise NoShape
    return slide(given, size, prod(size) * read_image(given)[-1])


def swap(given: Given) -> Shape:
    shape = list(read_first(given))
    one, other = (read_place(given[key], len(shape)) for key in ("axis1", "axis2"))
    shape[one], shape[other] = shape[other], shape[one]
    return tuple(shape)


def move(given: Given) -> Shape:
    shape = list(read_first(given))
    source, destination = (read_place(given[key], len(shape)) for key in ("source", "destination"))
    shape.insert(destination, shape.pop(source))
    return tuple(shape)


def broadcast(given: Given) -> Shape:
    """To a shape whose first size is the batch's, which stands as None."""
    shape = given["shape"]
    if not isinstance(shape, (tuple, list)) or shape[:1] not in ((None,), [None]):
        raise NoShape
    return tuple([read_whole(n) for n in shape[1:]])


def part(given: Given) -> list[Shape]:
    """tf.split into parts of some sizes."""
    shape, sizes = read_first(given), given["sizes"]
    place = read_place(given["axis"], len(shape))
    whole = isinstance(sizes, (list, tuple)) and all([type(n) is int and n >= 0 for n in sizes])
    if not whole or sum(sizes) != shape[place]:
        raise NoShape
    return [(*shape[:place], size, *shape[place + 1 :]) for size in sizes]


def double(given: Given) -> Shape:
    """tf.nn.crelu"""
    shape = read_first(given)
    return (*shape[:-1], 2 * shape[-1])


def colour(given: Given) -> Shape:
    height, width, channels = read_image(given)
    if channels != 1:
        raise NoShape
    return (height, width, 3)


def find_largest(given: Given) -> list[Shape]:
    """top_k: the values and where they are."""
    shape = read_first(given)
    found = (*shape[:-1], read_whole(given["k"]))
    return [found, found]


def multiply(given: Given) -> Shape:
    """The product of two stacks of matrices, either of which may be transposed."""
    left, right = list(read_shape(given["a"])), list(read_shape(given["b"]))
    if len(left) != len(right) or len(left) < 2 or left[:-2] != right[:-2]:
        raise NoShape
    for sizes, flag in ((left, given["transpose_a"]), (right, given["transpose_b"])):
        if not isinstance(flag, bool):
            raise NoShape
        if flag:
            sizes[-2:] = sizes[:-3:-1]
    if left[-1] != right[-2]:
        raise NoShape
    return (*left[:-1], right[-1])


def sum_as_einstein(arguments: Sequence[Any]) -> Shape:
    """einsum("bij,bjk->bik", a, b), of which the first letter of the result is the batch's."""
    equation, *values = arguments
    if not isinstance(equation, str) or equation.count("->") != 1 or "." in equation:
        raise NoShape
    entering, result = equation.replace(" ", "").split("->")
    terms = entering.split(",")
    if len(terms) != len(values) or not result:
        raise NoShape
    sizes: dict[str, Any] = {}
    batch = result[0]
    for term, value in zip(terms, values, strict=True):
        shape = (None, *read_shape(value)) if isinstance(value, TensorValue) else read_array(value)
        if len(shape) != len(term) or isinstance(value, TensorValue) != term.startswith(batch):
            raise NoShape
        for letter, size in zip(term, shape, strict=True):
            if sizes.setdefault(letter, size) != size:
                raise NoShape
    if not set(result) <= set(sizes):
        raise NoShape
    return tuple([read_whole(sizes[letter]) for letter in result[1:]])


def read_array(value: Any) -> tuple[int | None, ...]:
    shape = value.shape if isinstance(value, ArrayValue) else None
    if shape is None:
        raise NoShape
    return shape
