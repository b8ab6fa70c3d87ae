"""A bound on how long the server thinks about one thing, so that it can always be asked the next."""

from __future__ import annotations

import gc
import math
import signal
from time import process_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import TypeVar

    Result = TypeVar("Result")

TICK = 0.1  # seconds of CPU time between two looks at the clock

_deadline = math.inf  # of what is done now, in seconds of the process's CPU time


class OutOfTime(BaseException):
    """Something took too long. Nobody but who has set the limit can go on, so that it is no Exception."""


def run_within(seconds: float, run: Callable[[], Result], apart: bool = False) -> Result:
    """What a function returns that may take so many seconds of CPU time. OutOfTime, which is raised wherever it has got to,
    where it takes more: what it has made must then be thrown away. Of limits inside one another each holds; `apart`: those
    around this one wait meanwhile, so that what is remembered does not depend on who asked for it first, and when.

    Python's signals reach the main thread alone; where the system has no such clock, as on Windows, nothing is bounded.
    """
    global _deadline
    if not hasattr(signal, "setitimer"):
        return run()
    outer, start = _deadline, process_time()
    _deadline = start + seconds if apart else min(outer, start + seconds)
    try:
        if outer == math.inf:
            signal.signal(signal.SIGPROF, look_at_clock)
            signal.setitimer(signal.ITIMER_PROF, TICK, TICK)
        return run()
    except OutOfTime:
        gc.enable()  # which may have been kept off by what was stopped
        raise
    finally:
        _deadline = math.inf  # before anything is called, in which the clock may be looked at
        _deadline = outer + (process_time() - start if apart else 0)
        if outer == math.inf:
            signal.setitimer(signal.ITIMER_PROF, 0)


def look_at_clock(number: int, frame: FrameType | None) -> None:
    if process_time() >= _deadline:
        raise OutOfTime
