"""The parts of the text, or the modules of a model, by which boxes are called."""

from __future__ import annotations

from cnnspec.base.source import printable
from cnnspec.draw.outline.parts import find_path, name_module
from cnnspec.graph import BlockCall, FunctionUse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.graph import Graph


class Naming:
    """The parts of the text, or the modules of a model, that layers stand in."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.paths = [tuple([mark for mark, _ in find_path(graph, node)]) for node in graph.nodes]
        self.counts: dict[object, int] = {}  # of layers in each part
        for path in self.paths:
            for mark in path:
                self.counts[tell(mark)] = self.counts.get(tell(mark), 0) + 1

    def name(self, mark: object) -> str:
        """The name of a part, "" where it has none."""
        if isinstance(mark, BlockCall):
            return printable(mark.block)
        if isinstance(mark, FunctionUse):
            return printable(mark.name)
        if isinstance(mark, str):
            return name_module(self.graph, mark)
        return ""

    def find_common(self, nodes: Sequence[int]) -> tuple[object, ...]:
        """The parts that all of some layers stand in, the outermost first."""
        common = self.paths[nodes[0]]
        for node in nodes[1:]:
            path, same = self.paths[node], 0
            while same < min(len(common), len(path)) and tell(common[same]) == tell(path[same]):
                same += 1
            common = common[:same]
        return common

    def name_module(self, nodes: Sequence[int]) -> str:
        """The name of the part that these layers are, or most of; "" where there is none."""
        for mark in self.find_common(nodes):
            if (name := self.name(mark)) and self.counts[tell(mark)] * 2 < 3 * len(nodes):
                return name
        return ""


def tell(mark: object) -> object:
    """What tells a part from others: another call at the same place of a text is another part."""
    return mark if isinstance(mark, str) else id(mark)
