"""Layers made small enough for a blackboard: few channels on a small input, whole numbers in it and in the weights.

Numbers that a text writes down for the weights stay; of several filters one is drawn.
"""

from __future__ import annotations

from itertools import product
from math import prod
from random import Random
from typing import TYPE_CHECKING, Any

from cnnspec.diff.layer_call import write_call
from cnnspec.layers.array import Array as Numbers
from cnnspec.layers.filling import draw_array
from cnnspec.layers.operation import (
    AVERAGE_POOL,
    CONVOLUTION,
    DEPTHWISE,
    GLOBAL_AVERAGE,
    GLOBAL_MAX,
    GROUPED,
    MAX_POOL,
    PRODUCT,
)
from cnnspec.layers.shape import show_shape
from cnnspec.quiz.excerpt import copy_node, known_shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cnnspec.layers.base import Layer
    from cnnspec.layers.window import Window
    from cnnspec.quiz.excerpt import Excerpt
    from cnnspec.trace.reference.definition import Array

    Sizes = tuple[int, ...]

MOST_PRODUCTS = 12  # that a person is asked to add up; and the most numbers of a kernel that is drawn
MOST_WRITTEN = 64  # numbers of a kernel that is written down
EASY = (None, "linear", "relu", "relu6")  # activations of which the name says all, and that need no calculator
CHANNELS, FILTERS, VALUES = (2, 1), (2, 1), (4, 3, 2, 1)  # to try, the most first; VALUES: of a row of values
LARGEST = {1: 12, 2: 6}  # sizes that are shown as they are, for signals and for maps
WHOLE = {1: 6, 2: 3}  # sizes of what is read as a whole
WEIGHTS, BIASES = (-2, -1, 0, 1, 2, 3), (-3, -2, -1, 1, 2, 3)
UNDER_WEIGHTS, IN_WINDOWS, ALONE = (0, 5), (0, 9), (-9, 9)  # from which numbers those of the input are drawn
ASKED = (
    CONVOLUTION, GROUPED, DEPTHWISE, PRODUCT, MAX_POOL, AVERAGE_POOL, GLOBAL_MAX, GLOBAL_AVERAGE, *EASY,
)  # fmt: skip
OF_TRAINING = ("trainable", "_initializer", "_regularizer", "_constraint")


def number_excerpts(excerpts: Iterable[Excerpt], seed: int) -> list[Excerpt]:
    """Excerpts of single layers with numbers, as far as these can be made small; of those that are alike the first."""
    found: dict[str, Excerpt] = {}
    for excerpt in excerpts:
        if made := number_excerpt(excerpt, seed):
            found.setdefault(" ".join(made.spec).partition(" as ")[0], made)
    return list(found.values())


def number_excerpt(excerpt: Excerpt, seed: int) -> Excerpt | None:
    """The largest of the small ones; None where all are too large, or not legal."""
    layer, entering = excerpt.layer, excerpt.entering
    if not 1 <= len(entering) <= 3 or not is_asked(layer, entering):
        return None
    written = layer.written_weights((entering,))
    for shape, smaller in list_smaller(simplify(layer), entering, excerpt.windows, written):
        if smaller.problem((shape,)) is None and is_small(smaller, shape, written):
            chance = Random(f"{seed}: {show_shape(shape)} {write_call(copy_node(excerpt.node, smaller))}")
            filled = fill(smaller, shape, written, chance)
            if filled is None or filled.numbers_problem((shape,)) is not None:
                return None
            low, high = find_range(filled, shape, excerpt.windows)
            numbers = [chance.randint(low, high) for _ in range(prod(shape))]
            return excerpt.with_numbers(filled, make_array(numbers, shape))
    return None


def make_array(numbers: Sequence[Any], shape: Sizes) -> Array:
    """Exact numbers as an array with one example."""
    from cnnspec.trace.reference.arrays import make_exact

    return make_exact(numbers).reshape((1, *shape))


def is_asked(layer: Layer, entering: Sizes) -> bool:
    """Whether a layer is one of which people work out values. A last window that hangs over the edge is a matter of its own."""
    sliding = layer.sliding()
    kinds = [operation.kind for operation in layer.operations((entering,)) or ()]
    return any([kind in ASKED for kind in kinds]) and (sliding is None or not sliding.ceil)


