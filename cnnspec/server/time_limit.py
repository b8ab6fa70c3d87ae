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


class Stop(BaseException):
    """A limit is over, wherever that finds what is done. Nobody but who has set it can go on, so that it is no Exception."""


class OutOfTime(BaseException):
    """What was to be done within a limit took longer; limits around that one are not over."""


def run_within(seconds: float, run: Callable[[], Result]) -> Result:
    """What a function returns that may take so many seconds of CPU time. OutOfTime where it takes more: what it has made must
    then be thrown away. Of limits inside one another each holds; where one is over, those in it have not been reached, and
    who has set these does not hear of it.

    Python's signals reach the main thread alone; where the system has no such clock, as on Windows, nothing is bounded.
    """
    global _deadline
    if not hasattr(signal, "setitimer"):
        return run()
    outer = _deadline
    _deadline = min(outer, process_time() + seconds)
    try:
        if outer == math.inf:
            signal.signal(signal.SIGPROF, look_at_clock)
            signal.setitimer(signal.ITIMER_PROF, TICK, TICK)
        return run()
    except Stop:
        _deadline = outer  # before anything is called, in which the clock may be looked at
        gc.enable()  # which may have been kept off by what was stopped
        if process_time() >= outer:
            raise
        raise OutOfTime from None
    finally:
        _deadline = outer
        if outer == math.inf:
            signal.setitimer(signal.ITIMER_PROF, 0)


def look_at_clock(number: int, frame: FrameType | None) -> None:
    if process_time() >= _deadline:
        raise Stop
