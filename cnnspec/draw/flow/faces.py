"""The face of a box: its lines of words, how large they make it, and how they are drawn."""

from __future__ import annotations

from math import ceil

from cnnspec.base.record import Record
from cnnspec.draw.boxes.kinds import KINDS
from cnnspec.draw.boxes.letters import HEAD, SMALL
from cnnspec.pictures.drawing import MIDDLE, Look, Rect, Text
from cnnspec.pictures.palette import name_ink
from cnnspec.pictures.text_width import measure_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.draw.layered.diagram import Rect as Place
    from cnnspec.pictures.drawing import Shape

BADGE = 9.0  # the size of a badge's letters
HEAD_LINE, SMALL_LINE = 15.0, 13.0
BESIDE, ABOVE = 9.0, 6.0  # between words and the border
NARROWEST = 46.0
CARD = 4.0  # by how much the cards of a fold stand out behind one another


class Face(Record):
    """A box before it has a place. `below` are lines under the head, of which numbers are not cut; `badge`: the code of the
    worst finding, "" for none, in a color of its own. `kind` gives the outline, `color` the fill, "" for none."""

    head: str
    below: tuple[str, ...]
    kind: str
    color: str
    badge: str = ""
    badge_color: str = ""
    cards: bool = False
    refused: bool = False
    faint: bool = False

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, with the cards of a fold."""
        head = measure_text(self.head, HEAD) + (measure_text(self.badge, BADGE, True) + 14 if self.badge else 0)
        words = max([head, *[measure_text(line, SMALL) for line in self.below]])
        width = max(NARROWEST, ceil(words + 2 * BESIDE))
        height = 2 * ABOVE + HEAD_LINE + SMALL_LINE * len(self.below)
        cards = CARD * self.cards
        return width + cards, height + cards


def draw_face(face: Face, place: Place) -> tuple[Shape, ...]:
    """The box at its place."""
    width, height = place.width - CARD * face.cards, place.height - CARD * face.cards
    kind = KINDS[face.kind]
    stroke = "error" if face.refused else "frame" if face.faint else "ink"
    look = Look(fill=face.color or "paper", stroke=stroke, width=2.0 if face.refused else kind.width, dash=(4, 3) if face.faint else kind.dash)  # fmt: skip
    x, y = place.x, place.y + CARD * face.cards
    shapes: list[Shape] = [Rect(x + CARD, place.y, width, height, look, kind.radius)] if face.cards else []
    shapes.append(Rect(x, y, width, height, look, kind.radius))
    badge = measure_text(face.badge, BADGE, True) + 8 if face.badge else 0.0
    ink = "faint" if face.faint else name_ink(face.color)
    middle, line = x + (width - (badge + 6 if badge else 0)) / 2, y + ABOVE + 11.5
    shapes.append(Text(middle, line, face.head, HEAD, ink, MIDDLE))
    for number, words in enumerate(face.below, 1):
        dim = ink if face.color.startswith("level-") else "faint"
        shapes.append(Text(x + width / 2, line + SMALL_LINE * number + 0.5, words, SMALL, dim, MIDDLE))
    if face.badge:
        left, top = x + width - badge - 5, y + ABOVE + 0.5
        shapes.append(Rect(left, top, badge, 13.0, Look(fill=face.badge_color, stroke="paper"), 3.0))
        shapes.append(Text(left + badge / 2, top + 9.8, face.badge, BADGE, "paper", MIDDLE, bold=True))
    return tuple(shapes)
