"""The input sizes of a network as a drawing: along each axis the sizes in a row, and those of each kind as bands."""

from __future__ import annotations

from cnnspec.pictures.captions import MARGIN, TITLE, draw_sentences, draw_title, measure_title
from cnnspec.pictures.drawing import MIDDLE, Drawing, Group, Look, Path, Rect, Text
from cnnspec.pictures.text_width import measure_text, shorten_text
from cnnspec.sizes.axis_sizes import MEANINGS
from cnnspec.sizes.axis_words import describe_kind, group_axes, write_heading, write_reasons
from cnnspec.sizes.input_sizes import find_asked_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.network import AnalysedNetwork
    from cnnspec.pictures.drawing import Shape
    from cnnspec.sizes.axis_sizes import SizesOfKind
    from cnnspec.sizes.input_sizes import Axis, InputSizes, Near

LEFT, LONGEST = 76.0, 600.0  # pixels before a band, and along it
BAND, ROW = 16.0, 40.0  # the height of a band, and from one to the next
THINNEST = 1.5  # pixels of a size that stands alone
FEWEST, MOST, AHEAD = 32, 600, 4  # sizes that are shown, and periods beyond the size that is asked about
SINGLE = 8.0  # pixels of a size from which on each stands apart
COLORS = {"legal": "series-1", "lossless": "series-3", "strict": "series-2"}


def make_drawing(network: AnalysedNetwork, sizes: InputSizes, near: Near = None) -> Drawing:
    """The drawing; `near` is the size that is asked about, None: the text's."""
    title = f'Input sizes of "{network.name}"'
    shapes: list[Shape] = [draw_title(title)]
    y = MARGIN + TITLE + 6
    if not sizes.axes:
        y = add_lines(shapes, ["Its inputs are vectors: they have no height or width."], y)
    y = add_axes(shapes, sizes, near, y)
    if sizes.weighted is not None:
        words = f"{write_reasons((sizes.weighted,))} has weights for one size: once built, the model takes no other."
        y = add_lines(shapes, [words], y + 6)
    if sizes.rest is not None and sizes.fixed is not None:
        y = add_lines(
            shapes, [f"{write_reasons((sizes.fixed,))} fixes the size. Without it and what follows it:"], y + 6
        )
        y = add_axes(shapes, sizes.rest, near, y)
    if sizes.axes:
        y = add_lines(shapes, [f"{kind}: {meaning}" for kind, meaning in MEANINGS.items()], y + 6)
    width = 2 * MARGIN + max(LEFT + LONGEST, measure_title(title))
    return Drawing(title, round(width), round(y + MARGIN), tuple(shapes))


def add_lines(shapes: list[Shape], sentences: Sequence[str], y: float) -> float:
    """Sentences below one another; where the last stands."""
    drawn, y = draw_sentences(sentences, y, LEFT + LONGEST)
    shapes += drawn
    return y


def add_axes(shapes: list[Shape], sizes: InputSizes, near: Near, y: float) -> float:
    """The axes of all inputs below one another; where the last ends."""
    for alike in group_axes(sizes, near):
        heading = write_heading(alike).rstrip(":")
        shapes.append(Text(MARGIN, y + 20, shorten_text(heading, LEFT + LONGEST, 12, True), 12, bold=True))
        y = add_axis(shapes, alike[0], near, y + 30)
    return y


def add_axis(shapes: list[Shape], axis: Axis, near: Near, y: float) -> float:
    """The bands of one axis, the size that is asked about, and the numbers below; where they end."""
    asked = find_asked_size(axis, near)
    first, last = find_range(axis, asked)
    pixel = LONGEST / (last + 1 - first)
    left = MARGIN + LEFT
    top = y + (16 if asked is not None else 4)
    end = top + len(axis.kinds) * ROW - (ROW - BAND)
    for number, kind in enumerate(axis.kinds):
        row = top + number * ROW
        words = describe_kind(kind, asked, near is not None)
        shapes += [Text(MARGIN, row + 12, kind.kind, 12), Rect(left, row, LONGEST, BAND, Look(fill="group", stroke=""))]
        shapes.append(Group(tuple(draw_band(kind, first, last, left, row, pixel)), f"{kind.kind}: {words}"))
        shapes.append(Rect(left, row, LONGEST, BAND, Look(stroke="frame")))
        shapes.append(Text(left, row + BAND + 13, shorten_text(words, LONGEST, 10.5), 10.5, "faint"))
    if asked is not None:
        x = left + (asked - first + 0.5) * pixel
        for row in range(len(axis.kinds)):  # through the bands, not through the words below them
            ends = (x, top + row * ROW - 3), (x, top + row * ROW + BAND + 3)
            shapes.append(Path(ends, Look(stroke="ink", width=1.5, dash=(4, 3))))
        shapes.append(Text(x, top - 6, f"{'asked' if near is not None else 'the text has'} {asked}", 11, "ink", MIDDLE))
    below = end + 22
    for n in list_ticks(first, last):
        x = left + (n - first + 0.5) * pixel
        shapes.append(Path(((x, below), (x, below + 4)), Look(stroke="frame")))
        shapes.append(Text(x, below + 15, str(n), 10, "faint", MIDDLE))
    shapes.append(Path(((left, below), (left + LONGEST, below)), Look(stroke="frame")))
    return below + 22


def find_range(axis: Axis, asked: int | None) -> tuple[int, int]:
    """The first and the last size that are shown: from 1 on where that is not far, and some periods beyond what is asked about."""
    known = [kind.sizes for kind in axis.kinds if kind.sizes is not None]
    period = min(max([sizes.period for sizes in known], default=1), MOST // 2)
    start = min(max([sizes.start for sizes in known], default=FEWEST), MOST)
    wanted = start if asked is None else asked
    most = max(MOST, 3 * period)
    nearest = [above for sizes in known if (above := sizes.above(wanted)) is not None and above - wanted < most // 2]
    last = max(
        FEWEST, wanted + min(max(AHEAD * period, wanted // 8), most // 2), *[above + period for above in nearest]
    )
    return max(1, last - most), last


def draw_band(kind: SizesOfKind, first: int, last: int, left: float, y: float, pixel: float) -> list[Rect]:
    """The sizes of a kind: neighbours together where a size is small, else each by itself."""
    inside = [
        n in kind.sizes if kind.sizes is not None else bool(kind.members >> n & 1) for n in range(first, last + 1)
    ]
    look = Look(fill=COLORS[kind.kind], stroke="")
    found: list[Rect] = []
    start: int | None = None
    for i, member in enumerate([*inside, False]):
        if start is not None and (not member or pixel >= SINGLE):
            width = max(THINNEST, (i - start) * pixel - (pixel >= SINGLE))
            found.append(Rect(left + (start + i) / 2 * pixel - width / 2, y, width, BAND, look))
            start = None
        if member and start is None:
            start = i
    return found


def list_ticks(first: int, last: int) -> list[int]:
    """Round numbers to write below an axis, not more than a dozen, and 1."""
    most = min(12, int(LONGEST / (measure_text(str(last), 10) + 12)))
    step = 1
    while (last - first) // step > most:
        step *= 2
    multiples = [n for n in range(first, last + 1) if n % step == 0]
    return [
        *[1] * (first == 1 and 1 not in multiples),
        *[n for n in multiples if first > 1 or n == 1 or n - 1 > step / 2],
    ]
