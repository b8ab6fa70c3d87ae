"""A number and what it counts, as a sentence has them."""

from __future__ import annotations


def count_nouns(number: int, noun: str) -> str:
    """ "1 hole", "1,000 holes"."""
    return f"{number:,} {noun}{'s' * (number != 1)}"
