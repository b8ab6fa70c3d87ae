"""What a flow says in the languages that draw by themselves: its boxes with their words, edges with theirs, nested groups."""

from __future__ import annotations

from functools import cached_property

from cnnspec.base.record import Record
from cnnspec.draw.boxes.figures import find_box_figures, write_figures
from cnnspec.draw.boxes.findings import place_findings
from cnnspec.draw.boxes.kinds import find_kind
from cnnspec.draw.boxes.letters import SMALL, cut_words
from cnnspec.draw.boxes.words import write_box, write_group, write_shapes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.outline.outline import Outline
    from cnnspec.network import AnalysedNetwork


class WrittenBox(Record):
    """The lines of a box, its kind, and the group that it lies in."""

    lines: tuple[str, ...]
    kind: str
    group: int | None


class WrittenGroup(Record):
    title: str
    parent: int | None


class WrittenEdge(Record):
    source: int
    target: int
    shape: str


class WrittenFlow(Record):
    """Boxes, the last of which are the outputs, groups, each behind the one around it, and edges."""

    boxes: tuple[WrittenBox, ...]
    groups: tuple[WrittenGroup, ...]
    edges: tuple[WrittenEdge, ...]
    __slots__ = ("__dict__",)  # for what lies in which group

    def find_boxes(self, group: int | None) -> list[tuple[int, WrittenBox]]:
        """The boxes of a group, None: of none, with their numbers."""
        return self._boxes.get(group, [])

    def find_groups(self, group: int | None) -> list[tuple[int, WrittenGroup]]:
        """The groups in a group, with their numbers."""
        return self._groups.get(group, [])

    @cached_property
    def _boxes(self) -> dict[int | None, list[tuple[int, WrittenBox]]]:
        found: dict[int | None, list[tuple[int, WrittenBox]]] = {}
        for number, box in enumerate(self.boxes):
            found.setdefault(box.group, []).append((number, box))
        return found

    @cached_property
    def _groups(self) -> dict[int | None, list[tuple[int, WrittenGroup]]]:
        found: dict[int | None, list[tuple[int, WrittenGroup]]] = {}
        for number, group in enumerate(self.groups):
            found.setdefault(group.parent, []).append((number, group))
        return found


def write_flow(network: AnalysedNetwork, outline: Outline, shown: Sequence[str]) -> WrittenFlow:
    """What is seen, in words; `shown`: as of a DrawQuestion."""
    nodes, findings = network.graph.nodes, place_findings(network)
    boxes = []
    for box in outline.boxes:
        words = write_box(network, box)
        figures = find_box_figures(network, box)
        codes = dict.fromkeys([found.code for found in findings.of(box.layers)])
        lines = [
            cut_words(words.head),
            cut_words(words.below, SMALL),
            *write_figures(network, box, figures, shown),
            *["assumed"] * figures.assumed,
        ]
        lines.append(", ".join(codes))
        boxes.append(WrittenBox(tuple(filter(None, lines)), find_kind(network, box), box.group))
    edges = [
        WrittenEdge(edge.source, edge.target, write_shapes([nodes[i].shape for i in edge.tensors]))
        for edge in outline.edges
    ]
    for index, source in outline.find_ends(network.graph):
        edges.append(WrittenEdge(source, len(boxes), write_shapes([nodes[index].shape])))
        boxes.append(WrittenBox(("output",), "input", None))
    groups = [WrittenGroup(cut_words(write_group(group)), group.group) for group in outline.groups]
    return WrittenFlow(tuple(boxes), tuple(groups), tuple(edges))
