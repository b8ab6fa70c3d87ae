"""What the chosen layers make of an image: the map of every filter, and the unit that responds most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.facts import regions
from cnnspec.look.network_graph import count_positions

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from cnnspec.graph import Node
    from cnnspec.look.opened import OpenedNetwork

    Array = np.ndarray[Any, Any]
    Box = tuple[tuple[int, int], ...]  # first and last row, first and last column

MOST_LAYERS = 6  # that are shown where none are chosen


class Unit(Record):
    """The unit of a layer with the largest value: its filter, its position, and the `box` of the image that it sees.

    `box` is clipped to the image; None where it cannot be told. `mixed`: layers before that bring in the whole image besides.
    """

    layer: str
    filter: int
    at: tuple[int, int]
    value: float
    box: Box | None
    mixed: tuple[str, ...] = ()


class Response(Record):
    """The output (H, W, filters) of a layer for an image, and its strongest unit."""

    layer: str
    map: Array
    strongest: Unit


def choose_layers(network: OpenedNetwork, names: Sequence[str]) -> list[Node]:
    """The layers of these names; without any the convolutions of more than one position, of many some from the first to the last.
    Raises TrainingFailed."""
    if names:
        return [network.find_map(name) for name in dict.fromkeys(names)]
    found = [node for node in network.convolutions if count_positions(node) > 1] or network.convolutions
    if len(found) <= MOST_LAYERS:
        return found
    return [found[i * (len(found) - 1) // (MOST_LAYERS - 1)] for i in range(MOST_LAYERS)]


def find_responses(network: OpenedNetwork, image: Array, name: str, layers: Sequence[Node]) -> list[Response]:
    """The responses of some layers to an image (as the model takes it), which is called `name`. Raises TrainingFailed."""
    if not layers:
        return []
    found = network.compute_maps(image[None], [name], layers)
    return [
        Response(node.name, values[0], find_strongest(network, node, values[0]))
        for node, values in zip(layers, found, strict=True)
    ]


def find_strongest(network: OpenedNetwork, node: Node, values: Array) -> Unit:
    """The unit with the largest value in the map of a layer, the first of equals."""
    import numpy as np

    y, x, filter = [int(i) for i in np.unravel_index(np.argmax(values), values.shape)]
    mixing = (*network.geometry.gates_of(node.index), *network.geometry.statistics_of(node.index))
    mixed = tuple([network.graph.nodes[i].name for i in mixing])
    return Unit(node.name, filter, (y, x), float(values[y, x, filter]), find_box(network, node, (y, x)), mixed)


def find_box(network: OpenedNetwork, node: Node, at: tuple[int, int]) -> Box | None:
    """The smallest box of the image that holds all pixels which a position of a layer sees."""
    sizes = network.geometry.sizes[network.graph.inputs[0]]
    region = network.geometry.read(node.index, at).get(network.graph.inputs[0])
    return regions.hull(region, 2) if region is not None and sizes is not None and len(sizes) == 2 else None
