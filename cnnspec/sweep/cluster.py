"""A crew of Dask workers, which a scheduler knows: on this machine or on others."""

from __future__ import annotations

import logging
from concurrent.futures import FIRST_COMPLETED, CancelledError, wait
from time import monotonic

from cnnspec.sweep.remote import SweepBroken, compute, find_version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future
    from typing import Any

    from cnnspec.sweep.candidates import Part
    from cnnspec.sweep.partial import Partial

PATIENCE = 1.0  # seconds without anything, after which the scheduler is looked at
AHEAD = 2  # parts that a worker has waiting
CONNECTING = 5  # seconds that a scheduler has to answer
SCHEMES = ("tcp", "tls", "ws", "wss")
LONELY = 30  # seconds that a scheduler may be without workers: what watches over them starts others


class Cluster:
    """The workers of a scheduler, by its address, or of a distributed.Client. Raises ImportError without Dask's distributed, and
    SweepBroken where nobody answers, there are no workers, or they have other code."""

    def __init__(self, scheduler: Any) -> None:
        from distributed import Client, KilledWorker

        self.is_ours = isinstance(scheduler, str)
        self.killed: type[Exception] = KilledWorker
        self.client: Any = None
        self.logged = 0
        if self.is_ours:
            scheme, found, _ = scheduler.partition("://")
            if found and scheme not in SCHEMES or not has_port(scheduler):
                raise SweepBroken(f"a Dask scheduler has an address such as tcp://127.0.0.1:8786, not {scheduler}")
            self.logged = silence(logging.CRITICAL)  # what it has to say of a connection is told in a sentence
            try:
                self.client = Client(scheduler, timeout=CONNECTING, set_as_default=False)
            except Exception as error:  # of any kind, when something else answers
                silence(self.logged)
                raise SweepBroken(f"no Dask scheduler answers at {scheduler}: {write_line(error)}") from None
        elif isinstance(scheduler, Client):
            self.client = scheduler
        else:
            raise TypeError(f"dask is the address of a scheduler or a distributed.Client, not {scheduler!r}")
        self.address = self.client.scheduler.address if self.client.scheduler else scheduler
        self.alone_since: float | None = None
        try:
            self.workers = self.count_workers()
            if not self.workers:
                raise SweepBroken(
                    f"the Dask scheduler at {self.address} has no workers: start some with dask worker {self.address}"
                )
            self.check_versions()
        except BaseException:
            self.close()
            raise
        self.executor: Any = self.client.get_executor(pure=False)

    def count_workers(self) -> int:
        return len(self.client.scheduler_info(n_workers=-1)["workers"])

    def check_versions(self) -> None:
        """SweepBroken where a worker cannot import cnnspec, or has another one."""
        try:
            found = self.client.run(find_version)
        except Exception as error:
            raise SweepBroken(f"a Dask worker cannot run cnnspec: {write_line(error)}; install it there, too") from None
        for worker, version in found.items():
            if version != find_version():
                raise SweepBroken(
                    f"the Dask worker {worker} has {version}, this process {find_version()}: install the same"
                )

    def compute(self, setup: bytes, parts: Iterator[Part]) -> Iterator[Partial]:
        """What each part comes to. Dask itself gives a part to another worker when one ends."""
        under_way: set[Future[Partial]] = set()
        try:
            while True:
                while len(under_way) < self.workers * (1 + AHEAD) and (part := next(parts, None)) is not None:
                    under_way.add(self.start(setup, part))
                if not under_way:
                    return
                done, under_way = wait(under_way, PATIENCE, FIRST_COMPLETED)
                if not done:
                    self.look()
                for future in done:
                    try:
                        yield future.result()
                    except (CancelledError, self.killed) as error:
                        raise SweepBroken(self.explain(error)) from None
        finally:
            for future in under_way:  # the workers of a client that is not ours would go on
                future.cancel()
            self.close()

    def start(self, setup: bytes, part: Part) -> Future[Partial]:
        try:
            return self.executor.submit(compute, setup, part)  # type: ignore[no-any-return]
        except RuntimeError:
            raise SweepBroken(f"the Dask scheduler at {self.address} is gone") from None

    def look(self) -> None:
        """SweepBroken where nothing will come any more."""
        if self.client.status != "running":
            raise SweepBroken(f"the Dask scheduler at {self.address} is gone")
        if self.count_workers():
            self.alone_since = None
            return
        self.alone_since = self.alone_since or monotonic()
        if monotonic() - self.alone_since > LONELY:
            raise SweepBroken(f"the Dask scheduler at {self.address} has no workers any more")

    def explain(self, error: BaseException) -> str:
        """Why no answer came of a part."""
        if isinstance(error, CancelledError):
            return f"the Dask scheduler at {self.address} is gone, or was told to stop"
        return f"several Dask workers in turn ended while they computed the same candidates: {write_line(error)}"

    def close(self) -> None:
        if self.is_ours and self.client is not None:
            self.client.close(timeout=CONNECTING)
            silence(self.logged)


def silence(level: int) -> int:
    """Let Dask's client log from a level on; from which it did before."""
    logger = logging.getLogger("distributed.client")
    before = logger.level
    logger.setLevel(level)
    return before


def has_port(address: str) -> bool:
    """Whether an address can be connected to at all: a Client of another one waits when it ends, for a scheduler that it has not."""
    from distributed.comm.addressing import parse_address, parse_host_port

    try:
        _, port = parse_host_port(parse_address(address)[1])
    except ValueError:
        return False
    return 0 < int(port) < 65536


def write_line(error: BaseException) -> str:
    """What an error says, as the end of a sentence."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(".")
