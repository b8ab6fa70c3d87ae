"""Parts of a sweep given to other processes, and what they come to as it comes: the same whoever computes them."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, wait
from typing import Protocol

from cnnspec.sweep.remote import SweepBroken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from cnnspec.sweep.candidates import Part
    from cnnspec.sweep.partial import Partial

PATIENCE = 1.0  # seconds without anything, after which the crew is looked at
MOST_TRIES = 3  # of a part whose process ended
WHY = ', as where memory runs out, or in a script that starts them outside of if __name__ == "__main__":'
AHEAD = 2  # parts that a worker has waiting


class Crew(Protocol):
    """Who computes parts: so many `workers` at once, when it is told what is asked for."""

    workers: int

    def begin(self, setup: bytes) -> None:
        """Take a setup (`remote.py`), which all parts are computed by."""

    def start(self, part: Part) -> Future[Partial]:
        """Give a part to the next worker that is free."""

    def look(self) -> None:
        """Raise SweepBroken where nothing will come any more."""

    def mend(self, error: BaseException) -> bool:
        """After an error of a part: whether to give it again. SweepBroken where that would be no use."""

    def close(self) -> None:
        """End what is computed still."""


def spread(crew: Crew, parts: Iterator[Part]) -> Iterator[Partial]:
    """What each part comes to, in any order. A part whose process ended is given again."""
    under_way: dict[Future[Partial], tuple[Part, int]] = {}
    try:
        while True:
            while len(under_way) < crew.workers * (1 + AHEAD) and (part := next(parts, None)) is not None:
                under_way[crew.start(part)] = part, 1
            if not under_way:
                return
            done = wait(under_way, PATIENCE, FIRST_COMPLETED).done
            if not done:
                crew.look()
            lost = []
            for future in done:
                part, tries = under_way.pop(future)
                error = find_error(future)
                if error is None:
                    yield future.result()
                elif crew.mend(error):
                    lost.append((part, tries))
                else:
                    raise error
            for part, tries in lost:
                if tries == MOST_TRIES:
                    raise SweepBroken(f"{tries} processes in turn ended while they computed the same candidates{WHY}")
                under_way[crew.start(part)] = part, tries + 1
    finally:
        crew.close()


def find_error(future: Future[Partial]) -> BaseException | None:
    """What a part ended with, cancelled or not."""
    from concurrent.futures import CancelledError

    try:
        return future.exception()
    except CancelledError as error:
        return error
