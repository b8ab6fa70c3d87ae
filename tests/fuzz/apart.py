"""A command run in a child of its own, with limits of processor time and memory: what it said, did and took."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from tests.fuzz.commands import Command

CPU = 10  # seconds of processor time that no case may take
MEMORY = 2**30  # bytes that no case may take, beyond what the interpreter with all modules has
WALL = 120  # seconds of the clock behind which a command hangs, waiting for something
SLOW, LARGE, STUCK = "more than 10 s", "more than 1 GiB", "waits for ever"


class Limit(BaseException):
    """A limit was passed; no `except Exception` under test may swallow it."""


class Outcome(NamedTuple):
    """What came of a command. `broke` is the limit that it broke, or the signal that killed it."""

    status: int
    out: bytes
    err: bytes
    files: dict[str, bytes]
    seconds: float
    memory: int
    broke: str = ""


def resident() -> int:
    """Bytes of memory that this process had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def no_more_memory_than(more: int) -> None:
    """From here on, an allocation beyond what there is and so much more fails."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    size = pages * os.sysconf("SC_PAGE_SIZE") + more
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


@contextmanager
def seconds(most: float) -> Iterator[None]:
    """Raises Limit when what is done inside takes more processor time."""

    def stop(*_: Any) -> NoReturn:
        raise Limit(SLOW)

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, most)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def forked(work: Callable[[], int]) -> int:
    """The process id of a child that does some work, whose result is its exit status, and never returns here."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    status = 70
    try:
        status = work()
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                status = 71
        os._exit(status)


def run(command: Command) -> Outcome:
    """Run a command in a new folder that holds its files and nothing else."""
    with tempfile.TemporaryDirectory(prefix="cnnspec-fuzz-") as place:
        folder = Path(place, "work")
        folder.mkdir()
        for name, data in command.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        streams = [Path(place, name) for name in ("in", "out", "err")]
        streams[0].write_bytes(command.stdin)
        before = resident()
        child = forked(lambda: _inside(command, folder, streams))
        _, status, usage = os.wait4(child, 0)
        files = {
            str(p.relative_to(folder)): p.read_bytes()
            for p in sorted(folder.rglob("*"))
            if p.is_file() and ".cnnspec_cache" not in p.parts
        }
        out, err = [path.read_bytes().replace(place.encode(), b"/place") for path in streams[1:]]
        outcome = Outcome(
            os.waitstatus_to_exitcode(status), out, err, files,
            usage.ru_utime + usage.ru_stime, max(0, usage.ru_maxrss * 1024 - before),
        )  # fmt: skip
        shutil.rmtree(folder, ignore_errors=True)
        return outcome._replace(broke=_broken(outcome))


def _broken(outcome: Outcome) -> str:
    if outcome.status < 0:
        number = signal.Signals(-outcome.status)
        return {signal.SIGXCPU: SLOW, signal.SIGALRM: STUCK}.get(number, f"killed by {number.name}")
    if outcome.seconds > CPU:
        return SLOW
    return LARGE if outcome.memory > MEMORY or b"\nMemoryError" in outcome.err else ""


def _inside(command: Command, folder: Path, streams: list[Path]) -> int:
    """What the child does: its streams and folder changed for the command's, then the command."""
    from cnnspec.cli import main

    for number, path in enumerate(streams):
        handle = os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(handle, number)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = sys.__stdout__ = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.__stderr__ = os.fdopen(2, "w", encoding="utf-8", closefd=False)
    os.chdir(folder)
    for name in ("CNNSPEC_CACHE_DIR", "COLUMNS", "FORCE_COLOR", "XDG_CACHE_HOME"):
        os.environ.pop(name, None)
    os.environ.update(CNNSPEC_DEBUG="1", HOME=str(folder.parent), NO_COLOR="1")  # an exception comes out as itself
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.alarm(WALL)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 5))
    no_more_memory_than(MEMORY)
    return main(list(command.argv))
