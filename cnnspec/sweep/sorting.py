"""Kept candidates put in the order of their numbers, in bounded memory: what is too much is set aside in a file, by ranges of numbers
that are few enough to be sorted each by itself."""

from __future__ import annotations

import pickle
from tempfile import TemporaryFile

import numpy as np

from cnnspec.sweep.candidates import ROWS, find_numbers
from cnnspec.sweep.rows import join_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.sweep.rows import Kept
    from cnnspec.sweep.space import Space

HELD = 2**18  # candidates that are held in memory
RANGE = 2**17  # candidates of a range, when all are kept
MOST_RANGES = 4096


class Sorter:
    """Takes what is kept of `asked` candidates, and at the end gives it on in order. The file is in a folder; it has no name there,
    and goes with the process. OSError where it cannot be written."""

    def __init__(self, keep: Callable[[Kept], None], space: Space, quantities: int, asked: int, folder: str) -> None:
        self.keep_sorted, self.sizes, self.folder = keep, space.sizes, folder
        self.quantities = quantities
        ranges = min(max(asked // RANGE, 1), MOST_RANGES)
        self.width = -(-space.count // ranges)
        self.held: list[Kept] = []
        self.file: Any = None
        self.places: dict[int, list[tuple[int, int]]] = {}  # of each range, where its parts begin and how long they are

    def keep(self, kept: Kept) -> None:
        """Take some, in any order."""
        if kept.count:
            self.held.append(kept)
        if sum([part.count for part in self.held]) > HELD:
            self._set_aside()

    def close(self, step: Callable[[int], None] | None = None) -> None:
        """Give all on. `step` is told how many more are."""
        if self.file is None:
            self._give(self.held, step)
            return
        self._set_aside()
        for number in sorted(self.places):
            parts = []
            for place, length in self.places[number]:
                self.file.seek(place)
                parts.append(pickle.loads(self.file.read(length)))
            self._give(parts, step)
        self.file.close()

    def _set_aside(self) -> None:
        if self.file is None:
            self.file = TemporaryFile(dir=self.folder)  # noqa: SIM115  # closed by `close`
        if not self.held:
            return
        held, self.held = self._sort(self.held), []
        ranges = find_numbers(held.digits, self.sizes) // self.width
        numbers, starts = np.unique(ranges, return_index=True)
        for number, rows in zip(numbers.tolist(), np.split(np.arange(held.count), starts[1:]), strict=True):
            packed = pickle.dumps(held.take(rows))
            self.places.setdefault(number, []).append((self.file.seek(0, 2), len(packed)))
            self.file.write(packed)

    def _sort(self, parts: list[Kept]) -> Kept:
        kept = join_all(parts, len(self.sizes), self.quantities)
        return kept.take(np.argsort(find_numbers(kept.digits, self.sizes), kind="stable"))

    def _give(self, parts: list[Kept], step: Callable[[int], None] | None) -> None:
        kept = self._sort(parts)
        for start in range(0, kept.count, ROWS):
            some = kept.take(np.arange(start, min(start + ROWS, kept.count)))
            self.keep_sorted(some)
            if step is not None:
                step(some.count)
