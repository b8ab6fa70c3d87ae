"""Atoms: what an axis is made of. An axis of 12 may be one atom of 12, or one of 3 and one of 4 behind it."""

from __future__ import annotations

from math import prod

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

OPEN_BATCH = 1_000_003  # a batch of any size, counted as a prime: what its products and quotients hold of it is seen


class Atom:
    """An index that nothing has divided. A reshape that cuts it gives it parts, for all tensors that have it."""

    __slots__ = ("is_batch", "parts", "size")

    def __init__(self, size: int, is_batch: bool = False) -> None:
        self.size = size
        self.is_batch = is_batch
        self.parts: tuple[Atom, ...] = ()

    def cut(self, outer: int) -> tuple[Atom, Atom]:
        """Two atoms in its place, the outer of this size."""
        made = Atom(outer), Atom(self.size // outer)
        self.parts = made
        return made

    def __repr__(self) -> str:
        return f"Atom({self.size}{', batch' * self.is_batch})"


if TYPE_CHECKING:
    Axis = tuple[Atom, ...]


def divide(axis: Iterable[Atom]) -> list[Atom]:
    """The atoms of an axis as they are now divided, the outermost first."""
    found: list[Atom] = []
    for atom in axis:
        found += divide(atom.parts) if atom.parts else [atom]
    return found


def find_telling(axis: Iterable[Atom]) -> list[Atom]:
    """Its atoms but those of size 1, whose place says nothing; the batch always tells."""
    return [atom for atom in divide(axis) if atom.size != 1 or atom.is_batch]


def multiply_sizes(axis: Iterable[Atom]) -> int:
    return prod([atom.size for atom in axis])
