"""A drawing as PDF or PNG, by matplotlib.

Why matplotlib: pip alone installs it on every system (CairoSVG and what builds on it need the system's Cairo library), it is well
kept, brings a font, writes real text and vectors into PDF, and draws curves and heat maps elsewhere in cnnspec. Its renderers are
given the shapes themselves, not an SVG to read. Its letters, DejaVu Sans, are wider than Helvetica, for which the picture is laid
out, so they are drawn a little smaller.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from math import cos, radians, sin

from cnnspec.base.source import printable
from cnnspec.pictures.drawing import Group, Path, Rect, Text
from cnnspec.pictures.palette import COLORS
from cnnspec.pictures.text_width import measure_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.pictures.drawing import Drawing, Shape

INCH, POINTS = 96.0, 0.75  # pixels in an inch; points in a pixel
SCALE = 2.0  # pixels of a PNG in one of the drawing
LARGEST, MOST = 32_000, 64_000_000  # pixels of a PNG along an axis, and in all
FONTS = (
    "DejaVu Sans",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Microsoft YaHei",
    "Hiragino Sans GB",
    "WenQuanYi Zen Hei",
)
UNKNOWN = "\ufffd"
SHARES = {"start": 0.0, "middle": 0.5, "end": 1.0}  # of the words that stand before their point
ROWS = 4_000_000  # pixels of a PNG that are packed at a time


def write_pdf(drawing: Drawing) -> bytes:
    """One page of the drawing's size, with real text. Equal drawings give equal bytes. Raises ImportError without matplotlib."""
    figure = make_figure(drawing, "pdf", 1.0)
    from matplotlib import rc_context

    written = BytesIO()
    with rc_context({"pdf.fonttype": 42}):
        about = {"Creator": None, "Producer": None, "CreationDate": None, "Title": drawing.title}
        figure.savefig(written, format="pdf", metadata=about)
    return written.getvalue()


def write_png(drawing: Drawing) -> bytes:
    """The drawing, SCALE pixels for each of its own, fewer where it is very large. Raises ImportError without matplotlib."""
    longest, area = max(drawing.width, drawing.height, 1), max(drawing.width * drawing.height, 1)
    figure = make_figure(drawing, "png", min(SCALE, LARGEST / longest, (MOST / area) ** 0.5))
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    return pack_png(canvas.buffer_rgba())


def make_figure(drawing: Drawing, kind: str, scale: float) -> Any:
    """A figure with the drawing alone, of `scale` pixels for each of its own."""
    try:
        from matplotlib.artist import Artist
        from matplotlib.figure import Figure
    except ImportError:
        from cnnspec.base.installing import write_install_command

        raise ImportError(f"{kind.upper()} needs matplotlib: {write_install_command('pictures')}") from None

    class Shapes(Artist):
        """All shapes: an artist for each would take twice the time."""

        def draw(self, renderer: Any) -> None:
            draw_shapes(drawing, renderer, figure.dpi / INCH)

    figure = Figure((drawing.width / INCH, drawing.height / INCH), INCH * scale, facecolor=COLORS["paper"][0])
    figure.add_artist(Shapes())
    return figure


def draw_shapes(drawing: Drawing, renderer: Any, scale: float) -> None:
    """Draw the shapes, of `scale` pixels of the renderer for each of theirs, whose y runs upwards."""
    from matplotlib.transforms import Affine2D

    place = Affine2D.from_values(scale, 0, 0, -scale, 0, drawing.height * scale)
    for shape in flatten(drawing.shapes):
        if isinstance(shape, Text):
            draw_words(shape, renderer, place, scale)
            continue
        path = shape if isinstance(shape, Path) else round_corners(shape)
        draw_path(path, renderer, place)


def flatten(shapes: tuple[Shape, ...]) -> list[Rect | Path | Text]:
    """The shapes without their groups, in the order in which they are drawn."""
    found: list[Rect | Path | Text] = []
    for shape in shapes:
        found += flatten(shape.shapes) if isinstance(shape, Group) else [shape]
    return found


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


def draw_path(path: Path, renderer: Any, place: Any) -> None:
    from matplotlib.colors import to_rgba

    look, context = path.look, renderer.new_gc()
    context.set_linewidth(look.width * POINTS if look.stroke else 0)
    context.set_joinstyle("round")
    context.set_capstyle("butt")
    if look.stroke:
        context.set_foreground(to_rgba(COLORS[look.stroke][0]), isRGBA=True)
    if look.dash:
        context.set_dashes(0, [length * POINTS for length in look.dash])
    fill = to_rgba(COLORS[look.fill][0], look.opacity) if look.fill else None
    renderer.draw_path(context, make_path(path), place, fill)
    context.restore()


# ---- words -------------------------------------------------------------------------------------------------------------
def draw_words(text: Text, renderer: Any, place: Any, scale: float) -> None:
    """Words; letters that no font here has are shown as such."""
    fonts = find_fonts()
    words = "".join(
        [letter if any([ord(letter) in known for _, known in fonts]) else UNKNOWN for letter in printable(text.words)]
    )
    if not words.strip():
        return
    size = fit_size(words, text)
    drawn = measure_drawn(words, text.bold) * size / 100 / POINTS * scale
    x, y = place.transform((text.x, text.y))
    before, angle = SHARES[text.anchor] * drawn, radians(-text.turn)
    x, y = x - before * cos(angle), y - before * sin(angle)
    context = renderer.new_gc()
    context.set_foreground(COLORS[text.color][0])
    height = renderer.get_canvas_width_height()[1]
    renderer.draw_text(context, x, height - y if renderer.flipy() else y, words, find_font(size, text.bold), -text.turn)
    context.restore()


@cache
def find_font(size: float, bold: bool) -> Any:
    """The fonts for words of a size in points, the first that has a letter."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=[name for name, _ in find_fonts()], weight="bold" if bold else "normal", size=size)


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
    from matplotlib.textpath import text_to_path

    font = find_font(text_to_path.FONT_SCALE, bold)
    return float(text_to_path.get_text_width_height_descent(words, font, False)[0]) * 100 / text_to_path.FONT_SCALE


# ---- PNG ---------------------------------------------------------------------------------------------------------------
def pack_png(pixels: Any) -> bytes:
    """A PNG of rows of pixels of red, green, blue and opacity, all of them opaque.

    Each row is written as its difference to the one above, which in a drawing is mostly nothing: smaller than what Pillow finds
    by trying all filters, in a quarter of its time.
    """
    import zlib

    import numpy as np

    rows = np.asarray(pixels)
    height, width = rows.shape[:2]
    packer, parts = zlib.compressobj(6), []
    above = np.zeros((1, width, 3), np.uint8)
    step = max(1, ROWS // width)
    for top in range(0, height, step):
        block = rows[top : top + step, :, :3]
        lines = np.full((len(block), 1 + 3 * width), 2, np.uint8)  # 2: the filter "up"
        lines[:, 1:] = (block - np.concatenate([above, block[:-1]])).reshape(len(block), -1)
        above = block[-1:]
        parts.append(packer.compress(lines.tobytes()))
    parts.append(packer.flush())
    head = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 2, 0, 0, 0])  # 8 bits of each of three colors
    chunks = [(b"IHDR", head), (b"IDAT", b"".join(parts)), (b"IEND", b"")]
    written = [len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4) for kind, data in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)
