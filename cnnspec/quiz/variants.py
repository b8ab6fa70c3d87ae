"""Variants of a network: other kernels, strides, paddings, filters and input sizes, drawn by chance, each of them legal."""

from __future__ import annotations

from cnnspec.base.source import WrittenSpec
from cnnspec.facts.what_if import WhatIf
from cnnspec.graph import Graph, Node
from cnnspec.pipeline import analyse
from cnnspec.quiz.question import NoQuiz
from cnnspec.spec_writer import Unfaithful, to_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random
    from typing import Any

    from cnnspec.layers.base import Layer, Shape
    from cnnspec.network import AnalysedNetwork

KERNELS, STRIDES = (2, 3, 4, 5, 7), (1, 2, 3)
PADDINGS = ("valid", "same", 1, 2)
SCALES = ((1, 2), (3, 4), (3, 2), (2, 1))  # by which filters become fewer or more
FARTHEST = 6  # positions by which an input is made larger or smaller
CHANGED = 3  # of 4 layers are changed
TRIES = 10


def make_variant(network: AnalysedNetwork, chance: Random) -> AnalysedNetwork:
    """A variant of a network, analysed anew from a text of its own. Raises NoQuiz where there is none."""
    graph = network.graph
    what_if = WhatIf(graph)
    for _ in range(TRIES):
        inputs = draw_inputs(what_if, chance)
        layers = draw_layers(what_if, inputs, chance)
        if inputs or layers:
            return analyse_variant(network, rebuild(graph, what_if.shapes(inputs, layers) or [], layers))
    raise NoQuiz(f"{network.source.name} has no variant: no size of its input and no layer could be another")


def draw_inputs(what_if: WhatIf, chance: Random) -> dict[int, Shape]:
    """Other shapes of some inputs."""
    inputs: dict[int, Shape] = {}
    for index in what_if.graph.inputs:
        shape = what_if.graph.nodes[index].shape
        resized = resize_input(shape, chance)
        if resized is not None and resized != shape and is_legal(what_if, inputs | {index: resized}, {}):
            inputs[index] = resized
    return inputs


def draw_layers(what_if: WhatIf, inputs: Mapping[int, Shape], chance: Random) -> dict[int, Layer]:
    """Other layers in the place of some, none of which shares its weights or has them written down."""
    graph = what_if.graph
    layers: dict[int, Layer] = {}
    shared = {node.shares for node in graph.nodes} | {node.index for node in graph.nodes if node.shares is not None}
    for node in graph.nodes:
        if node.layer is None or node.index in shared or chance.randrange(4) >= CHANGED:
            continue
        entering = graph.input_shapes(node)
        if entering is None or node.layer.written_weights(entering):
            continue
        for layer in draw_changes(node.layer, chance, node.index in graph.outputs):
            if layer != node.layer and is_legal(what_if, inputs, layers | {node.index: layer}):
                layers[node.index] = layer
                break
    return layers


def analyse_variant(network: AnalysedNetwork, graph: Graph) -> AnalysedNetwork:
    """The network of a graph, whose text is written for it."""
    try:
        text = to_text(graph, keep_names=True)
    except Unfaithful:
        raise NoQuiz(
            f"{network.source.name} has no variant that the language can write: ask about it as it is"
        ) from None
    return analyse(WrittenSpec(network.source.name, text)).networks[0]


def is_legal(what_if: WhatIf, inputs: Mapping[int, Shape], layers: Mapping[int, Layer]) -> bool:
    """Whether every layer takes what enters it, and Keras computes those that are other ones."""
    shapes = what_if.shapes(inputs, layers)
    if shapes is None:
        return False
    nodes = what_if.graph.nodes
    return all(
        [layer.keras_problem(tuple([shapes[i] for i in nodes[n].inputs])) is None for n, layer in layers.items()]
    )


def resize_input(shape: Shape | None, chance: Random) -> Shape | None:
    """A map that is larger or smaller by the same along every axis; None for what is no map of known size."""
    by = chance.randint(-FARTHEST, FARTHEST)
    if shape is None or len(shape) < 2:
        return None
    sizes = tuple([n + by for n in shape[:-1] if isinstance(n, int)])
    return (*sizes, shape[-1]) if len(sizes) == len(shape) - 1 and min(sizes) > 0 else None


def draw_changes(layer: Layer, chance: Random, last: bool) -> list[Layer]:
    """Other layers in the place of one, the most different first; the channels of the network's output stay."""
    kernel, stride, padding = chance.choice(KERNELS), chance.choice(STRIDES), chance.choice(PADDINGS)
    times, over = chance.choice(SCALES)
    filters: dict[str, Any] = {}
    if layer.channels_from and not last:
        now = layer.argument_values()[layer.channels_from]
        filters = {layer.channels_from: max(1, now * times // over)}
    if layer.sliding() is None:
        return [layer.replace(**filters)] if filters else []
    changes: list[dict[str, Any]] = [{"kernel": kernel}, {"stride": stride}, {"padding": padding}]
    tries = [changes[0] | changes[1] | changes[2] | filters, changes[0] | filters, changes[1] | filters, changes[2]]
    return [layer.replace(**change) for change in tries]


def rebuild(graph: Graph, shapes: list[Shape], layers: Mapping[int, Layer]) -> Graph:
    """The graph with other shapes, and other layers in the place of some."""
    made = Graph(graph.name)
    made.inputs, made.outputs = graph.inputs, graph.outputs
    for node, shape in zip(graph.nodes, shapes, strict=True):
        copy = Node(node.index, layers.get(node.index, node.layer), node.inputs, shape, node.label, node.site)
        copy.name, copy.given, copy.shares = node.name, node.given, node.shares
        made.nodes.append(copy)
    return made
