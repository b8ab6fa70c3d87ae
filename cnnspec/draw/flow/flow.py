"""The picture of a network as a flow: boxes from its inputs to its outputs, with arrows between them."""

from __future__ import annotations

from math import ceil

from cnnspec.base.source import printable
from cnnspec.draw.boxes.coloring import find_coloring
from cnnspec.draw.boxes.figures import find_box_figures, write_figures
from cnnspec.draw.boxes.findings import is_refused, place_findings, write_badge
from cnnspec.draw.boxes.kinds import find_kind
from cnnspec.draw.boxes.legend import draw_legend
from cnnspec.draw.boxes.letters import SMALL, cut_words
from cnnspec.draw.boxes.marks import UniqueNames, join_numbers, mark_box
from cnnspec.draw.boxes.notes import write_notes
from cnnspec.draw.boxes.tooltips import describe_box, describe_edge, describe_group
from cnnspec.draw.boxes.words import write_box, write_group, write_shapes
from cnnspec.draw.flow.faces import Face, draw_face
from cnnspec.draw.layered import lay_out
from cnnspec.draw.layered.diagram import Box, Edge, Size
from cnnspec.draw.layered.diagram import Group as Frame
from cnnspec.draw.outline.outline import find_outline
from cnnspec.draw.outline.parts import Group as PartGroup
from cnnspec.pictures.drawing import MIDDLE, Drawing, Group, Look, Rect, Text, draw_arrow
from cnnspec.pictures.text_width import measure_text
from cnnspec.tables.layout import write_title

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.draw.layered.diagram import Layout, Route
    from cnnspec.draw.outline.outline import Outline, SeenBox
    from cnnspec.draw.question import DrawQuestion
    from cnnspec.network import AnalysedNetwork
    from cnnspec.pictures.drawing import Shape

LABEL, TITLE = 10.0, 10.5  # sizes of letters
CORNER = 6.0  # the radius of an arrow's corners
MARGIN = 16.0
NARROWEST = 360.0  # of a legend
OUTPUT, END = "output", (52.0, 20.0)  # what stands in the box of an output, and how large that is
CARD = 3.0  # by how much the frame of a folded group stands out


def draw_flow(network: AnalysedNetwork, question: DrawQuestion) -> Drawing:
    """The picture; raises as `find_outline`."""
    return draw_outline(network, find_outline(network, question.depth, question.expanded), question)


def draw_outline(network: AnalysedNetwork, outline: Outline, question: DrawQuestion) -> Drawing:
    """The picture of what is seen."""
    return _Flow(network, outline, question).draw()


