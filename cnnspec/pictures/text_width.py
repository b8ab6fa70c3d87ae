"""How wide words are in Helvetica, whose metrics Arial and Liberation Sans have, too (Adobe Core 14 AFM, WX in 1/1000 em)."""

from __future__ import annotations

from bisect import bisect_right

from cnnspec.base.source import printable

ASCII = (
    278, 278, 355, 556, 556, 889, 667, 222, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 222, 556, 556, 500, 556, 556, 278, 556,
    556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
OTHERS = {
    "·": 278,
    "×": 584,
    "÷": 584,
    "±": 584,
    "−": 584,
    "→": 1000,
    "…": 1000,
    "–": 556,
    "≤": 549,
    "≥": 549,
    "²": 333,
}
WIDE, USUAL = 1000, 667  # of a letter that Helvetica has not: a Chinese one, another
BOLD = 1.07  # of the usual width, about
WIDEST_NAME = 240.0  # of a name beside something else


def measure_text(words: str, size: float = 12.0, bold: bool = False) -> float:
    """The width in pixels of words in letters of a size."""
    units = sum([measure_letter(letter) for letter in printable(words)])
    return units * size / 1000 * (BOLD if bold else 1.0)


def measure_letter(letter: str) -> int:
    if " " <= letter <= "~":
        return ASCII[ord(letter) - 32]
    if letter in OTHERS:
        return OTHERS[letter]
    from unicodedata import east_asian_width

    return WIDE if east_asian_width(letter) in "WF" else USUAL


def shorten_text(words: str, room: float, size: float = 12.0, bold: bool = False) -> str:
    """Words cut to a width, with "…" at their end where something was cut."""
    if measure_text(words, size, bold) <= room:
        return words
    ends = range(len(words))
    end = bisect_right(ends, room, key=lambda end: measure_text(words[:end].rstrip() + "…", size, bold)) - 1
    return words[: max(end, 0)].rstrip() + "…"


def wrap_text(words: str, room: float, size: float = 12.0) -> list[str]:
    """A sentence in lines that are not wider than there is room, where words allow it."""
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure_text(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
