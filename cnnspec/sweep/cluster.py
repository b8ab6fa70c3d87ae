"""A crew of Dask workers, which a scheduler knows: on this machine or on others."""

from __future__ import annotations

import logging
from time import monotonic

from cnnspec.sweep.remote import SweepBroken, compute, find_version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from concurrent.futures import Future
    from typing import Any

    from cnnspec.sweep.candidates import Part
    from cnnspec.sweep.partial import Partial

CONNECTING = 5  # seconds that a scheduler has to answer
SCHEMES = ("tcp", "tls", "ws", "wss")
LONELY = 30  # seconds that a scheduler may be without workers: what watches over them starts others


class Cluster:
    """The workers of a scheduler, by its address, or of a distributed.Client. Raises ImportError without Dask's distributed, and
    SweepBroken where nobody answers, there are no workers, or they have other code."""

    def __init__(self, scheduler: Any) -> None:
        from distributed import Client

        self.is_ours = isinstance(scheduler, str)
        self.client: Any = None
        self.logged = 0
        if self.is_ours:
            self.logged = silence(logging.CRITICAL)  # what it has to say of a connection is told in a sentence
            scheme, found, _ = scheduler.partition("://")
            if found and scheme not in SCHEMES:
                raise SweepBroken(f"a Dask scheduler has an address such as tcp://127.0.0.1:8786, not {scheduler}")
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
        self.setup = b""
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

    def begin(self, setup: bytes) -> None:
        self.setup = setup

    def start(self, part: Part) -> Future[Partial]:
        try:
            return self.executor.submit(compute, self.setup, part)  # type: ignore[no-any-return]
        except RuntimeError:
            raise SweepBroken(f"the Dask scheduler at {self.address} is gone") from None

    def look(self) -> None:
        if self.client.status != "running":
            raise SweepBroken(f"the Dask scheduler at {self.address} is gone")
        if self.count_workers():
            self.alone_since = None
            return
        self.alone_since = self.alone_since or monotonic()
        if monotonic() - self.alone_since > LONELY:
            raise SweepBroken(f"the Dask scheduler at {self.address} has no workers any more")

    def mend(self, error: BaseException) -> bool:
        """Dask gives a part to another worker by itself."""
        from concurrent.futures import CancelledError

        from distributed import KilledWorker

        if isinstance(error, CancelledError):
            raise SweepBroken(f"the Dask scheduler at {self.address} is gone, or was told to stop") from None
        if isinstance(error, KilledWorker):
            raise SweepBroken(
                f"several Dask workers in turn ended while they computed the same candidates: {write_line(error)}"
            )
        return False

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


def write_line(error: BaseException) -> str:
    """What an error says, as the end of a sentence."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(".")
