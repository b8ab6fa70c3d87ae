"""The picture of a network as volumes."""

from __future__ import annotations

from math import sqrt

from cnnspec.base.source import printable
from cnnspec.draw.boxes.coloring import find_coloring
from cnnspec.draw.boxes.figures import find_box_figures, write_figures
from cnnspec.draw.boxes.findings import is_refused, place_findings, write_badge
from cnnspec.draw.boxes.kinds import sort_kinds
from cnnspec.draw.boxes.legend import draw_legend
from cnnspec.draw.boxes.marks import UniqueNames, join_numbers, mark_box
from cnnspec.draw.boxes.notes import write_notes
from cnnspec.draw.boxes.tooltips import describe_box, describe_edge
from cnnspec.draw.outline.outline import SeenBox
from cnnspec.draw.outline.parts import STRETCH, Layers
from cnnspec.draw.outline.parts import Group as Closed
from cnnspec.draw.volumes.blocks import Block, walk_blocks
from cnnspec.draw.volumes.building import find_boxes
from cnnspec.draw.volumes.lines import LETTERS, Line, find_lines
from cnnspec.draw.volumes.placing import Plan
from cnnspec.draw.volumes.scale import Scale
from cnnspec.draw.volumes.solids import Solid, draw_faces, measure_arc, wrap_words
from cnnspec.draw.volumes.wiring import measure_map
from cnnspec.pictures.drawing import MIDDLE, Drawing, Group, Look, Path, Text, draw_arrow
from cnnspec.tables.layout import write_title

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.draw.question import DrawQuestion
    from cnnspec.draw.volumes.blocks import Boxes, Items
    from cnnspec.layers.base import Shape
    from cnnspec.network import AnalysedNetwork
    from cnnspec.pictures.drawing import Shape as Drawn

MARGIN = 16.0
STEP = 1.4  # the side of a map by the next one's, where it is a level of a U
SMALLER = 0.75  # the scale of a U, by that of a row
CORNER = 6.0


def draw_volumes(network: AnalysedNetwork, question: DrawQuestion) -> Drawing:
    """The picture. Raises TooLarge where there are more boxes than a picture can show."""
    return _Volumes(network, question).draw()


