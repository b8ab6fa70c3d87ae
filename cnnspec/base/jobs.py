"""Work spread over processes: one task at a time each, so that whoever dies leaves behind one task and its name.

On Linux workers are forked, which takes some milliseconds and gives them all that is imported already; a fork is safe
as long as no other thread may hold a lock, so where there is one, and on other systems, they are started anew.
An interrupt is the parent's business: workers ignore it, and end when the parent kills them or is gone.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from multiprocessing import connection, get_context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    Channel = connection.Connection[Any, Any]


class Died:
    """In place of a result: the process that had the task is gone."""

    def __init__(self, exit: int | None) -> None:
        self.exit = exit

    def __str__(self) -> str:
        if self.exit is None or self.exit >= 0:
            return f"the process that checked it ended with status {self.exit}"
        try:
            name = signal.Signals(-self.exit).name
        except ValueError:
            name = str(-self.exit)
        why = ", as happens where memory runs out" if name == "SIGKILL" else ""
        return f"the process that checked it was ended by {name}{why}"


def cores() -> int:
    """How many processes can run at once here."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1


def spread(work: Callable[[Any], Any], tasks: Iterable[Any], jobs: int) -> Iterator[tuple[int, Any]]:
    """The number of each task and what `work` makes of it, or `Died`, as they come. A task is asked for when somebody is free. Tasks and
    results must be picklable."""
    waiting = Waiting(tasks)
    workers: dict[Channel, tuple[Any, int]] = {}  # its process, and the number of its task

    def start() -> bool:
        number, task = waiting.look()
        try:
            channel, process = start_worker(work, list(workers))
        except OSError:  # no more processes, or no memory for one
            return False
        waiting.take()
        workers[channel] = process, number
        send_task(channel, task)
        return True

    try:
        while waiting and len(workers) < jobs and start():
            pass
        while workers:
            for ready in connection.wait(list(workers)):
                channel: Any = ready
                process, number = workers[channel]
                try:
                    result = channel.recv()
                except (EOFError, OSError):
                    del workers[channel]
                    channel.close()
                    process.join()
                    yield number, Died(process.exitcode)
                    if waiting:
                        start()
                    continue
                if waiting:
                    following, task = waiting.take()
                    workers[channel] = process, following
                    send_task(channel, task)
                else:
                    del workers[channel]
                    channel.close()
                    process.join()
                yield number, result
        while waiting:  # no process could be started
            number, task = waiting.take()
            yield number, work(task)
    finally:
        for process, _ in workers.values():
            process.kill()
        for channel, (process, _) in workers.items():
            process.join()
            channel.close()


class Waiting:
    """The tasks that nobody has yet, with their numbers; true while there are any."""

    def __init__(self, tasks: Iterable[Any]) -> None:
        self.tasks = enumerate(tasks)
        self.first: tuple[int, Any] | None = None

    def __bool__(self) -> bool:
        self.first = self.first or next(self.tasks, None)
        return self.first is not None

    def look(self) -> tuple[int, Any]:
        """The first."""
        assert self, "there is one"
        assert self.first is not None
        return self.first

    def take(self) -> tuple[int, Any]:
        """The first, for somebody."""
        found, self.first = self.look(), None
        return found


def send_task(channel: Channel, task: Any) -> None:
    """Give a worker its task. That one is gone, its end of the channel will tell."""
    with contextlib.suppress(OSError):
        channel.send(task)


def start_worker(work: Callable[[Any], Any], others: list[Channel]) -> tuple[Channel, Any]:
    """A new worker: the channel to it, and its process."""
    method = "fork" if may_fork() else "spawn"
    context: Any = get_context(method)
    ours, theirs = context.Pipe()
    inherited = [ours, *others] if method == "fork" else []
    process = context.Process(target=serve, args=(work, theirs, inherited), daemon=True)
    mask = getattr(signal, "pthread_sigmask", None)  # an interrupt waits until the worker ignores it
    before = mask(signal.SIG_BLOCK, {signal.SIGINT}) if mask else None
    try:
        process.start()
    except OSError:
        ours.close()
        raise
    finally:
        theirs.close()
        if mask:
            mask(signal.SIG_SETMASK, before)
    return ours, process


def may_fork() -> bool:
    """Whether this process may fork: it has one thread, as the system counts them."""
    if sys.platform != "linux":
        return False
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


def serve(work: Callable[[Any], Any], channel: Channel, inherited: list[Channel]) -> None:
    """What a worker does: tasks, until its parent closes the channel or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    for end in inherited:  # else the parent's death would not close them
        end.close()
    try:
        while True:
            channel.send(work(channel.recv()))
    except (EOFError, OSError):
        pass
