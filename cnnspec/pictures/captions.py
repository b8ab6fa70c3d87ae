"""What stands above and below a picture: its title, and sentences about it, between the same margins everywhere."""

from __future__ import annotations

from cnnspec.pictures.drawing import Text
from cnnspec.pictures.text_width import measure_text, shorten_text, wrap_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

MARGIN = 20.0
TITLE, SENTENCE, LINE = 14.0, 11.0, 16.0  # sizes of letters; from one line of a sentence to the next
WIDEST = 760.0  # of a title


def draw_title(words: str) -> Text:
    """The title, cut where a long name in it would make the picture wider than a page."""
    return Text(MARGIN, MARGIN + TITLE - 2, shorten_text(words, WIDEST, TITLE, True), TITLE, bold=True)


def measure_title(words: str) -> float:
    """How wide it is."""
    return min(measure_text(words, TITLE, True), WIDEST)


def draw_sentences(sentences: Iterable[str], top: float, width: float) -> tuple[list[Text], float]:
    """Sentences below one another, in lines of a width; and where the last line stands, `top` where there is none."""
    lines = [line for words in sentences for line in wrap_text(words, width, SENTENCE)]
    drawn = [Text(MARGIN, top + LINE * at, line, SENTENCE, "faint") for at, line in enumerate(lines, 1)]
    return drawn, top + LINE * len(lines)
