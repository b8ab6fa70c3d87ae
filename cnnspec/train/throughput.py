"""How fast a training is: examples a second, and the share of the time in which it waited for them.

Counted from the end of one batch to the end of the next, so without validation and saving of epochs. The first batch of each size is
left out: the backend compiles for it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from cnnspec.base.percent import percent
from cnnspec.base.record import Record
from cnnspec.train.data.ranges import may_be_image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cnnspec.train.data.examples import Part

LONG = 0.2  # of the time: waiting that is worth a word


class Throughput(Record):
    """The examples that were trained on in so many seconds, `waited` of them for data; None where that is not known."""

    examples: int
    seconds: float
    waited: float | None

    @property
    def rate(self) -> float:
        """Examples a second."""
        return self.examples / self.seconds

    @property
    def wait(self) -> float | None:
        """The share of the time in which the training waited."""
        return None if self.waited is None else min(1.0, self.waited / self.seconds)

    def record(self) -> dict[str, float | None]:
        """The figures that the run folder keeps, to four digits."""
        wait = None if self.wait is None else round(self.wait, 4)
        return {"examples_per_second": float(f"{self.rate:.4g}"), "data_wait": wait}


def describe_rate(rate: float, noun: str) -> str:
    """3,450 images/s"""
    return f"{rate:,.0f} {noun}/s" if rate >= 10 else f"{rate:.2g} {noun}/s"


def describe_speed(rate: float, wait: float | None, noun: str) -> str:
    """3,450 images/s, 2 % of the time waiting for data"""
    return describe_rate(rate, noun) + ("" if wait is None else f", {show_wait(wait)} of the time waiting for data")


def show_wait(wait: float) -> str:
    return percent(round(wait, 2)) if wait >= 0.01 else "less than 1 %"


def choose_noun(shapes: Iterable[Sequence[int]]) -> str:
    """What the examples of inputs of these shapes are called: images, where they are these."""
    first, *others = [tuple(shape) for shape in shapes]
    return "images" if not others and len(first) == 3 and may_be_image(first) else "examples"


class Meter:
    """Measures a training, whose batches may be fed several times (`begin_feed`), over all of its epochs."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock, self._counted = clock, Throughput(0, 0.0, 0.0)

    def begin_feed(self, feed: Any, count: Callable[[int], int]) -> None:
        """What follows is fed from here (`devices.feed`); `count` says how many examples a batch of an epoch has."""
        self._feed, self._count, self._compiled = feed, count, set[int]()

    def begin_epoch(self) -> None:
        self._at, self._waited = self._clock(), self._feed.waited

    def end_batch(self, number: int) -> None:
        """Batch `number` of an epoch was trained on."""
        began, waited, size = self._at, self._waited, self._count(number)
        self.begin_epoch()
        if size in self._compiled:
            so_far, more = self._counted.waited, self._waited
            self._counted = Throughput(
                self._counted.examples + size,
                self._counted.seconds + self._at - began,
                None if so_far is None or more is None else so_far + more - waited,
            )
        self._compiled.add(size)

    @property
    def found(self) -> Throughput | None:
        """None before there was anything to measure."""
        return self._counted if self._counted.seconds > 0 else None


def advise_on_waiting(found: Throughput, part: Part) -> str:
    """What a training that waits long for its data waits for, and what would take less, in a sentence; "" where it does not
    wait long, or nothing is known to help."""
    if found.wait is None or found.wait < LONG:
        return ""
    work = [x.describe_work() for x in part.inputs]
    work += ["augment changes every batch (fewer layers take less)"] if part.augment else []
    said = ", and ".join(dict.fromkeys(filter(None, work)))
    return f"{show_wait(found.wait)} of the time goes into waiting for data: {said}" if said else ""
