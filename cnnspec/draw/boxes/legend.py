"""The legend under a picture: what the colors mean, and what stands beside the boxes."""

from __future__ import annotations

from cnnspec.draw.boxes.kinds import KINDS
from cnnspec.pictures.drawing import Group, Look, Rect, Text
from cnnspec.pictures.palette import LEVELS
from cnnspec.pictures.text_width import measure_text, wrap_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.boxes.coloring import Coloring, Scale
    from cnnspec.pictures.drawing import Shape

SIZE, LINE, NOTE_LINE = 10.5, 18.0, 14.0  # of letters; of a row; of a line of a note that has several
SWATCH, STEP = (18.0, 11.0), 14.0  # of a kind; the width of a level
BETWEEN = 16.0  # two entries


def draw_legend(
    coloring: Coloring, notes: Sequence[str], left: float, top: float, width: float
) -> tuple[tuple[Shape, ...], float, float]:
    """The shapes, of a width where words allow it, and how far to the right and down they go; nothing where there is nothing to
    tell."""
    shapes: list[Shape] = []
    right, y = left, top
    if coloring.kinds:
        drawn, right, y = draw_kinds(coloring.kinds, left, top, width)
        shapes += drawn
    if coloring.scale is not None:
        drawn, right = draw_scale(coloring.scale, left, top)
        shapes += drawn
        y = top + LINE
    for note in notes:
        for line in wrap_text(note, width, SIZE):
            shapes.append(Text(left, y + 11, line, SIZE, "faint"))
            right, y = max(right, left + measure_text(line, SIZE)), y + NOTE_LINE
        y += LINE - NOTE_LINE
    return ((Group(tuple(shapes), classes=("legend",)),) if shapes else ()), right, y


def draw_kinds(kinds: Sequence[str], left: float, top: float, width: float) -> tuple[list[Shape], float, float]:
    """A swatch and a word for each kind, in rows of a width."""
    shapes: list[Shape] = []
    x, y, right = left, top, left
    for kind in kinds:
        look, words = KINDS[kind], KINDS[kind].words
        wide = SWATCH[0] + 5 + measure_text(words, SIZE)
        if x > left and x + wide > left + width:
            x, y = left, y + LINE
        shapes.append(
            Rect(x, y + 2, *SWATCH, Look(fill=kind, width=look.width, dash=look.dash), min(look.radius, SWATCH[1] / 2))
        )
        shapes.append(Text(x + SWATCH[0] + 5, y + 11, words, SIZE, "faint"))
        x += wide + BETWEEN
        right = max(right, x - BETWEEN)
    return shapes, right, y + LINE


def draw_scale(scale: Scale, left: float, top: float) -> tuple[list[Shape], float]:
    """The levels from the least to the most, with words before and behind; words alone where all boxes are alike."""
    if not scale.most:
        words = f"{scale.words}: none"
        return [Text(left, top + 11, words, SIZE, "faint")], left + measure_text(words, SIZE)
    words = f"{scale.words}: {scale.least}"
    x = left + measure_text(words, SIZE) + 6
    shapes: list[Shape] = [Text(left, top + 11, words, SIZE, "faint")]
    for level in range(LEVELS):
        shapes.append(
            Rect(x + level * STEP, top + 2, STEP, SWATCH[1], Look(fill=f"level-{level}", stroke="frame", width=0.5))
        )
    x += LEVELS * STEP + 6
    shapes.append(Text(x, top + 11, scale.most, SIZE, "faint"))
    return shapes, x + measure_text(scale.most, SIZE)
