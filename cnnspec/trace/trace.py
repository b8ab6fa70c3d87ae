"""A network computed on one example: its weights, and the values of its layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cnnspec.base.record import Record
from cnnspec.layers.shape import show_shape
from cnnspec.trace.errors import NoTrace
from cnnspec.trace.reference.definition import Array
from cnnspec.trace.values import compute_values

if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.trace.values import Weights


class Trace(Record):
    """`values` has the output of every node, in order, the batch of one first; None where it was not asked for. `shown` are
    the nodes that are shown; `place`, without the batch, that of the one value of the first of them that is written out, None
    for all values. `origins`: where the weights of each layer come from, in words."""

    network: AnalysedNetwork
    weights: Weights
    origins: Mapping[str, str]
    values: tuple[Array | None, ...]
    shown: tuple[int, ...]
    place: tuple[int, ...] | None


def trace_network(
    network: AnalysedNetwork, inputs: Sequence[Array], weights: Weights, origins: Mapping[str, str],
    layers: Sequence[str] = (), place: Sequence[int] | None = None,
) -> Trace:  # fmt: skip
    """The values of a network's layers; all are shown, or those that are named, or one value of the one that is named.

    Raises LookupError for a layer that is not there, NoTrace for what cannot be computed or is no place.
    """
    shown = [network.find_layer(name) for name in layers]
    at = None if place is None else find_place(network, shown, place)
    try:
        values = compute_values(network.graph, inputs, weights, shown or None)
    except ValueError as error:
        raise NoTrace(str(error)) from None
    return Trace(network, weights, origins, tuple(values), tuple(shown or range(len(values))), at)


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
