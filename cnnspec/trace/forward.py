"""The forward pass on the board: what every layer reads, its weights, what it puts out, and how one value comes about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from cnnspec.layers.shape import show_shape
from cnnspec.tables.rows import find_keras_type
from cnnspec.trace.arithmetic import Arithmetic, find_each
from cnnspec.trace.board import Group, Section
from cnnspec.trace.formula import Formula, SumStep
from cnnspec.trace.grids import draw_around, draw_map, draw_weight
from cnnspec.trace.linear import Place
from cnnspec.trace.values import find_owner

if TYPE_CHECKING:
    from cnnspec.graph import Node
    from cnnspec.layers.weight import Weight
    from cnnspec.network import AnalysedNetwork
    from cnnspec.trace.reference.definition import Array
    from cnnspec.trace.trace import Trace


def draw_forward(trace: Trace) -> Iterator[Section]:
    """A section for each layer that is shown, or that of the one value."""
    if trace.place is not None:
        yield draw_value(trace, trace.shown[0], trace.place)
        return
    for index in trace.shown:
        yield draw_layer(trace, index)


def draw_layer(trace: Trace, index: int) -> Section:
    """The weights of a layer, its whole output, and the arithmetic of the first value."""
    node = trace.network.graph.nodes[index]
    output = find_values(trace, [index])[0][0]
    weights = [] if node.shares is not None else draw_weights(trace, node)
    formulas = [] if node.layer is None else [write_out(trace, node, (0,) * output.ndim)[0]]
    groups = (*weights, draw_map("output" if node.layer is not None else "", output))
    notes = tuple(tell_where_from(trace, node))
    return Section(write_heading(trace.network, node), groups, tuple(formulas), notes, index)


def draw_value(trace: Trace, index: int, place: Place) -> Section:
    """One value of a layer: the window on what enters, the weights that make its channel, and the arithmetic."""
    node = trace.network.graph.nodes[index]
    output = find_values(trace, [index])[0][0]
    if node.layer is None:
        return Section(write_heading(trace.network, node), (draw_around("", output, [place]),), node=index)
    formula, found = write_out(trace, node, place)
    entering = []
    for number, (source, value) in enumerate(zip(node.inputs, find_values(trace, node.inputs), strict=True)):
        read = [cell.place[1:] for cell in found.reads if cell.input == number] if found is not None else []
        if read:
            entering.append(draw_around(trace.network.graph.nodes[source].name, value[0], read))
    weights = draw_weights(trace, node, place[-1], output.shape[-1])
    groups = (*entering, *weights, draw_around("output", output, [place]))
    notes = (*tell_where_from(trace, node), *tell_of_padding(trace, node, found))
    return Section(write_heading(trace.network, node), groups, (formula,), notes, index)


def tell_of_padding(trace: Trace, node: Node, found: Arithmetic | None) -> Iterator[str]:
    """How much of the window hangs over the edge."""
    shapes = tuple([value.shape[1:] for value in find_values(trace, node.inputs)])
    windows = None if node.layer is None or found is None else node.layer.windows(shapes)
    if windows and found is not None:
        cells = prod([window.kernel for window in windows])
        outside = cells - len({read.place[:-1] for read in found.reads})
        if outside:
            yield f"{outside:,} of the window's {cells:,} cells {'lies' if outside == 1 else 'lie'} in the padding"


def write_out(trace: Trace, node: Node, place: Place) -> tuple[Formula, Arithmetic | None]:
    """The formula of a value, and what it reads; the value alone where its layer has no arithmetic that is written."""
    return next(write_each(trace, node, [place]))


def write_each(trace: Trace, node: Node, places: Sequence[Place]) -> Iterator[tuple[Formula, Arithmetic | None]]:
    """The same of several values of a layer, in their order."""
    inputs, output = find_values(trace, node.inputs), find_values(trace, [node.index])[0]
    weights = trace.weights.weights.get(find_owner(trace.network.graph, node), {})
    assert node.layer is not None
    each = find_each(node.layer, inputs, weights, [(0, *place) for place in places], output)
    for place, found in zip(places, each, strict=True):
        value = output[(0, *place)]
        steps = (SumStep(((value,),), value),) if found is None else found.steps
        shown = place if len(place) < 2 or output.shape[-1] != 1 else place[:-1]
        yield Formula(f"{node.name}[{','.join(map(str, shown))}]", steps), found


def find_values(trace: Trace, nodes: Sequence[int]) -> list[Any]:
    """The values of nodes that were computed."""
    return [value for value in [trace.values[index] for index in nodes] if value is not None]


def draw_weights(trace: Trace, node: Node, channel: int | None = None, channels: int = 0) -> list[Group]:
    """The weights of a node's layer; `channel`: of those that make one of the output's channels, that."""
    return [draw_weight(weight, array, channel, channels) for weight, array in list_weights(trace, node)]


def list_weights(trace: Trace, node: Node) -> list[tuple[Weight, Array]]:
    """The weights of a node's layer, those that it shares included."""
    given = trace.weights.weights.get(find_owner(trace.network.graph, node), {})
    shapes = tuple([value.shape[1:] for value in find_values(trace, node.inputs)])
    weights = [] if node.layer is None else node.layer.own_weights(shapes)
    return [(weight, given[weight.name]) for weight in weights]


def write_heading(network: AnalysedNetwork, node: Node) -> str:
    return f"{node.name} ({find_keras_type(node, network)}) {show_shape(node.shape)}"


def tell_where_from(trace: Trace, node: Node) -> Iterator[str]:
    """Where the weights of a node's layer come from."""
    owner = find_owner(trace.network.graph, node)
    if node.shares is not None:
        yield f"with the weights of {owner}"
    elif origin := trace.weights.origins.get(owner):
        yield f"weights: {origin}"
