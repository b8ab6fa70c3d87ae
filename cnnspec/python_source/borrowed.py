"""What a library makes of its own: the models of keras.applications. A site there has the function that makes it as `module`."""

from __future__ import annotations

from copy import copy

from cnnspec.graph import Graph, Node, Site
from cnnspec.python_source.keras.application_archive import find_application

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Set


def list_borrowed(graph: Graph) -> frozenset[int]:
    """The nodes that a library makes."""
    return frozenset([node.index for node in graph.nodes if node.written.module])


def find_own_site(site: Site) -> Site:
    """The place in the source's own text that leads to a place: that itself, but for one in a library."""
    if not site.module:
        return site
    return next((step.site for step in reversed(site.steps) if not step.site.module), site)


def has_usual_size(graph: Graph, function: str) -> bool:
    """Whether a library's model takes images of the size that it is made for, as far as is known."""
    made = find_application(function)
    if made is None or made.size is None:
        return True
    own = {node.index for node in graph.nodes if node.written.module == function}
    entering = {i for index in own for i in graph.nodes[index].inputs if i not in own}
    entering |= {index for index in own if not graph.nodes[index].inputs}
    shapes = [shape for index in entering if (shape := graph.nodes[index].shape) is not None]
    return all([size == made.size for shape in shapes for size in shape[:-1] if isinstance(size, int)])


def hide(graph: Graph, hidden: Set[int]) -> Graph:
    """A copy of a graph in which some layers are not known; the shapes behind them are."""
    made = copy(graph)
    made.nodes = [hide_layer(node) if node.index in hidden else node for node in graph.nodes]
    return made


def hide_layer(node: Node) -> Node:
    made = copy(node)
    made.layer = None
    return made
