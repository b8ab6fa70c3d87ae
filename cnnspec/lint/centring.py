"""What brings the branches of merges onto each other: other arguments of the layers before them, each way tried."""

from __future__ import annotations

from cnnspec.facts.facts import Facts
from cnnspec.facts.geometry import Geometry
from cnnspec.lint.finding import find_changes, write_for_each, write_setting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from cnnspec.graph import Node
    from cnnspec.layers.base import Layer, Shape
    from cnnspec.lint.context import Context

    Change = dict[int, Layer]  # layers in the place of a graph's nodes

MOST_TRIED = 20_000  # layers, summed over what is tried


def find_cure(context: Context, merges: Collection[int], apart: Callable[[Geometry], object]) -> str:
    """What to write so that no merge is `apart` any more, best of all by nothing: "padding=1 for conv2"; "" where nothing
    that is tried helps."""
    left, found = MOST_TRIED, ""
    for change in propose_arguments(context, merges):
        left -= len(context.graph.nodes)
        if left < 0:
            break
        graph = context.what_if.graph_of(change)
        geometry = Geometry(Facts(graph)) if graph is not None else None
        if geometry is not None and not apart(geometry):
            found = found or write_change(context, change)
            if not any([merge.node in merges for merge in geometry.misaligned]):
                return write_change(context, change)
    return found


def propose_arguments(context: Context, merges: Collection[int]) -> Iterator[Change]:
    """Other arguments for one place in the text, then for all layers of one kind, outputs staying as they are."""
    nodes = context.graph.nodes
    places: dict[object, list[Node]] = {}
    for index in sorted(set().union(*map(context.geometry.before, merges))):
        site = nodes[index].site
        places.setdefault((site.source.name, site.node.start, site.node.end), []).append(nodes[index])
    for place in places.values():
        yield from pair_changes(context, place)
    kinds: dict[type, list[Node]] = {}  # of layers
    for node in [node for place in places.values() for node in place]:
        kinds.setdefault(type(node.layer), []).append(node)
    for kind in kinds.values():
        yield from pair_changes(context, kind)


def pair_changes(context: Context, nodes: list[Node]) -> Iterator[Change]:
    """The nodes with their first other arguments, with their second, and so on."""
    others = []
    for node in nodes:
        inputs = context.graph.input_shapes(node)
        if node.layer is None or inputs is None:
            return
        others.append([layer if fits(layer, node, inputs) else None for layer in node.layer.recentred(inputs)])
    for column in zip(*others, strict=False):
        if None not in column:
            yield {node.index: layer for node, layer in zip(nodes, column, strict=True) if layer is not None}


def fits(layer: Layer, node: Node, inputs: tuple[Shape, ...]) -> bool:
    """Whether another layer in a node's place reads elsewhere and yields the same shape."""
    if node.layer is None or layer.problem(inputs) is not None or layer.output(inputs) != node.shape:
        return False
    return layer.reach(inputs) != node.layer.reach(inputs)


def write_change(context: Context, change: Change) -> str:
    """A change in words, layers with the same new arguments together."""
    nodes = [context.graph.nodes[index] for index in change]
    return write_for_each(nodes, lambda n: write_setting(n.layer, find_changes(change[n.index], n.layer)))
