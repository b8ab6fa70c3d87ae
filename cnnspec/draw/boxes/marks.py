"""What a picture tells the page that shows it: ids, classes, and which layers its parts stand for."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def mark_box(kind: str, several: bool, refused: bool, unused: bool) -> tuple[str, ...]:
    """The classes of a box of a kind; `several`: it stands for layers that a picture could show one by one."""
    return ("box", kind, *["fold"] * several, *["refused"] * refused, *["unused"] * unused)


def join_numbers(layers: Iterable[int]) -> str:
    """Numbers of layers as a datum: "3 4 5"."""
    return " ".join(map(str, layers))


class UniqueNames:
    """Makes ids of names, each once: letters, digits and _ . - alone."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def make(self, what: str, name: str) -> str:
        stem = f"{what}-{re.sub(r'[^A-Za-z0-9_.-]+', '-', name).strip('-')}"
        made, number = stem, 2
        while made in self.taken:
            made, number = f"{stem}-{number}", number + 1
        self.taken.add(made)
        return made
