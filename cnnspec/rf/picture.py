"""Receptive fields as nested boxes on the input: which boxes there are, and how they look in a terminal.

One unit of the deepest layer, and of each other layer the unit whose field lies nearest to the middle of the box
of the layer drawn behind it. Boxes are unclipped and in proportion: what lies outside the input's frame is padding.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.source import printable
from cnnspec.explain.explanation import layer_called
from cnnspec.facts.geometry import Geometry
from cnnspec.layers.base import show_shape
from cnnspec.rf.field import axis_names, position
from cnnspec.tables import assumed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.facts.receptive_field import Field
    from cnnspec.network import AnalysedNetwork
    from cnnspec.rf.field import Span

MOST = 7  # boxes that are drawn unless they are asked for
STEP = 0.8  # of the next larger box, what a box must measure to be drawn unasked
CELL = 2  # a terminal's cell is about twice as high as wide
WIDEST, HIGHEST = 78, 28  # cells of a drawing
LINES = {False: "─│┌┐└┘═║╔╗╚╝├┤▪", True: '-|++++=H++++[]o'}  # fmt: skip


class Drawn(Record):
    """One box: its layer, the position that it is the field of, and its spans along height and width."""

    name: str
    size: str
    at: tuple[int, ...]
    rows: Span
    columns: Span


class Picture(Record):
    """Boxes, the largest first, on an input of `height` and `width` (None: unknown); both are 1 where there is no such axis."""

    title: str
    input: str
    height: int | None
    width: int | None
    flat: bool  # one axis alone
    boxes: tuple[Drawn, ...]
    note: str

    def hull(self) -> tuple[Span, Span]:
        """The rows and the columns that the frame and all boxes take."""
        rows, columns = [box.rows for box in self.boxes], [box.columns for box in self.boxes]
        if self.height is not None and self.width is not None:
            rows, columns = [*rows, (0, self.height - 1)], [*columns, (0, self.width - 1)]
        return (min(a for a, _ in rows), max(b for _, b in rows)), (
            min(a for a, _ in columns),
            max(b for _, b in columns),
        )


def picture(network: AnalysedNetwork, names: list[str], at: tuple[int, ...] | None = None) -> Picture:
    """The boxes of the named layers; of one layer those on its largest path; without any, of the network's last.

    `at` is a position of the last of them. Raises LookupError for a layer that is not there, ValueError where there is
    no box to draw, or no such position.
    """
    geometry, nodes = Geometry(network.facts), network.graph.nodes
    asked = sorted({layer_called(network, name) for name in names})
    if asked:
        last = asked[-1]
    elif (found := network.facts.deepest) is not None:
        last = found
    elif network.broken:
        raise ValueError(f'mend the errors of "{network.name}" first: no receptive field is known before')
    else:
        raise ValueError(f'"{network.name}" has no layer with a receptive field to draw')
    fields = {index: placed(network, geometry, index) for index in asked or [last]}
    unit = position(nodes[last].name, nodes[last].shape, geometry.sizes[last], at)
    middles = [sum(span) / 2 for axis, i in zip(fields[last], unit, strict=True) if (span := axis.at(i))]
    if len(middles) < len(unit):
        raise ValueError(f"position {','.join(map(str, unit))} of {nodes[last].name} reads nothing: there is no box")
    if len(asked) < 2:
        routes = geometry.routes(True)[last] or ()
        for index in routes[0].nodes() if routes else ():
            fields[index] = placed(network, geometry, index)
    boxes = []
    for index in sorted(fields, reverse=True):
        field = fields[index]
        if nodes[index].layer is None or len(field) != len(unit):
            continue
        own = unit if index == last else nearest(field, middles, geometry.sizes[index])
        spans = [axis.at(i) for axis, i in zip(field, own, strict=True)]
        if all(spans):
            size = show_shape(tuple([span[1] - span[0] + 1 for span in spans if span]))
            rows, columns = ((0, 0), (0, 0), *spans)[-2:] if len(spans) == 1 else spans[-2:]
            boxes.append(Drawn(nodes[index].name, size, own, rows or (0, 0), columns or (0, 0)))
            middles = [sum(span) / 2 for span in spans if span]
    if not boxes:
        raise ValueError(f'"{network.name}" has no layer with a receptive field to draw')
    boxes.sort(key=lambda box: extent(box), reverse=True)
    chosen = boxes if len(asked) > 1 else apart(boxes)
    return framed(network, geometry, last, tuple(chosen), unit)


def framed(
    network: AnalysedNetwork, geometry: Geometry, last: int, boxes: tuple[Drawn, ...], unit: tuple[int, ...]
) -> Picture:
    before = geometry.before(last)
    inputs = [i for i in network.graph.inputs if i in before]
    sizes = {geometry.sizes[i] for i in inputs}
    size = sizes.pop() if len(sizes) == 1 else None
    known = size if size is not None and len(size) == len(unit) else (None,) * len(unit)
    height, width = (1, *known)[-2:] if len(unit) == 1 else known[-2:]
    name = network.graph.nodes[last].name
    title = f'Receptive fields of "{network.name}" around position {",".join(map(str, unit))} of {name}'
    note = f"drawn: {' and '.join(axis_names(len(unit))[-2:])}" if len(unit) > 2 else ""
    frame = f"input {show_shape(size)}" if size is not None else "the input's size is unknown"
    notes = [note] * bool(note) + assumed.sentence(network, "the picture rests")
    return Picture(title, frame, height, width, len(unit) == 1, boxes, "; ".join(notes))


def placed(network: AnalysedNetwork, geometry: Geometry, index: int) -> tuple[Field, ...]:
    """The field of a node that can be drawn. ValueError for another."""
    field, name = geometry.fields[index], network.graph.nodes[index].name
    if field is None or (isinstance(field, tuple) and not all(axis.placed for axis in field)):
        raise ValueError(f"there is no box to draw for {name}: where its field lies is unknown")
    if not isinstance(field, tuple) or not field:
        raise ValueError(f"there is no box to draw for {name}: its field is the whole input")
    return field


def nearest(field: tuple[Field, ...], middles: list[float], sizes: tuple[int, ...] | None) -> tuple[int, ...]:
    """The position whose field has its middle nearest to a place of the input."""
    found = []
    for axis, (own, middle) in enumerate(zip(field, middles, strict=True)):
        at = round((middle - (own.centre or 0.0)) / own.stride) if own.stride else 0
        found.append(max(0, min(at, sizes[axis] - 1)) if sizes is not None else at)
    return tuple(found)


def extent(box: Drawn) -> tuple[int, int]:
    rows, columns = box.rows[1] - box.rows[0], box.columns[1] - box.columns[0]
    return max(rows, columns), min(rows, columns)


def apart(boxes: list[Drawn]) -> list[Drawn]:
    """Of boxes from large to small those that can be told from one another, not more than MOST."""
    chosen: list[Drawn] = []
    for box in boxes:
        if not chosen or 1 < extent(box)[0] + 1 <= STEP * (extent(chosen[-1])[0] + 1):
            chosen.append(box)
    return chosen if len(chosen) <= MOST else [chosen[round(i * (len(chosen) - 1) / (MOST - 1))] for i in range(MOST)]


# ---- in a terminal -----------------------------------------------------------------------------------------
def drawing(found: Picture, ascii: bool = False, width: int = WIDEST) -> str:
    """The picture in characters, at most `width` wide, and a legend."""
    lines = bars(found, ascii, width) if found.flat else nested(found, ascii, width)
    names = max([len(box.name) for box in found.boxes])
    sizes = max([len(box.size) for box in found.boxes])
    shown = [found.title, "", *lines, ""]
    if not found.flat:
        for mark, box in zip(marks(found), found.boxes, strict=True):
            at = f"position {','.join(map(str, box.at))}"
            shown.append(f"{mark}  {box.name:{names}}  {box.size:>{sizes}}  {at}")
    frame = f"{LINES[ascii][6] * 2} {found.input}" if found.height is not None else found.input
    shown += [frame, *([found.note] if found.note else [])]
    return "\n".join([printable(line.rstrip()) for line in shown]) + "\n"


def marks(found: Picture) -> list[str]:
    """A short name for every box, the largest first: A, B, …"""
    letters = [chr(ord("A") + i % 26) for i in range(len(found.boxes))]
    return [letter * (1 + i // 26) for i, letter in enumerate(letters)]


def nested(found: Picture, ascii: bool, width: int) -> list[str]:
    """Frames inside one another; each has its letter, and its layer where there is room, on its upper edge."""
    (top, bottom), (left, right) = found.hull()
    scale = min((width - 1) / (right + 1 - left), CELL * (HIGHEST - 1) / (bottom + 1 - top))

    def corners(rows: Span, columns: Span) -> tuple[int, int, int, int]:
        y0, y1 = round((rows[0] - top) * scale / CELL), round((rows[1] + 1 - top) * scale / CELL)
        return y0, y1, round((columns[0] - left) * scale), round((columns[1] + 1 - left) * scale)

    y1, x1 = corners((top, bottom), (left, right))[1::2]
    grid = [[" "] * (x1 + 1) for _ in range(y1 + 1)]
    signs = LINES[ascii]
    if found.height is not None and found.width is not None:
        frame(grid, corners((0, found.height - 1), (0, found.width - 1)), signs[6:12])
    for box in found.boxes:
        place = corners(box.rows, box.columns)
        if place[0] == place[1] or place[2] == place[3]:
            grid[place[0]][place[2]] = signs[14]
        else:
            frame(grid, place, signs[:6])
    taken: set[tuple[int, int]] = set()
    for mark, box in zip(marks(found), found.boxes, strict=True):
        y, _, x, end = corners(box.rows, box.columns)
        label = next(
            (t for t in (f" {mark} {box.name} {box.size} ", f" {mark} {box.name} ", mark) if len(t) < end - x), ""
        )
        cells = {(y, x + 1 + i) for i in range(len(label))}
        if not cells & taken:
            taken |= cells
            grid[y][x + 1 : x + 1 + len(label)] = label
    return ["".join(row) for row in grid]


def frame(grid: list[list[str]], corners: tuple[int, int, int, int], signs: str) -> None:
    """Draw a box: `signs` are its horizontal and vertical line and its four corners."""
    y0, y1, x0, x1 = corners
    for y in (y0, y1):
        grid[y][x0 + 1 : x1] = signs[0] * (x1 - x0 - 1)
    for y in range(y0 + 1, y1):
        grid[y][x0] = grid[y][x1] = signs[1]
    grid[y0][x0], grid[y0][x1], grid[y1][x0], grid[y1][x1] = list(signs[2:6])


def bars(found: Picture, ascii: bool, width: int) -> list[str]:
    """One axis alone: a bar a layer, the input's at the top."""
    (_, _), (left, right) = found.hull()
    longest = max([len(box.name) for box in found.boxes])
    names = [f"{box.name:{longest}}  {box.size}" for box in found.boxes]
    room = max(map(len, [*names, "input"])) + 2
    scale = (width - room - 1) / (right + 1 - left)
    signs = LINES[ascii]

    def bar(columns: Span, line: str) -> str:
        x0, x1 = round((columns[0] - left) * scale), round((columns[1] + 1 - left) * scale)
        return " " * x0 + (signs[14] if x1 - x0 < 2 else signs[12] + line * (x1 - x0 - 1) + signs[13])

    lines = [] if found.width is None else [f"{'input':{room}}{bar((0, found.width - 1), signs[6])}"]
    return lines + [f"{name:{room}}{bar(box.columns, signs[0])}" for name, box in zip(names, found.boxes, strict=True)]
