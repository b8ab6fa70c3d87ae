"""Who computes the parts of a sweep in other processes: the same comes of it, in any order."""

from __future__ import annotations

from typing import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.sweep.candidates import Part
    from cnnspec.sweep.partial import Partial

MOST_TRIES = 3  # of a part whose process ended


class Crew(Protocol):
    """So many `workers`, each of which computes one part at a time."""

    workers: int

    def compute(self, setup: bytes, parts: Iterator[Part]) -> Iterator[Partial]:
        """What each part comes to by a setup (`remote.py`). A part whose process ends is given to another. SweepBroken where it cannot go
        on. What is computed still, when the iterator is closed, is ended."""
