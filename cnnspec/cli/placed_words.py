"""Words of a command line that know where they stand, for options that belong to the word before them: A --set n=1 B --set n=2.

argparse hands words on as they are, and of --set=n=1 what its `split` or `partition` gives.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Self, TypeVar

    Owner = TypeVar("Owner", bound="PlacedWord")


class PlacedWord(str):
    """A word, and its place among the words, from 0."""

    place: int

    def __new__(cls, text: str, place: int) -> Self:
        made = super().__new__(cls, text)
        made.place = place
        return made

    def replaced(self, text: str) -> PlacedWord:
        """Another word in this place."""
        return PlacedWord(text, self.place)

    def split(self, *how: Any, **more: Any) -> list[str]:
        return [self.replaced(part) for part in super().split(*how, **more)]

    def partition(self, sep: str, /) -> tuple[str, str, str]:
        before, found, behind = super().partition(sep)
        return self.replaced(before), self.replaced(found), self.replaced(behind)


def place_words(words: Iterable[str]) -> list[str]:
    return [PlacedWord(word, place) for place, word in enumerate(words)]


def share_out(
    words: Iterable[PlacedWord], owners: Iterable[Owner]
) -> tuple[list[PlacedWord], dict[int, list[PlacedWord]]]:
    """The words that stand before all owners, and those behind each, by the owner's place."""
    places = sorted([owner.place for owner in owners])
    first: list[PlacedWord] = []
    behind: dict[int, list[PlacedWord]] = {place: [] for place in places}
    for word in words:
        before = [place for place in places if place < word.place]
        (behind[before[-1]] if before else first).append(word)
    return first, behind
