"""The backward pass on the board: from the loss to the inputs, what comes back to every layer, its weights, and its inputs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnnspec.trace.back_notes import (
    find_sources,
    find_uses,
    tell_of_entropy,
    tell_sources,
    tell_uses,
    tell_what_is_written,
    tell_where_it_goes,
)
from cnnspec.trace.backward import take_step
from cnnspec.trace.board import Group, Section
from cnnspec.trace.derivatives import Place
from cnnspec.trace.formula import Formula
from cnnspec.trace.forward import write_heading
from cnnspec.trace.grids import draw_map, draw_weight
from cnnspec.trace.loss_board import draw_loss
from cnnspec.trace.losses import Loss
from cnnspec.trace.names import explain_names
from cnnspec.trace.reference.arrays import shapes_of
from cnnspec.trace.reference.definition import Array
from cnnspec.trace.way_back import Way, find_way, meets_entropy
from cnnspec.trace.written_back import (
    find_chosen,
    write_derivatives,
    write_differences,
    write_through,
    write_update,
)

if TYPE_CHECKING:
    from cnnspec.graph import Node
    from cnnspec.layers.weight import Weight
    from cnnspec.trace.backward import Backward
    from cnnspec.trace.trace import Trace


def draw_backward(trace: Trace, backward: Backward) -> Iterator[Section]:
    """A section for each loss, then for each layer that is shown, the last first."""
    for index, loss in backward.start.losses.items():
        yield draw_loss(trace, index, loss, len(backward.start.losses))
    for index in reversed(trace.shown):
        node = trace.network.graph.nodes[index]
        gradient = backward.gradients.values[index]
        heading = f"back: {write_heading(trace.network, node)}"
        if gradient is None:
            yield Section(heading, (), (), ("no gradient comes back to it",))
        elif node.layer is not None:
            yield draw_layer(trace, backward, node, gradient, heading)
        elif len(find_sources(trace.network.graph, node, backward.start)) != 1:
            notes = tuple(tell_sources(trace.network.graph, node, backward.start, "dE/dX"))
            yield Section(heading, (draw_map("dE/dX", gradient[0]),), (), notes)


# ---- a layer -------------------------------------------------------------------------------------------------
def draw_layer(trace: Trace, backward: Backward, node: Node, gradient: Array, heading: str) -> Section:
    """What comes back to a layer's output, its weights and its inputs, as grids and written out."""
    way, graph = find_way(trace, node, gradient), trace.network.graph
    loss = backward.start.losses.get(node.index)
    groups = (*draw_gradients(way), *draw_updates(trace, backward, node, way))
    written = tuple(write_way(way, loss))
    formulas = (*written, *write_updates(trace, backward, node, way))
    sources = [graph.nodes[index].name for index in node.inputs]
    notes = (
        *explain_names(way.names, node.name, sources, way.made.weights, way.function),
        *tell_sources(graph, node, backward.start, f"dE/d{way.names.output.letter}"),
        *tell_of_entropy(way, loss),
        *tell_where_it_goes(way),
        *tell_what_is_written(way, written),
        *tell_uses(graph, node),
        *(["a step leaves its weights as they are: trainable=false"] if stays(backward, way) else ()),
    )
    return Section(heading, groups, formulas, notes)


def draw_gradients(way: Way) -> Iterator[Group]:
    """The gradients of the output, of the sums, of the weights, and of the inputs."""
    names = way.names
    yield draw_map(f"dE/d{names.output.letter}", way.gradient[0])
    if names.sums != names.output:
        yield draw_map(f"dE/d{names.sums.letter}", way.inner[0])
    for weight in way.layer.own_weights(shapes_of(*way.inputs)):
        if weight.name in way.made.weights:
            titled = weight.replace(name=f"dE/d{names.arrays[weight.name].letter}")
            yield draw_weight(titled, way.made.weights[weight.name])
    for place, gradient in enumerate(way.made.inputs):
        if gradient is not None:
            yield draw_map(f"dE/d{names.arrays[place].letter}", gradient[0])
    if way.part.selects:
        yield draw_map(names.arrays[0].letter, way.inputs[0][0], [place[1:] for place in find_chosen(way.part)])


def write_way(way: Way, loss: Loss | None) -> Iterator[Formula]:
    """What comes back, written out: through the function, then to each weight, then to each input."""
    if way.function is not None:
        given = way.made.inputs[0] if way.is_function else way.inner

        def before(cell: Place) -> str:
            return way.names.name(0, cell) if way.is_function else way.names.name_sum(cell)

        if loss is not None and meets_entropy(way, loss):
            yield from write_differences(way.names, way.output, loss, given, before)
        else:
            yield from write_through(way.names, way.function, way.back, way.gradient, given, before)
    if way.is_function:
        return
    for name, gradient in way.made.weights.items():
        yield from write_derivatives(way.names, way.part, way.inner, name, gradient)
    for place, given in enumerate(way.made.inputs):
        if given is not None:
            yield from write_derivatives(way.names, way.part, way.inner, place, given)


# ---- a step --------------------------------------------------------------------------------------------------
def find_moves(trace: Trace, backward: Backward, node: Node, way: Way) -> Iterator[tuple[Weight, Array, Array]]:
    """The weights that a step moves, each with its numbers and their gradients over all its uses."""
    given = backward.gradients.weights.get(node.name, {}) if backward.step is not None else {}
    for weight in way.layer.weights(shapes_of(*way.inputs)):
        if weight.trainable and weight.name in given:
            yield weight, trace.weights.weights[node.name][weight.name], given[weight.name]


def stays(backward: Backward, way: Way) -> bool:
    """Whether a step would move the weights of a layer if they were not frozen."""
    return backward.step is not None and bool(way.made.weights) and not way.layer.trainable


def draw_updates(trace: Trace, backward: Backward, node: Node, way: Way) -> Iterator[Group]:
    """The weights behind a step."""
    for weight, array, gradient in find_moves(trace, backward, node, way):
        letter = way.names.arrays[weight.name].letter
        if len(find_uses(trace.network.graph, node)) > 1:
            yield draw_weight(weight.replace(name=f"dE/d{letter} of all uses"), gradient)
        assert backward.step is not None
        yield draw_weight(weight.replace(name=f"next {letter}"), take_step(array, gradient, backward.step))


def write_updates(trace: Trace, backward: Backward, node: Node, way: Way) -> Iterator[Formula]:
    for weight, array, gradient in find_moves(trace, backward, node, way):
        assert backward.step is not None
        yield from write_update(way.names, weight.name, array, gradient, backward.step)
