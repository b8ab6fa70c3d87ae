"""How large the words of a box are, and where they are cut."""

from __future__ import annotations

from cnnspec.pictures.text_width import shorten_text

HEAD, SMALL = 12.0, 10.5  # sizes of letters: of its head, and of the lines below
WIDEST = 230.0  # of words


def cut_words(words: str, size: float = HEAD) -> str:
    """Words that fit a box."""
    return shorten_text(words, WIDEST, size)
