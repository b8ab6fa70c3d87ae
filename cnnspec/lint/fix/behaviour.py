"""Whether two networks compute the same: their graphs are equal once what has no effect is taken out of both.

Taken out, or brought to one form: layers that leave everything as it is, activations that change nothing behind
another, biases that a normalisation takes away, dilations of single taps, paddings of their own in front of a convolution that can pad, and
paddings of a known size, as numbers without what no window reads. What no output depends on does not count.

A bias in front of a batch normalisation moves its running mean: of a trained network, the bias must be subtracted from
that. A network that is trained anew behaves the same.
"""

from __future__ import annotations

from cnnspec.facts.isomorphism import View, isomorphism
from cnnspec.graph import Graph, Node
from cnnspec.lint.context import Context
from cnnspec.lint.rules.bias_before_norm import bias_values, cancelled
from cnnspec.lint.rules.idle_dilation import spreads_nothing
from cnnspec.lint.rules.redundant_activation import changes_nothing
from cnnspec.lint.sliding_layers import sliding_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.size import Dim
    from cnnspec.layers.base import Layer
    from cnnspec.lint.sliding_layers import Sliding

    Sides = tuple[tuple[Dim, Dim], ...]


def same_graph(one: Graph, other: Graph) -> bool:
    """Whether two graphs are the same network, layer by layer, whatever the layers are called."""
    if outer_shapes(one) != outer_shapes(other):
        return False
    if are_equal_in_order(one, other):
        return True
    return isomorphism(View(one), View(other)) is not None


def same_behaviour(one: Graph, other: Graph) -> bool:
    """Whether two networks compute the same."""
    return outer_shapes(one) == outer_shapes(other) and same_graph(normalise(one), normalise(other))


def outer_shapes(graph: Graph) -> object:
    """What is seen of a network from outside: the shapes of its inputs and outputs."""
    return [[graph.nodes[i].shape for i in ends] for ends in (graph.inputs, graph.outputs)]


def are_equal_in_order(one: Graph, other: Graph) -> bool:
    """Whether graphs are equal in the order of their texts, which is soon said of a long one."""
    if len(one.nodes) != len(other.nodes) or one.inputs != other.inputs or one.outputs != other.outputs:
        return False
    mine, theirs = View(one), View(other)
    forms = zip(mine.substance, theirs.substance, strict=True)
    return mine.live == theirs.live and all(
        a.inputs == b.inputs and a.shares == b.shares and a.shape == b.shape and x == y
        for a, b, (x, y) in zip(one.nodes, other.nodes, forms, strict=True)
    )


def normalise(graph: Graph) -> Graph:
    """The network without what has no effect."""
    gone: set[int] = set()
    for node in graph.nodes:
        inputs = graph.input_shapes(node)
        if node.layer is None or inputs is None or node.shape is None or len(node.inputs) != 1:
            continue
        if node.layer.idle(inputs) or changes_nothing(node, source_behind(node, gone, graph)):
            gone.add(node.index)
    graph = contract(graph, gone, {})
    context = Context(graph, {})
    layers, borders = drop_cancelled_biases(context), set[int]()
    for node in graph.nodes:
        if node.layer is not None and spreads_nothing(node, context):
            layers[node.index] = layers.get(node.index, node.layer).replace(dilation=1)
    for sliding in sliding_layers(context):
        node = sliding.node
        layer = layers.get(node.index, node.layer)
        assert layer is not None
        if not sliding.weighs and not layer.takes_largest:  # a mean over padding depends on how that is counted
            continue
        sides = trim(tuple([(window.before, window.after) for window in sliding.windows]), sliding)
        own = layer.sliding()
        if sides is not None and own is not None and own.padding != "valid" and not own.ceil:
            layers[node.index] = layer.replace(padding=sides)
        border = graph.nodes[node.inputs[0]]
        alone = len(context.readers[border.index]) == 1 and border.index not in graph.outputs
        if border.layer is None or border.layer.zeros_around() is None or not alone or not sliding.weighs:
            continue  # a pool's own padding is no zeros
        if not sliding.padded and node.shares is None:
            sides = sides_added(border, graph)
            layers[node.index] = layer.replace(padding=trim(sides, sliding) or sides)
            borders.add(border.index)
    return contract(graph, borders, layers)


def trim(sides: Sides, sliding: Sliding) -> Sides | None:
    """Padding before and behind each axis, without what no window reads; None where that depends on the input."""
    found: list[tuple[Dim, Dim]] = []
    for (before, after), window, n in zip(sides, sliding.windows, sliding.entering, strict=False):
        if not all(isinstance(size, int) for size in (before, after, window.before, window.after, n)):
            return None
        left_over = window.remainder(n)  # type: ignore[arg-type]
        found.append((before, after - min(after, left_over)))  # type: ignore[type-var]
    return tuple(found)


def sides_added(border: Node, graph: Graph) -> Sides:
    """What a padding of its own adds before and behind, along each axis."""
    inputs = graph.input_shapes(border)
    assert border.layer is not None and border.shape is not None and inputs is not None
    before = [-(axis.low or 0) for axis in border.layer.reach(inputs) or ()]
    return tuple([(b, m - n - b) for b, m, n in zip(before, border.shape, inputs[0], strict=False)])


def source_behind(node: Node, gone: set[int], graph: Graph) -> Node:
    """What a node reads, behind the nodes that are gone."""
    found = graph.nodes[node.inputs[0]]
    while found.index in gone:
        found = graph.nodes[found.inputs[0]]
    return found


def drop_cancelled_biases(context: Context) -> dict[int, Layer]:
    """The layers, without their biases, of which every use is taken away by what reads it."""
    graph = context.graph
    kept: set[int] = set()
    found: dict[int, Layer] = {}
    for node in graph.nodes:
        layer, first = node.layer, node.index if node.shares is None else node.shares
        if layer is None or bias_values(node, context) is None:
            continue
        if layer.penalises_output() or not cancelled(node, context):
            kept.add(first)
        found[node.index] = layer.replace(bias=False)
    return {i: layer for i, layer in found.items() if (graph.nodes[i].shares or i) not in kept}


def contract(graph: Graph, gone: set[int], layers: dict[int, Layer]) -> Graph:
    """The graph without some nodes, whose readers read what they read, and with other layers."""
    made = Graph(graph.name)
    place: list[int] = []
    for node in graph.nodes:
        if node.index in gone:
            place.append(place[node.inputs[0]])
            continue
        inputs = tuple([place[i] for i in node.inputs])
        copy = Node(len(made.nodes), layers.get(node.index, node.layer), inputs, node.shape, node.label, node.site)
        copy.shares = None if node.shares is None else place[node.shares]
        place.append(copy.index)
        made.nodes.append(copy)
    made.inputs = [place[i] for i in graph.inputs]
    made.outputs = [place[i] for i in graph.outputs]
    return made
