"""A drawing as PDF or PNG, by matplotlib.

Why matplotlib: pip alone installs it on every system (CairoSVG and what builds on it need the system's Cairo library), it is well
kept, brings a font, writes real text and vectors into PDF, and draws curves and heat maps elsewhere in cnnspec. It is given the
shapes themselves, not an SVG to read. Its letters, DejaVu Sans, are wider than Helvetica, for which the picture is laid out, so
they are drawn a little smaller.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO

from cnnspec.base.source import printable
from cnnspec.pictures.drawing import Group, Path, Rect, Text
from cnnspec.pictures.palette import COLORS
from cnnspec.pictures.text_width import measure_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.pictures.drawing import Drawing, Look, Shape

INCH, POINTS = 96.0, 0.75  # pixels in an inch; points in a pixel
SCALE = 2.0  # pixels of a PNG in one of the drawing
LARGEST, MOST = 32_000, 120_000_000  # pixels of a PNG along an axis, and in all
FONTS = (
    "DejaVu Sans",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Microsoft YaHei",
    "Hiragino Sans GB",
    "WenQuanYi Zen Hei",
)
UNKNOWN = "\ufffd"
SIDES = {"start": "left", "middle": "center", "end": "right"}


def write_pdf(drawing: Drawing) -> bytes:
    """One page of the drawing's size, with real text. Equal drawings give equal bytes. Raises ImportError without matplotlib."""
    return write_figure(
        drawing, "pdf", {"Creator": None, "Producer": None, "CreationDate": None, "Title": drawing.title}, SCALE
    )


def write_png(drawing: Drawing) -> bytes:
    """The drawing, SCALE pixels for each of its own, fewer where it is very large. Raises ImportError without matplotlib."""
    longest, area = max(drawing.width, drawing.height, 1), max(drawing.width * drawing.height, 1)
    return write_figure(drawing, "png", {"Software": None}, min(SCALE, LARGEST / longest, (MOST / area) ** 0.5))


def write_figure(drawing: Drawing, kind: str, about: dict[str, Any], scale: float) -> bytes:
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        from cnnspec.base.installing import write_install_command

        raise ImportError(f"{kind.upper()} needs matplotlib: {write_install_command('pictures')}") from None
    with rc_context({"pdf.fonttype": 42, "path.simplify": False}):
        figure = Figure(
            figsize=(drawing.width / INCH, drawing.height / INCH), dpi=INCH * scale, facecolor=COLORS["paper"][0]
        )
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set(xlim=(0, drawing.width), ylim=(drawing.height, 0))
        for number, shape in enumerate(flatten(drawing.shapes)):
            axes.add_artist(make_artist(shape, number))
        written = BytesIO()
        figure.savefig(written, format=kind, metadata=about)
    return written.getvalue()


def flatten(shapes: tuple[Shape, ...]) -> list[Rect | Path | Text]:
    """The shapes without their groups, in the order in which they are drawn."""
    found: list[Rect | Path | Text] = []
    for shape in shapes:
        found += flatten(shape.shapes) if isinstance(shape, Group) else [shape]
    return found


def make_artist(shape: Rect | Path | Text, order: int) -> Any:
    if isinstance(shape, Text):
        return make_text(shape, order)
    from matplotlib.patches import PathPatch

    return PathPatch(
        make_path(shape if isinstance(shape, Path) else round_corners(shape)), zorder=order, **make_look(shape.look)
    )


def round_corners(rect: Rect) -> Path:
    """A rectangle as a path, with its corners."""
    from cnnspec.pictures.drawing import draw_line

    x, y, right, bottom = rect.x, rect.y, rect.x + rect.width, rect.y + rect.height
    if not rect.radius:
        return Path(((x, y), (right, y), (right, bottom), (x, bottom)), rect.look, closed=True)
    middle = (x + rect.width / 2, y)
    corners = [middle, (right, y), (right, bottom), (x, bottom), (x, y), middle]
    return draw_line(corners, rect.look, rect.radius).replace(closed=True)


def make_path(path: Path) -> Any:
    from matplotlib.path import Path as Outline

    points: list[tuple[float, float]] = []
    codes: list[Any] = []
    for step in path.steps:
        points += [(step[i], step[i + 1]) for i in range(0, len(step), 2)]
        codes += [Outline.CURVE4] * 3 if len(step) == 6 else [Outline.LINETO if codes else Outline.MOVETO]
    if path.closed:
        points.append(points[0])
        codes.append(Outline.CLOSEPOLY)
    return Outline(points, codes)


def make_look(look: Look) -> dict[str, Any]:
    from matplotlib.colors import to_rgba

    fill = to_rgba(COLORS[look.fill][0], look.opacity) if look.fill else "none"
    dash = (0, tuple([length * POINTS for length in look.dash])) if look.dash else "solid"
    stroke = COLORS[look.stroke][0] if look.stroke else "none"
    width = look.width * POINTS if look.stroke else 0
    return {
        "facecolor": fill,
        "edgecolor": stroke,
        "linewidth": width,
        "linestyle": dash,
        "joinstyle": "round",
        "capstyle": "butt",
    }


# ---- words -------------------------------------------------------------------------------------------------------------
def make_text(text: Text, order: int) -> Any:
    """Words; letters that no font here has are shown as such."""
    from matplotlib.text import Text as Words

    fonts = find_fonts()
    words = "".join(
        [letter if any([ord(letter) in known for _, known in fonts]) else UNKNOWN for letter in printable(text.words)]
    )
    return Words(
        text.x,
        text.y,
        words,
        color=COLORS[text.color][0],
        family=[name for name, _ in fonts],
        fontsize=fit_size(words, text),
        weight="bold" if text.bold else "normal",
        ha=SIDES[text.anchor],
        va="baseline",
        rotation=-text.turn,
        rotation_mode="anchor",
        parse_math=False,
        zorder=order,
    )


@cache
def find_fonts() -> tuple[tuple[str, frozenset[int]], ...]:
    """The fonts that words are drawn in, with the letters that each has: matplotlib's own, and one for Chinese, Japanese and
    Korean names where the system has it."""
    from matplotlib.font_manager import fontManager
    from matplotlib.ft2font import FT2Font

    files = {
        font.name: font.fname for font in reversed(fontManager.ttflist) if font.weight in (400, "normal", "regular")
    }
    return tuple([(name, frozenset(FT2Font(files[name]).get_charmap())) for name in FONTS if name in files])


def fit_size(words: str, text: Text) -> float:
    """The size in points at which words are as wide as planned, nine tenths of Helvetica's at most."""
    largest = 0.9 * text.size * POINTS
    width = measure_drawn(words, text.bold)
    planned = measure_text(text.words, text.size, text.bold) * POINTS
    return min(largest, planned * 100 / width) if width else largest


@cache
def measure_drawn(words: str, bold: bool) -> float:
    """How wide words are in letters of 100 points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(
        family=[name for name, _ in find_fonts()], weight="bold" if bold else "normal", size=text_to_path.FONT_SCALE
    )
    return float(text_to_path.get_text_width_height_descent(words, font, False)[0]) * 100 / text_to_path.FONT_SCALE
