"""A crew of processes on this machine."""

from __future__ import annotations

from collections import deque
from functools import partial

from cnnspec.base.jobs import Died, spread
from cnnspec.sweep.crew import MOST_TRIES
from cnnspec.sweep.remote import SweepBroken, compute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.sweep.candidates import Part
    from cnnspec.sweep.partial import Partial

WHY = ', as where memory runs out, or in a script that starts them outside of if __name__ == "__main__":'


class Processes:
    """So many processes."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.work = try_part

    def compute(self, setup: bytes, parts: Iterator[Part]) -> Iterator[Partial]:
        again: deque[tuple[Part, int]] = deque()
        given: dict[int, tuple[Part, int]] = {}

        def give() -> Iterator[Part]:
            fresh = ((part, 1) for part in parts)
            number = 0
            while task := again.popleft() if again else next(fresh, None):
                given[number] = task
                yield task[0]
                number += 1

        more = True
        while more:
            for number, result in spread(partial(self.work, setup), give(), self.workers):
                part, tries = given.pop(number)
                if not isinstance(result, (Died, Exception)):
                    yield result
                elif isinstance(result, Exception):
                    raise result
                elif tries == MOST_TRIES:
                    raise SweepBroken(f"{tries} processes in turn ended while they computed the same candidates{WHY}")
                else:
                    again.append((part, tries + 1))
            more = bool(again)  # those that ended when there was nothing more to give


def try_part(setup: bytes, part: Part) -> Partial | Exception:
    """What a part comes to, or why it does not."""
    try:
        return compute(setup, part)
    except Exception as error:
        return error
