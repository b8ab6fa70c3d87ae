"""Stretches of numbered cases, each judged by a child; behind a case that kills its child, another goes on."""

from __future__ import annotations

import mmap
import os
import pickle
import resource
import signal
import struct
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.fuzz import apart
from tests.fuzz.kept import died
from tests.fuzz.trials import KINDS, OFTEN, Case, case_of, judged
from tests.fuzz.truth import Wrong

LENGTH = {"texts": 1000, "networks": 50, "commands": 50}  # of a stretch


class Find(NamedTuple):
    """A case that something is wrong with, and its number."""

    kind: str
    number: int
    case: Case
    wrong: Wrong


class Stretch(NamedTuple):
    """Cases of one kind, from the first number up to, not including, the last."""

    kind: str
    first: int
    last: int


class Tally:
    """What some cases came to."""

    def __init__(self) -> None:
        self.cases = dict.fromkeys(KINDS, 0)
        self.seconds = dict.fromkeys(KINDS, 0.0)  # of processor time
        self.slowest = (0.0, "", 0)  # seconds, kind, number
        self.largest = (0, "", 0)  # bytes, kind, number
        self.finds: list[Find] = []

    def add(self, other: Tally) -> None:
        for kind in self.cases:
            self.cases[kind] += other.cases[kind]
            self.seconds[kind] += other.seconds[kind]
        self.slowest = max(self.slowest, other.slowest)
        self.largest = max(self.largest, other.largest)
        self.finds += other.finds


class Running(NamedTuple):
    """A child at work on a stretch; `at` holds the number that it is at."""

    stretch: Stretch
    at: mmap.mmap
    result: Path


class Pool:
    """Hands out stretches to so many children at once, and gathers what they come to."""

    def __init__(self, seed: int, jobs: int, until: float) -> None:
        self.seed, self.jobs, self.until = seed, jobs, until
        self.running: dict[int, Running] = {}

    def run(self, stretches: Iterator[Stretch]) -> Iterator[Tally]:
        """The tallies of the stretches as they come; none is begun once the time is up."""
        with tempfile.TemporaryDirectory(prefix="cnnspec-fuzz-") as folder:
            waiting: list[Stretch] = []
            while True:
                while len(self.running) < self.jobs and time.monotonic() < self.until:
                    stretch = waiting.pop() if waiting else next(stretches, None)
                    if stretch is None:
                        break
                    self.begin(stretch, Path(folder))
                if not self.running:
                    return
                tally, rest = self.end()
                if rest:
                    waiting.append(rest)
                yield tally

    def begin(self, stretch: Stretch, folder: Path) -> None:
        at = mmap.mmap(-1, 8)
        at[:] = struct.pack("q", stretch.first)
        result = folder / f"{stretch.kind}-{stretch.first}"
        child = apart.forked(lambda: work(stretch, self.seed, at, result))
        self.running[child] = Running(stretch, at, result)

    def end(self) -> tuple[Tally, Stretch | None]:
        """What the next child to end came to, and the rest of its stretch if it died on the way."""
        child, status, usage = os.wait4(-1, 0)
        stretch, at, result = self.running.pop(child)
        (number,) = struct.unpack("q", at[:])
        if status == 0:
            return pickle.loads(result.read_bytes()), None
        tally = Tally()
        tally.cases[stretch.kind] = number + 1 - stretch.first
        tally.seconds[stretch.kind] = usage.ru_utime + usage.ru_stime
        case = case_of(stretch.kind, self.seed, number)
        tally.finds.append(Find(stretch.kind, number, case, died(os.waitstatus_to_exitcode(status))))
        rest = Stretch(stretch.kind, number + 1, stretch.last)
        return tally, rest if rest.first < rest.last else None


def work(stretch: Stretch, seed: int, at: mmap.mmap, result: Path) -> int:
    """What a child does with a stretch."""
    tally = Tally()
    if stretch.kind != "commands":
        apart.no_more_memory_than(apart.MEMORY)
    for number in range(stretch.first, stretch.last):
        at[:] = struct.pack("q", number)
        case = case_of(stretch.kind, seed, number)
        began, memory = time.process_time(), apart.resident()
        if stretch.kind != "commands":
            signal.alarm(apart.WALL)
        verdict = judged(case, number % OFTEN[stretch.kind] == 0)
        took = max(verdict.seconds, time.process_time() - began)
        more = max(verdict.memory, apart.resident() - memory)
        tally.slowest = max(tally.slowest, (took, stretch.kind, number))
        tally.largest = max(tally.largest, (more, stretch.kind, number))
        if verdict.wrong:
            tally.finds.append(Find(stretch.kind, number, case, verdict.wrong))
    signal.alarm(0)
    tally.cases[stretch.kind] = stretch.last - stretch.first
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    tally.seconds[stretch.kind] = sum(u.ru_utime + u.ru_stime for u in (own, children))
    result.write_bytes(pickle.dumps(tally))
    return 0