# ---- smaller -----------------------------------------------------------------------------------------------
def simplify(layer: Layer) -> Layer:
    """A layer without what says how it is trained, and without an activation that needs a calculator."""
    changes = {
        name: argument.record_default for name, argument in layer.arguments.items() if name.endswith(OF_TRAINING)
    }
    if layer.arguments.get("activation") and layer.ends_in() not in EASY:
        changes["activation"] = None
    return layer.replace(**changes)


def list_smaller(
    layer: Layer, entering: Sizes, windows: Sequence[Window], written: Mapping[str, Numbers]
) -> Iterator[tuple[Sizes, Layer]]:
    """Smaller inputs and layers to try, the largest first. A kernel that is written down reads what it reads."""
    rank = len(entering) - 1
    sizes = [shrink(n, windows[axis] if windows else None, rank) for axis, n in enumerate(entering[:-1])]
    channels = (VALUES if rank == 0 else CHANNELS) if not written else (entering[-1],)
    filters = (1,) if written else FILTERS
    for few, outputs in product(channels, filters if layer.channels_from else (0,)):
        if few <= entering[-1]:
            change = {layer.channels_from: outputs} if layer.channels_from else {}
            yield (*sizes, few), layer.replace(**change)


def shrink(n: int, window: Window | None, rank: int) -> int:
    """A size that has two or three positions of a window, and one position less where there is padding."""
    if window is None:
        return min(n, WHOLE[rank])
    if n <= LARGEST[rank]:
        return n
    padded = window.before != 0 or window.after != 0
    return min(n, window.extent + (2 if window.stride == 1 else window.stride) - padded)


def is_small(layer: Layer, shape: Sizes, written: Mapping[str, Numbers]) -> bool:
    """Whether a person could write down the weights, and what a window without weights sees."""
    weights = layer.own_weights((shape,))
    if weights:
        return all(
            [prod(known_shape(w.shape)) <= (MOST_WRITTEN if w.name in written else MOST_PRODUCTS) for w in weights]
        )
    windows = layer.windows((shape,))
    seen = prod([window.kernel for window in windows]) if windows else prod(shape[:-1])
    return seen * (shape[-1] if seen > 1 else 1) <= MOST_PRODUCTS


# ---- numbers -------------------------------------------------------------------------------------------------
def fill(layer: Layer, shape: Sizes, written: Mapping[str, Numbers], chance: Random) -> Layer | None:
    """A layer with numbers written down for its kernel and its bias; None for one that has other weights."""
    changes: dict[str, Any] = {}
    first = -1
    for weight in layer.own_weights((shape,)):
        sizes = known_shape(weight.shape)
        if weight.name not in ("kernel", "bias") or weight.values not in layer.arguments:
            return None
        if weight.name in written:
            there = written[weight.name]
            if first < 0:
                first = chance.randrange(there.shape[-1] - sizes[-1] + 1)
            numbers = cut(there, sizes, first)
        else:
            drawn = BIASES if weight.name == "bias" else WEIGHTS
            numbers = Numbers(tuple([chance.choice(drawn) for _ in range(prod(sizes))]), sizes)
        changes[weight.values] = draw_array(weight, numbers)
    return layer.replace(**changes)


def cut(array: Numbers, sizes: Sizes, first: int) -> Numbers:
    """The first numbers along all axes, and along the last one those from `first`."""
    places = product(*[range(n) for n in array.shape])
    pairs = zip(places, array.numbers, strict=True)
    kept = [
        number
        for place, number in pairs
        if 0 <= place[-1] - first < sizes[-1] and all([i < n for i, n in zip(place[:-1], sizes, strict=False)])
    ]
    return Numbers(tuple(kept), sizes)


def find_range(layer: Layer, shape: Sizes, windows: Sequence[Window]) -> tuple[int, int]:
    """The smallest and the largest number that the input has."""
    if layer.own_weights((shape,)):
        return UNDER_WEIGHTS
    return IN_WINDOWS if windows or layer.output((shape,)) != shape else ALONE