class _Flow:
    """What is known of one picture while it is drawn. Behind the boxes of the outline stands one for each output."""

    def __init__(self, network: AnalysedNetwork, outline: Outline, question: DrawQuestion) -> None:
        self.network, self.outline, self.question = network, outline, question
        self.figures = [find_box_figures(network, box) for box in outline.boxes]
        self.kinds = [find_kind(network, box) for box in outline.boxes]
        self.coloring = find_coloring(network, outline.boxes, self.figures, self.kinds, question.color)
        self.findings = place_findings(network)
        self.used = network.graph.used()
        self.faces = [self.make_face(at, box) for at, box in enumerate(outline.boxes)]
        self.titles = [cut_words(write_group(group), TITLE) for group in outline.groups]
        self.ends = outline.find_ends(network.graph)
        self.tensors = [write_shapes([network.graph.nodes[i].shape for i in edge.tensors]) for edge in outline.edges]
        self.names = UniqueNames()

    def make_face(self, at: int, box: SeenBox) -> Face:
        """The words of a box, and how it looks."""
        nodes, words, figures = self.network.graph.nodes, write_box(self.network, box), self.figures[at]
        below = [
            *[cut_words(words.below, SMALL)] * bool(words.below),
            *write_figures(self.network, box, figures, self.question.shown),
        ]
        below += ["assumed"] * figures.assumed
        badge, badge_color = write_badge(self.findings.of(box.layers))
        return Face(
            cut_words(words.head), tuple(below), self.kinds[at], self.coloring.colors[at], badge, badge_color,
            cards=box.times > 1,
            refused=any([is_refused(self.network, nodes[index]) for index in box.layers]),
            faint=not any([self.used[index] for index in box.layers]),
        )  # fmt: skip

    # ---- places ------------------------------------------------------------------------------------------------------
    def lay_out(self) -> Layout:
        """The places of the boxes, those of the outputs behind them, of groups and edges."""
        outline = self.outline
        boxes = [Box(*face.size, group=box.group) for face, box in zip(self.faces, outline.boxes, strict=True)]
        boxes += [Box(*END) for _ in self.ends]
        frames = [
            Frame(measure_words(title, TITLE), parent=group.group)
            for title, group in zip(self.titles, outline.groups, strict=True)
        ]
        labels = self.choose_labels()
        edges = [
            Edge(edge.source, edge.target, measure_words(words, LABEL) if shown else None, edge.tensors[0])
            for edge, words, shown in zip(outline.edges, self.tensors, labels, strict=True)
        ]
        for at, (index, source) in enumerate(self.ends):
            words = write_shapes([self.network.graph.nodes[index].shape])
            edges.append(Edge(source, len(outline.boxes) + at, measure_words(words, LABEL), index))
        return lay_out(boxes, frames, edges, self.question.direction)

    def choose_labels(self) -> list[bool]:
        """Whether the shape stands at each edge: not where the box before it leaves the shape of all that it reads, unless the
        edge leads out of a group."""
        boxes, entering = self.outline.boxes, dict[int, set[str]]()
        for edge, words in zip(self.outline.edges, self.tensors, strict=True):
            entering.setdefault(edge.target, set()).add(words)
        return [
            entering.get(edge.source) != {words} or boxes[edge.source].group != boxes[edge.target].group
            for edge, words in zip(self.outline.edges, self.tensors, strict=True)
        ]

    # ---- shapes ------------------------------------------------------------------------------------------------------
    def draw(self) -> Drawing:
        layout = self.lay_out()
        legend, right, bottom = draw_legend(
            self.coloring,
            write_notes(self.network, self.findings),
            MARGIN,
            layout.height,
            max(layout.width, NARROWEST) - 2 * MARGIN,
        )
        layout = layout.widen(right + MARGIN if legend else 0.0)
        shapes = [*self.draw_groups(layout), *self.draw_edges(layout), *self.draw_boxes(layout)]
        height = bottom + MARGIN * 0.6 if legend else layout.height
        return Drawing(write_title(self.network), layout.width, height, (*shapes, *legend))

    def draw_groups(self, layout: Layout) -> list[Shape]:
        """The frames of the groups, the outer ones behind."""
        made: list[Shape] = []
        for group, title, frames in zip(self.outline.groups, self.titles, layout.groups, strict=True):
            look = Look(fill="group", stroke="frame")
            shapes: list[Shape] = []
            for frame in frames:
                x, y, width, height = frame.rect.x, frame.rect.y, frame.rect.width, frame.rect.height
                shapes += [Rect(x + CARD, y - CARD, width, height, look, 8.0)] * (group.times > 1)
                shapes.append(Rect(x, y, width, height, look, 8.0))
                shapes.append(Text(frame.title.x, frame.title.y + TITLE * 0.8, title, TITLE, "faint"))
            identity = self.names.make("group", title)
            data = (("path", group.path), ("layers", join_numbers(group.layers)))
            made.append(
                Group(
                    tuple(shapes),
                    describe_group(group, title),
                    identity,
                    ("group", *["fold"] * (group.times > 1)),
                    data,
                )
            )
        return made

    def draw_edges(self, layout: Layout) -> list[Shape]:
        """The arrows, and behind all of them their labels, so that none crosses these."""
        made: list[Shape] = []
        nodes = self.network.graph.nodes
        for edge, words, route in zip(self.outline.edges, self.tensors, layout.routes, strict=False):
            data = (("from", join_numbers(edge.tensors)), ("to", join_numbers(edge.readers)))
            made.append(draw_edge(route, words, describe_edge(self.network, edge.tensors, edge.readers), data))
        for (index, _), route in zip(self.ends, layout.routes[len(self.outline.edges) :], strict=True):
            words = write_shapes([nodes[index].shape])
            made.append(draw_edge(route, words, f"{printable(nodes[index].name)}: {words}", (("from", str(index)),)))
        return made

    def draw_boxes(self, layout: Layout) -> list[Shape]:
        made: list[Shape] = []
        for at, (box, face, place) in enumerate(zip(self.outline.boxes, self.faces, layout.boxes, strict=False)):
            found = self.findings.of(box.layers)
            title = describe_box(self.network, box, self.figures[at], found, face.faint)
            classes = mark_box(face.kind, bool(box.path), face.refused, face.faint)
            data = [("layers", join_numbers(box.layers)), *[("path", box.path)] * bool(box.path)]
            name = box.part.title if isinstance(box.part, PartGroup) else self.network.graph.nodes[box.layers[0]].name
            made.append(Group(draw_face(face, place), title, self.names.make("layer", name), classes, tuple(data)))
        for (index, _), place in zip(self.ends, layout.boxes[len(self.outline.boxes) :], strict=True):
            words = Text(place.x + place.width / 2, place.y + 13.6, OUTPUT, TITLE, "faint", MIDDLE)
            shapes = (
                Rect(place.x, place.y, place.width, place.height, Look(fill="paper", stroke="frame"), 10.0),
                words,
            )
            made.append(Group(shapes, classes=("end",), data=(("from", str(index)),)))
        return made


def measure_words(words: str, size: float) -> Size:
    """The room of words, in whole pixels."""
    return Size(float(ceil(measure_text(words, size))), size)


def draw_edge(route: Route, words: str, title: str, data: tuple[tuple[str, str], ...]) -> Group:
    """An arrow, and its label where it has one."""
    shapes: list[Shape] = [*draw_arrow(route.points, Look(stroke="line", width=1.2), CORNER)]
    if route.label is not None:
        shapes.append(Text(route.label.x, route.label.y + LABEL * 0.82, words, LABEL, "faint"))
    return Group(tuple(shapes), title, classes=("edge",), data=data)
