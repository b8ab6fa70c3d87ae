"""A network computed on one example: its weights, and the values of its layers."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from math import prod
from typing import TYPE_CHECKING

from cnnspec.base.record import Record
from cnnspec.base.source import printable
from cnnspec.layers.shape import show_shape
from cnnspec.trace.errors import NoTrace
from cnnspec.trace.reference.arrays import MOST_EXACT, make_floats
from cnnspec.trace.reference.definition import Array
from cnnspec.trace.values import compute_values, find_needed

if TYPE_CHECKING:
    from cnnspec.layers.shape import Shape
    from cnnspec.network import AnalysedNetwork
    from cnnspec.trace.weights import WeightsFound


MOST_NUMBERS = 10_000  # that are printed of outputs and weights
MOST_COMPUTED = 2**28  # numbers of outputs, which are 2 GiB


class Trace(Record):
    """`values` has the output of every node, in order, the batch of one first; None where it was not asked for. `shown` are
    the nodes that are shown; `place`, without the batch, that of the one value of the first of them that is written out, None
    for all values."""

    network: AnalysedNetwork
    weights: WeightsFound
    values: tuple[Array | None, ...]
    shown: tuple[int, ...]
    place: tuple[int, ...] | None


def trace_network(
    network: AnalysedNetwork, inputs: Sequence[Array], found: WeightsFound, shown: Sequence[int],
    place: Sequence[int] | None = None, whole: bool = False,
) -> Trace:  # fmt: skip
    """The values of the nodes that are shown, and of what they depend on; or of one of them the value at a place. `whole`: those
    of the outputs, too, from which a way back begins.

    Raises NoTrace for what cannot be computed, and for what is no place.
    """
    at = None if place is None else find_place(network, shown, place)
    wanted = {*shown, *network.graph.outputs} if whole else {*shown}
    exact = check_computable(network, wanted) <= MOST_EXACT
    try:
        given = inputs if exact else [*map(make_floats, inputs)]
        values = compute_values(network.graph, given, found.weights, wanted)
    except ValueError as error:
        raise NoTrace(str(error)) from None
    return Trace(network, found, tuple(values), tuple(shown), at)


def check_computable(network: AnalysedNetwork, wanted: Iterable[int]) -> int:
    """How many numbers the outputs are of these nodes and of what they depend on. Raises NoTrace for more than are computed."""
    nodes = zip(network.graph.nodes, find_needed(network.graph, wanted), strict=True)
    numbers = count_numbers([node.shape for node, needed in nodes if needed])
    if numbers > MOST_COMPUTED:
        raise NoTrace(
            f"{network.name} is too large to compute: the outputs up to the layers that are asked for have {numbers:,} numbers, "
            f"and {MOST_COMPUTED:,} are computed at most; choose earlier layers, or a smaller input"
        )
    return numbers


def find_shown(network: AnalysedNetwork, layers: Sequence[str]) -> list[int]:
    """The nodes that are shown, in the network's order: all of them, or those with these names. Raises NoTrace."""
    try:
        return sorted({network.find_layer(name) for name in layers}) or [*range(len(network.graph.nodes))]
    except LookupError as error:
        raise NoTrace(f"{error}{explain_names(layers)}") from None


def explain_names(layers: Sequence[str]) -> str:
    """What was perhaps meant by names of layers that are none: a file that holds the input, or several names."""
    file = next(filter(os.path.isfile, layers), None)
    if file is not None:
        return f"; what enters is given as --input {printable(file)}"
    return "; commas stand between names" if any([" " in name for name in layers]) else ""


def check_printable(network: AnalysedNetwork, shown: Sequence[int], whole: bool = False) -> None:
    """Raises NoTrace where what is shown, with `whole` the way back, too, has more numbers than anybody reads."""
    graph, numbers, gradients = network.graph, 0, 0
    for node in [graph.nodes[index] for index in shown]:
        inputs = graph.input_shapes(node) or ()
        weights = () if node.layer is None else node.layer.own_weights(inputs)
        own = count_numbers([node.shape, *[weight.shape for weight in weights]])
        numbers, gradients = numbers + own, gradients + own + count_numbers(inputs)
    hint = "name few layers (--layers conv1,conv2)"
    for what, count in (("outputs and weights", numbers), ("gradients", gradients if whole else 0)):
        if count > MOST_NUMBERS:
            raise NoTrace(
                f"{network.name} is too large to print: the {what} that are asked for have {count:,} numbers, and "
                f"{MOST_NUMBERS:,} are printed at most; {hint}" + ("" if whole else ", or one value (conv1 --at 0,0)")
            )


def count_numbers(shapes: Iterable[Shape | None]) -> int:
    """How many numbers arrays of these shapes have."""
    return sum([prod([n for n in shape or () if isinstance(n, int)]) for shape in shapes])


def find_place(network: AnalysedNetwork, shown: Sequence[int], place: Sequence[int]) -> tuple[int, ...]:
    """The place of a value in the output of the one layer that is shown; its channel may be left out: it is the first then."""
    if len(shown) != 1:
        raise NoTrace("a place is that of a value of one layer: name the layer, as in conv1 --at 0,0")
    node = network.graph.nodes[shown[0]]
    sizes = tuple([n for n in node.shape or () if isinstance(n, int)])
    found = (*place, 0) if len(place) == len(sizes) - 1 else tuple(place)
    if len(found) != len(sizes) or not all([0 <= at < n for at, n in zip(found, sizes, strict=True)]):
        last = ",".join([str(n - 1) for n in sizes])
        raise NoTrace(
            f"{node.name} has no value at {','.join(map(str, place))}: it puts out {show_shape(node.shape)}, "
            f"from {','.join('0' * len(sizes))} to {last}"
        )
    return found
