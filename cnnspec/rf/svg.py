"""The picture of receptive fields as a self-contained SVG: the input as a frame, one box a layer with name and size."""

from __future__ import annotations

from cnnspec.tables.escape import xml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.rf.picture import Picture
    from cnnspec.rf.unit_field import Span

COLORS = ("#4e79a7", "#e15759", "#59a14f", "#b07aa1", "#f28e2b", "#76b7b2", "#9c755f")
DRAWING, MARGIN, GAP, LINE, LETTER = 480.0, 24.0, 48.0, 22.0, 7.4  # pixels; a letter's mean width at 13 pixels
FLAT = 22.0  # of a bar where there is one axis alone
FONT = "font-family='Helvetica, Arial, sans-serif' font-size='13'"


def write_svg(picture: Picture) -> str:
    """The document. Boxes are unclipped and in proportion; a line leads from each to its name."""
    (top, bottom), (left, right) = picture.hull()
    scale = DRAWING / max(right + 1 - left, 1 if picture.flat else bottom + 1 - top)
    head = MARGIN + 2 * LINE
    width = (right + 1 - left) * scale
    high = FLAT * (len(picture.boxes) + 1) if picture.flat else (bottom + 1 - top) * scale

    def rectangle(rows: Span, columns: Span, bar: int) -> tuple[float, float, float, float]:
        x, w = MARGIN + (columns[0] - left) * scale, (columns[1] + 1 - columns[0]) * scale
        if picture.flat:
            return x, head + bar * FLAT + 3, w, FLAT - 6
        return x, head + (rows[0] - top) * scale, w, (rows[1] + 1 - rows[0]) * scale

    names = [f"{box.name}  {box.size}" for box in picture.boxes]
    beside = MARGIN + width + GAP
    total = (
        max(
            beside + LETTER * max([len(picture.input), len(picture.note), *map(len, names)]),
            MARGIN + LETTER * len(picture.title),
        )
        + MARGIN
    )
    height = max(head + high, head + LINE * (len(names) + 2)) + MARGIN
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{total:.0f}' height='{height:.0f}'"
        f" viewBox='0 0 {total:.0f} {height:.0f}' {FONT}>",
        f"<title>{xml(picture.title)}</title>",
        f"<rect width='{total:.0f}' height='{height:.0f}' fill='white'/>",
        f"<text x='{MARGIN:.0f}' y='{MARGIN + 6:.0f}' font-weight='bold'>{xml(picture.title)}</text>",
    ]
    if picture.height is not None and picture.width is not None:
        place = rectangle((0, picture.height - 1), (0, picture.width - 1), 0)
        parts.append(write_rectangle(place, "fill='#f2f2f2' stroke='black' stroke-width='2'"))
    labels = [f"<text x='{beside:.0f}' y='{head + 13:.0f}'>{xml(picture.input)}</text>"]
    for i, (box, name) in enumerate(zip(picture.boxes, names, strict=True)):
        color = COLORS[i % len(COLORS)]
        place = x, y, w, _ = rectangle(box.rows, box.columns, i + 1)
        line = head + LINE * (i + 1) + 13
        parts.append(write_rectangle(place, f"fill='{color}' fill-opacity='0.16' stroke='{color}' stroke-width='1.5'"))
        labels.append(
            f"<path d='M {x + w:.1f} {y:.1f} L {beside - 12:.1f} {line - 4:.1f} L {beside - 4:.1f} {line - 4:.1f}'"
            f" fill='none' stroke='{color}' stroke-width='0.8'/>"
        )
        labels.append(f"<text x='{beside:.0f}' y='{line:.0f}' fill='{color}'>{xml(name)}</text>")
    if picture.note:
        labels.append(
            f"<text x='{beside:.0f}' y='{head + LINE * (len(names) + 1) + 13:.0f}'>{xml(picture.note)}</text>"
        )
    return "\n".join([*parts, *labels, "</svg>"]) + "\n"


def write_rectangle(place: tuple[float, float, float, float], style: str) -> str:
    x, y, w, h = place
    return f"<rect x='{x:.1f}' y='{y:.1f}' width='{w:.1f}' height='{h:.1f}' {style}/>"