class _Volumes:
    """What is known of one picture while it is drawn."""

    def __init__(self, network: AnalysedNetwork, question: DrawQuestion) -> None:
        self.network, self.shown = network, question.shown
        self.boxes: Boxes = find_boxes(network)
        self.blocks = [*self.boxes.walk()]
        self.levels = find_levels(self.boxes) if self.boxes.copies else []
        self.scale = Scale([block.shape for block in self.blocks], SMALLER if self.levels else 1.0)
        self.seen = [make_seen(block) for block in self.blocks]
        self.figures = [find_box_figures(network, seen) for seen in self.seen]
        kinds = [block.kind for block in self.blocks]
        self.coloring = find_coloring(network, self.seen, self.figures, kinds, question.color)
        if self.coloring.kinds:
            kinds += [kind for block in self.blocks for kind, _ in block.parts]
            self.coloring = self.coloring.replace(kinds=sort_kinds(kinds))
        self.findings = place_findings(network)
        self.used = network.graph.used()
        self.names = UniqueNames()
        self.places = {id(block): at for at, block in enumerate(self.blocks)}
        self.lines = find_lines(network, self.boxes)
        self.solids = dict(self.make_solids(self.boxes.items, None))
        self.plan = Plan(self.boxes.items, self.solids, self.lines, self.levels)

    # ---- boxes -------------------------------------------------------------------------------------------------------
    def make_solids(self, items: Items, before: Shape | None) -> Iterator[tuple[int, Solid]]:
        """The boxes of a row, by their identities; `before`: the last shape before them that is known."""
        for item in items:
            if isinstance(item, Block):
                yield id(item), self.make_solid(item, before)
                before = item.shape or before
            else:
                for row in item.rows:
                    yield from self.make_solids(row, before)
                known = [block.shape for block in walk_blocks([item]) if block.shape]
                before = known[-1] if known else before

    def make_solid(self, block: Block, before: Shape | None) -> Solid:
        """A box; its map's sizes are told where they are not those of the box before."""
        unknown_vector = block.kind == "dense" and block.channels.isdigit()
        extent = self.scale.measure(
            block.shape, (int(block.channels),) if unknown_vector else before, block.times, block.appends
        )
        at = self.places[id(block)]
        badge, color = write_badge(self.findings.of(block.nodes))
        words = [(line, "ink") for line in wrap_words(block)]
        words += [(line, "faint") for line in write_figures(self.network, self.seen[at], self.figures[at], self.shown)]
        words += [("assumed", "faint")] * self.figures[at].assumed + [(badge, color)] * bool(badge)
        sized = before is None or block.shape is None or block.shape[:-1] != before[:-1]
        above = any([line.over and block in (line.source, line.target) for line in self.lines])
        return Solid(block, extent, sized, words, bool(self.levels) or above)

    # ---- shapes ----------------------------------------------------------------------------------------------------------
    def draw(self) -> Drawing:
        row = self.plan.row
        left = min([0.0, *[x for line in self.lines for x, _ in line.points]])
        dx, dy = MARGIN - left, MARGIN + row.up
        shapes: list[Drawn] = [self.draw_line(line, dx, dy) for line in self.lines]
        shapes += [self.draw_block(number, block, dx, dy) for number, block in enumerate(self.blocks)]
        right = dx + max([row.width, *[x for line in self.lines for x, _ in line.points]]) + MARGIN
        bottom = dy + row.down + MARGIN
        notes = [self.scale.describe(self.blocks), *write_notes(self.network, self.findings)]
        legend, legend_right, legend_bottom = draw_legend(
            self.coloring, notes, MARGIN, bottom, max(right, 420.0) - 2 * MARGIN
        )
        return Drawing(
            write_title(self.network),
            max(right, legend_right + MARGIN),
            legend_bottom + MARGIN * 0.6,
            (*shapes, *legend),
        )

    def draw_line(self, line: Line, dx: float, dy: float) -> Group:
        points = [(x + dx, y + dy) for x, y in line.points]
        shapes: list[Drawn] = [*draw_arrow(points, Look(stroke="line", width=1.1), CORNER)]
        if line.label is not None:
            shapes.append(Text(line.label[0] + dx, line.label[1] + dy, line.words, LETTERS, "faint", MIDDLE))
        title = describe_edge(self.network, line.tensors, line.readers)
        data = (
            ("from", join_numbers(line.tensors)),
            ("to", join_numbers(line.readers)),
            *[("layers", join_numbers(line.way))] * bool(line.way),
        )
        return Group(tuple(shapes), title, classes=("edge", *["over"] * line.over), data=data)

    def draw_block(self, number: int, block: Block, dx: float, dy: float) -> Group:
        spot, nodes = self.plan.spots[id(block)], self.network.graph.nodes
        x, y, solid = spot.x + dx, spot.y + dy, spot.solid
        refused = any([is_refused(self.network, nodes[index]) for index in block.nodes])
        faint = not any([self.used[index] for index in block.nodes])
        unknown = block.shape is None
        look = Look(
            stroke="error" if refused else "frame" if faint else "ink",
            width=1.6 if refused else 0.9,
            dash=(4, 3) if unknown or faint else (),
        )
        color = self.coloring.colors[number] or "paper"
        total = sum([channels for _, channels in block.parts]) or 1
        parts = [(kind if self.coloring.kinds else color, channels / total) for kind, channels in block.parts] or [
            (color, 1.0)
        ]
        shapes = draw_faces(solid.extent, x, y, look, parts)
        if any(block.residual):
            shapes += draw_skips(solid, x, y)
        shapes += [label.draw(x, y) for label in solid.labels]
        found = self.findings.of(block.nodes)
        title = describe_box(self.network, self.seen[number], self.figures[number], found, faint)
        name = printable(nodes[block.nodes[0]].name)
        classes = mark_box(block.kind, len(block.nodes) > 1, refused, faint)
        return Group(
            tuple(shapes), title, self.names.make("layer", name), classes, (("layers", join_numbers(block.nodes)),)
        )


def find_levels(boxes: Boxes) -> list[int]:
    """How many times smaller the map of each box is, by halvings or the like, where a row goes down and up again; else nothing."""
    levels: list[int] = []
    before = 0.0
    for item in boxes.items:
        if not isinstance(item, Block):
            return []
        side = sqrt(measure_map(item.shape))
        level = levels[-1] if levels else 0
        if before and side and side < before / STEP:
            level += 1
        elif before and side > before * STEP:
            level -= 1
        levels.append(level)
        before = side or before
    most = max(levels)
    return levels if min(levels) == 0 and most - levels[0] > 1 and most - levels[-1] > 1 else []


def make_seen(block: Block) -> SeenBox:
    """A box as the flow sees one."""
    nodes = tuple(block.nodes)
    if block.module:
        return SeenBox(nodes, (Closed(nodes, STRETCH, block.module, block.module, None, ()),), 1, "", None)
    return SeenBox(nodes, (Layers(nodes),), 1, "", None)


def draw_skips(solid: Solid, x: float, y: float) -> list[Drawn]:
    """Arcs over the slices of a box of residual blocks."""
    extent = solid.extent
    step = extent.thickness / extent.slices
    made: list[Drawn] = []
    for number, residual in enumerate(solid.block.residual[: extent.slices]):
        if not residual:
            continue
        left = x + extent.depth + number * step
        top = y + extent.top
        rise = measure_arc(extent) * 4 / 3
        arc = Path(
            (
                (left + step * 0.12, top),
                (left + step * 0.12, top - rise, left + step * 0.88, top - rise, left + step * 0.88, top),
            ),
            Look(stroke="line", width=1.1),
        )
        made.append(arc)
    return made
