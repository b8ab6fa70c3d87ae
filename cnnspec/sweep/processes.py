"""A crew of processes on this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from threading import Thread
from typing import Any

from cnnspec.sweep.remote import SweepBroken, compute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from concurrent.futures import Future

    from cnnspec.sweep.candidates import Part
    from cnnspec.sweep.partial import Partial


class Processes:
    """So many processes, each started anew: a fork would take the locks of other threads along."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.setup = b""
        self.others: set[Any] = set()
        self.pool: ProcessPoolExecutor | None = None

    def begin(self, setup: bytes) -> None:
        self.setup = setup
        self.others = {*multiprocessing.active_children()}

    def start(self, part: Part) -> Future[Partial]:
        if self.pool is None:
            context = multiprocessing.get_context("spawn")
            self.pool = ProcessPoolExecutor(self.workers, context, get_ready)
        mask = getattr(signal, "pthread_sigmask", None)  # an interrupt waits until the process ignores it
        before = mask(signal.SIG_BLOCK, {signal.SIGINT}) if mask else None
        try:
            return self.pool.submit(compute, self.setup, part)
        except BrokenProcessPool:  # since it was given its last part
            self.close()
            return self.start(part)
        except OSError as error:
            raise SweepBroken(f"no process can be started ({error.strerror}): take fewer --jobs") from None
        finally:
            if mask:
                mask(signal.SIG_SETMASK, before)

    def look(self) -> None:
        """A pool tells by itself when a process ends."""

    def mend(self, error: BaseException) -> bool:
        """When a process ends, its pool is broken with all that it had, and another takes its place."""
        if not isinstance(error, BrokenProcessPool):
            return False
        if self.pool is not None and is_broken(self.pool):
            self.close()
        return True

    def close(self) -> None:
        pool, self.pool = self.pool, None
        if pool is None:
            return
        for process in {*multiprocessing.active_children()} - self.others:
            process.kill()
        pool.shutdown(cancel_futures=True)


def is_broken(pool: ProcessPoolExecutor) -> bool:
    """Whether a pool takes nothing any more; what came of it before may be seen when there is another already."""
    try:
        pool.submit(os.getpid)
    except BrokenProcessPool:
        return True
    return False


def get_ready() -> None:
    """What a process does first: it leaves interrupts to its parent, and ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    Thread(target=end_with, args=(multiprocessing.parent_process(),), daemon=True).start()


def end_with(parent: Any) -> None:
    parent.join()
    signal.raise_signal(signal.SIGTERM)
