"""One box in oblique projection, with its sizes at its edges and what makes it below."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.layers.base import show_shape
from cnnspec.pictures.drawing import END, MIDDLE, START, Look, Path, Text
from cnnspec.pictures.text_width import measure_text, shorten_text, wrap_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.volumes.blocks import Block
    from cnnspec.draw.volumes.scale import Extent
    from cnnspec.pictures.drawing import Shape

SIZES, WORDS = 10.0, 10.0  # of letters
LINE = 12.0
WRAP, WIDEST = 78.0, 120.0  # pixels: words go on in a next line; no line is wider
MOST_LINES = 5  # of words below a box
ARRIVING, LEAVING = 0.35, 0.75  # of the thickness: where lines over the row end and begin
BESIDE = 6.0  # pixels between such a line, whose head is 7 wide, and the number beside it
TOP_SHADE, SIDE_SHADE = 0.06, 0.16  # of ink on the faces above and beside


class Label(Record):
    """Words at a point relative to the box: x from its left, y from the axis."""

    x: float
    y: float
    words: str
    size: float = SIZES
    anchor: str = MIDDLE
    upright: bool = False  # reads upwards
    color: str = "ink"

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        width, up, down = measure_text(self.words, self.size), 0.75 * self.size, 0.22 * self.size
        if self.upright:
            return self.x - up, self.y - width, self.x + down, self.y
        left = self.x - {START: 0.0, MIDDLE: width / 2, END: width}[self.anchor]
        return left, self.y - up, left + width, self.y + down

    def draw(self, x: float, y: float) -> Text:
        return Text(
            x + self.x,
            y + self.y,
            self.words,
            self.size,
            self.color,
            START if self.upright else self.anchor,
            turn=-90.0 * self.upright,
        )


class Solid:
    """A box with its labels, before it has a place. `sized`: whether its map's height and width are told; `lines`: whether lines
    come to it from above, or leave it there; `words`: those below it, and their colors."""

    def __init__(
        self, block: Block, extent: Extent, sized: bool, words: Sequence[tuple[str, str]], lines: bool
    ) -> None:
        self.block, self.extent = block, extent
        self.labels = [*write_sizes(block, extent, sized, lines)]
        bottom = max([extent.bottom, *[label.box[3] for label in self.labels]])
        for number, (line, color) in enumerate(words, 1):
            self.labels.append(Label(extent.width / 2, bottom + LINE * number, line, WORDS, color=color))
        boxes = [label.box for label in self.labels]
        self.left = min([0.0, *[box[0] for box in boxes]])
        self.right = max([extent.width, *[box[2] for box in boxes]])
        self.up = -min([extent.top, *[box[1] for box in boxes]])
        self.down = max([bottom, *[box[3] for box in boxes]])

    @property
    def entry(self) -> float:
        """Where an arrow along the axis ends, before the label of the height where that is in the way."""
        inner = self.extent.left_at_axis
        boxes = [label.box for label in self.labels if label.upright]
        return min([inner, *[box[0] - 1 for box in boxes if box[1] < 4 and box[3] > -4]])

    @property
    def leaving(self) -> float:
        """Where lines over the row leave, on the far edge above."""
        return self.extent.depth + self.extent.thickness * LEAVING

    @property
    def arriving(self) -> float:
        return self.extent.depth + self.extent.thickness * ARRIVING


def write_sizes(block: Block, extent: Extent, sized: bool, lines: bool) -> list[Label]:
    """The sizes at the edges: channels above, height at the side, width below it."""
    shape = block.shape
    channels = write_range(block)
    base = extent.top - 3 - (2 + measure_arc(extent)) * any(block.residual)
    if lines:
        made = [Label(extent.depth + extent.thickness * ARRIVING - BESIDE, base, channels, anchor=END)]
    else:
        made = [Label(extent.depth + extent.thickness / 2, base, channels)]
    if shape is None:
        return [*made, *[Label(-3, extent.bottom - 1, "?", upright=True)] * (block.kind != "dense" and channels != "?")]
    if sized and len(shape) > 1:
        height = show_shape(shape[:-2]) if len(shape) > 2 else str(shape[0])
        made.append(Label(-3, extent.bottom - 1, height, upright=True))
    if sized and len(shape) > 2:
        x, y = extent.thickness + extent.depth / 2, extent.bottom - extent.depth / 2
        made.append(Label(x + 4, y + 0.75 * SIZES, str(shape[-2]), anchor=START))
    return made


def measure_arc(extent: Extent) -> float:
    """How high the arc of a residual block rises."""
    return min(9.0, max(5.0, extent.thickness / extent.slices / 2))


def write_range(block: Block) -> str:
    """The channels; of modules that have more and more, from the first to the last."""
    first, last = block.first_shape, block.shape
    if block.grown and first and last and first[-1] != last[-1]:
        return f"{first[-1]}…{last[-1]}"
    return (str(last[-1]) if last else "1") if last is not None else block.channels or "?"


def wrap_words(block: Block) -> list[str]:
    """What makes a box, in lines."""
    lines: list[str] = []
    for words, count in block.words.items():
        pieces = words.split(", ")
        text = " ".join([pieces[0], *[f"{piece}," for piece in pieces[1:-1]], *pieces[1:][-1:]])
        text += f" ×{count}" if count > 1 else ""
        lines += wrap_text(text, WRAP, WORDS)
    if block.shared:
        lines.append("shared weights")
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], "…"]
    return [shorten_text(line, WIDEST, WORDS) for line in lines]


# ---- faces -----------------------------------------------------------------------------------------------------------------
def draw_faces(extent: Extent, x: float, y: float, look: Look, parts: Sequence[tuple[str, float]]) -> list[Shape]:
    """The faces of a box whose left stands at x and whose axis at y: the one in front, the one above, the one beside. `parts`:
    the colors of pieces of its thickness, with their shares; lines part them, and slices."""
    t, d = extent.thickness, extent.depth
    top, bottom = y + extent.top, y + extent.bottom
    high = top + d  # of the face in front
    shapes: list[Shape] = []
    at = x
    for color, share in parts:
        end = at + t * share
        front = ((at, high), (end, high), (end, bottom), (at, bottom))
        above = ((at, high), (at + d, top), (end + d, top), (end, high))
        shapes += [Path(corners, Look(color, "", opacity=look.opacity), closed=True) for corners in (front, above)]
        at = end
    color = parts[-1][0]
    beside = ((x + t, high), (x + t + d, top), (x + t + d, bottom - d), (x + t, bottom))
    whole = ((x, high), (x + d, top), (x + t + d, top), (x + t, high))
    shapes += [
        Path(beside, Look(color, "", opacity=look.opacity), closed=True),
        Path(whole, Look("ink", "", opacity=TOP_SHADE), closed=True),
        Path(beside, Look("ink", "", opacity=SIDE_SHADE), closed=True),
    ]
    borders = [sum([share for _, share in parts[:number]]) for number in range(1, len(parts))]
    borders += [number / extent.slices for number in range(1, extent.slices)]
    thin = Look("", look.stroke, look.width * 0.6, look.dash)
    for share in borders:
        shapes.append(Path(((x + t * share, bottom), (x + t * share, high), (x + t * share + d, top)), thin))
    outline = ((x, bottom), (x, high), (x + d, top), (x + t + d, top), (x + t + d, bottom - d), (x + t, bottom))
    line = Look("", look.stroke, look.width, look.dash)
    shapes.append(Path(outline, line, closed=True))
    shapes.append(Path(((x, high), (x + t, high), (x + t, bottom)), line))
    shapes.append(Path(((x + t, high), (x + t + d, top)), line))
    return shapes
