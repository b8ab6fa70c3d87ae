"""The picture of receptive fields as a drawing: the input as a frame, one box a layer, each with a line to its name.

Boxes are in proportion. Where the sides of two would lie on one another, the inner one is drawn a little further inside, so that
both are seen.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.pictures.captions import MARGIN, TITLE, draw_title, measure_title
from cnnspec.pictures.drawing import END, MIDDLE, Drawing, Group, Look, Path, Rect, Text
from cnnspec.pictures.palette import name_series
from cnnspec.pictures.text_width import WIDEST_NAME, measure_text, shorten_text
from cnnspec.rf.picture import describe_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.pictures.drawing import Shape
    from cnnspec.rf.picture import FieldBox, Picture

LONGEST = 440.0  # pixels of the longer side
GAP = 44.0
LINE, CLOSE = 32.0, 17.0  # from one name to the next: of two lines, and of one where there are many
FEW = 12  # boxes whose names have two lines
APART, LEAST = 3.0, 4.0  # pixels between two sides, and of a side
BAR = 22.0  # from one bar to the next, where there is one axis alone


class Label(Record):
    """What stands beside a box: where the line to it begins, its words, and smaller ones."""

    x: float
    y: float
    words: str
    more: str
    color: str


def make_drawing(picture: Picture) -> Drawing:
    """The drawing; its size follows from what it shows."""
    shapes, right, bottom = draw_bars(picture) if picture.flat else draw_boxes(picture)
    notes = [picture.note] if picture.note else []
    width = max(
        [
            right,
            *[MARGIN + measure_text(words, 11) for words in notes],
            MARGIN + measure_title(picture.title),
        ]
    )
    title = draw_title(picture.title)
    below = [Text(MARGIN, bottom + 16, words, 11, "faint") for words in notes]
    height = bottom + (16 if notes else 0) + MARGIN
    return Drawing(picture.title, round(width + MARGIN), round(height), (title, *shapes, *below))


# ---- two axes ----------------------------------------------------------------------------------------------------------
def draw_boxes(picture: Picture) -> tuple[list[Shape], float, float]:
    """The boxes with their names; and how far to the right and down they go."""
    (top, bottom), (left, right) = picture.hull()
    scale = LONGEST / max(right + 1 - left, bottom + 1 - top)
    head = MARGIN + 2 * TITLE
    end = (MARGIN + (right + 1 - left) * scale, head + (bottom + 1 - top) * scale)

    def place(rows: tuple[int, int], columns: tuple[int, int]) -> Rect:
        x, y = MARGIN + (columns[0] - left) * scale, head + (rows[0] - top) * scale
        return Rect(
            x, y, max(LEAST, (columns[1] + 1 - columns[0]) * scale), max(LEAST, (rows[1] + 1 - rows[0]) * scale)
        )

    shapes: list[Shape] = []
    labels: list[Label] = []
    frames = []
    if picture.height is not None and picture.width is not None:
        frame = place((0, picture.height - 1), (0, picture.width - 1))
        frames = [frame]
        shapes.append(frame.replace(look=Look(fill="group", stroke="ink", width=2)))
        labels.append(Label(frame.x + frame.width, frame.y, picture.input, "", "ink"))
        numbers = [(frame.x, "0", "start"), (frame.x + frame.width, str(picture.width - 1), END)]
        below = [Text(x, frame.y + frame.height + 12, words, 10, "faint", anchor) for x, words, anchor in numbers]
        room = 14.0 if picture.width > 1 else 0.0
    else:
        below, room = [Text(MARGIN, end[1] + 14, picture.input, 11, "faint")], 16.0
    rects = move_apart([*frames, *[place(box.rows, box.columns) for box in picture.boxes]])[len(frames) :]
    for number, (box, rect) in enumerate(zip(picture.boxes, rects, strict=True)):
        color = name_series(number)
        look = Look(fill=color, stroke=color, width=1.5, opacity=0.13)
        shapes.append(Group((rect.replace(look=look),), write_tooltip(box), classes=("field",)))
        labels.append(Label(rect.x + rect.width, rect.y, write_label(box), describe_place(box), color))
    named, right_end, bottom_end = draw_labels(labels, end[0], head, end[1])
    return [*shapes, *(below if room else []), *named], right_end, max(bottom_end, end[1] + room)


def write_label(box: FieldBox) -> str:
    """The name of a box, cut where it is very long, and its size."""
    return f"{shorten_text(box.name, WIDEST_NAME, 11)} {box.size}"


def write_tooltip(box: FieldBox) -> str:
    rows, columns = (f"{first} to {last}" if first != last else str(first) for first, last in (box.rows, box.columns))
    return f"{box.name}: {box.size}\n{describe_place(box)}\nheight {rows}, width {columns}"


def move_apart(rects: list[Rect]) -> list[Rect]:
    """Rectangles, those around others first, none of whose sides lies on one of those around it where there is room for that."""
    made: list[Rect] = []
    for rect in rects:
        x0, y0, x1, y1 = rect.x, rect.y, rect.x + rect.width, rect.y + rect.height
        for other in made:
            left, top, right, bottom = other.x, other.y, other.x + other.width, other.y + other.height
            if left - 0.1 <= x0 and top - 0.1 <= y0 and x1 <= right + 0.1 and y1 <= bottom + 0.1:
                x0, y0, x1, y1 = (
                    max(x0, left + APART),
                    max(y0, top + APART),
                    min(x1, right - APART),
                    min(y1, bottom - APART),
                )
        made.append(Rect(x0, y0, x1 - x0, y1 - y0) if min(x1 - x0, y1 - y0) >= LEAST else rect)
    return made


def draw_labels(labels: list[Label], right: float, top: float, bottom: float) -> tuple[list[Shape], float, float]:
    """The names in a column beside the boxes, each with a line from its box; the lines do not cross."""
    labels = sorted(labels, key=lambda label: (label.y, -label.x))
    two = len(labels) <= FEW
    line = LINE if two else CLOSE
    starts: list[float] = []
    for label in labels:
        starts.append(max(label.y + 2.0, starts[-1] + 2.0 if starts else 0.0))
    ends = spread_out(starts, line, top + 6, max(bottom, top + line * len(labels)))
    beside = right + GAP
    shapes: list[Shape] = []
    longest = 0.0
    for label, start, end in zip(labels, starts, ends, strict=True):
        look = Look(stroke=label.color, width=0.8)
        shapes.append(Path(((label.x, start), (right + 8, start), (beside - 14, end), (beside - 5, end)), look))
        shapes.append(Text(beside, end + 4, label.words, 13, label.color))
        size = measure_text(label.words, 13)
        x, y = (beside, end + 17) if two else (beside + size + 10, end + 4)
        if label.more:
            shapes.append(Text(x, y, label.more, 10.5, "faint"))
        longest = max(longest, beside + size, x + measure_text(label.more, 10.5))
    return shapes, longest, max(ends) + line - 12


def spread_out(wanted: list[float], line: float, top: float, bottom: float) -> list[float]:
    """Places in the order of those wanted and near to them, a line apart, between two bounds that have room for all."""
    found: list[float] = []
    for y in wanted:
        found.append(max(y, top, found[-1] + line if found else top))
    limit = bottom
    for i in range(len(found) - 1, -1, -1):
        found[i] = min(found[i], limit)
        limit = found[i] - line
    return found


# ---- one axis ------------------------------------------------------------------------------------------------------------
def draw_bars(picture: Picture) -> tuple[list[Shape], float, float]:
    """A bar a layer below one another, the input's at the top; and how far to the right and down they go."""
    _, (left, right) = picture.hull()
    head = MARGIN + 2 * TITLE
    named = [
        (write_label(box), describe_place(box), box.columns, name_series(i)) for i, box in enumerate(picture.boxes)
    ]
    if picture.width is not None:
        named.insert(0, (picture.input, "", (0, picture.width - 1), ""))
    start = MARGIN + max([measure_text(words, 13) for words, *_ in named]) + 14
    scale = LONGEST / (right + 1 - left)
    shapes: list[Shape] = []
    longest = 0.0
    for number, (words, more, columns, color) in enumerate(named):
        y = head + number * BAR
        x, width = start + (columns[0] - left) * scale, max(LEAST, (columns[1] + 1 - columns[0]) * scale)
        look = (
            Look(fill=color, stroke=color, width=1.5, opacity=0.3)
            if color
            else Look(fill="group", stroke="ink", width=2)
        )
        bar = Rect(x, y + 3, width, BAR - 8, look)
        shapes.append(Text(MARGIN, y + 15, words, 13, color or "ink"))
        shapes.append(Group((bar,), f"{words}\n{more}", classes=("field",)))
        shapes.append(Text(start + LONGEST + 12, y + 15, more, 10.5, "faint"))
        longest = max(longest, start + LONGEST + 12 + measure_text(more, 10.5))
    bottom = head + len(named) * BAR
    if picture.width is None:
        return [*shapes, Text(MARGIN, bottom + 12, picture.input, 11, "faint")], longest, bottom + 14
    ends = [(0, "0"), (picture.width, str(picture.width - 1))]
    numbers = [Text(start + (at - left) * scale, bottom + 10, words, 10, "faint", MIDDLE) for at, words in ends]
    return [*shapes, *numbers], longest, bottom + 12
