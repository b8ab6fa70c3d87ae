"""A sweep on a Dask cluster finds what one process finds, to the last digit, whatever happens to some of its workers."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnspec
from cnnspec.cli import main
from cnnspec.sweep.remote import SweepBroken
from tests.support import IN_THOROUGH
from tests.sweep.crews import ASKED, OVER, TEXT, ask, kill_at, only_asked, run


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed", reason="Dask's distributed is not installed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=2, dashboard_address=":0") as made:
        yield made


def test_dask_finds_what_one_process_finds(alone: Any, cluster: Any) -> None:
    from distributed import Client

    from cnnspec.sweep.cluster import Cluster

    assert run(ask(), Cluster(cluster.scheduler_address)) == alone
    with Client(cluster) as client:
        found = cnnspec.sweep(TEXT, OVER, dask=client, **ASKED)
        assert client.status == "running"
    assert json.loads(json.dumps(only_asked(found)).replace("<text>", "net.cnn")) == alone[0]
    assert np.all(np.diff(found["number"]) > 0)


def test_a_killed_dask_worker_changes_nothing(alone: Any, cluster: Any) -> None:
    from distributed import Client

    from cnnspec.sweep.cluster import Cluster

    with Client(cluster) as client:
        assert run(ask(), Cluster(client), kill_at(2, lambda: min(client.run(os.getpid).values()))) == alone


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address of a scheduler with one worker, and its process."""
    pytest.importorskip("distributed", reason="Dask's distributed is not installed")
    place = tmp_path / "scheduler.json"
    starting = [sys.executable, "-m", "dask"]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    first = subprocess.Popen(
        [*starting, "scheduler", "--port=0", "--dashboard-address=:0", f"--scheduler-file={place}"], **quiet
    )
    worker = subprocess.Popen(
        [*starting, "worker", "--nthreads=1", "--no-nanny", "--no-dashboard", f"--scheduler-file={place}"], **quiet
    )
    try:
        from distributed import Client

        for _ in range(600):
            if place.exists():
                break
            time.sleep(0.05)
        address = json.loads(place.read_text())["address"]
        with Client(address) as client:
            client.wait_for_workers(1, 30)
        yield address, first
    finally:
        for process in (worker, first):
            process.kill()
            process.wait()


def test_a_dask_scheduler_that_ends_is_told_soon_and_what_is_done_is_kept(scheduler: Any) -> None:
    from cnnspec.sweep.cluster import Cluster

    address, process = scheduler
    ended = []

    def step(count: int) -> None:
        process.kill()
        ended.append(time.monotonic())

    with pytest.raises(SweepBroken, match=f"the Dask scheduler at {address} is gone") as broken:
        run(ask(), Cluster(address), step)
    assert time.monotonic() - ended[0] < 15
    assert broken.value.found is not None
    assert 0 < broken.value.found.done < 240_000


NOBODY = {
    "tcp://127.0.0.1:1": "no Dask scheduler answers at tcp://127.0.0.1:1",
    "nowhere": "a Dask scheduler has an address such as tcp://127.0.0.1:8786, not nowhere",
    "tcp://nowhere": "such as tcp://127.0.0.1:8786, not tcp://nowhere",
    "tcp://127.0.0.1:many": "such as tcp://127.0.0.1:8786, not tcp://127.0.0.1:many",
    "127.0.0.1:99999": "such as tcp://127.0.0.1:8786, not 127.0.0.1:99999",
    "::1": "such as tcp://127.0.0.1:8786, not ::1",
    "http://127.0.0.1:8786": "a Dask scheduler has an address such as tcp://127.0.0.1:8786, not http://127.0.0.1:8786",
}


@pytest.mark.parametrize("address", NOBODY)
def test_where_no_dask_scheduler_answers_it_is_told_soon(
    address: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("distributed", reason="Dask's distributed is not installed")
    began, level = time.monotonic(), logging.getLogger("distributed.client").level
    assert main(["sweep", "net.cnn", "--over", "size=8..9", "-o", "x.csv", "--dask", address]) == 2
    assert logging.getLogger("distributed.client").level == level
    assert NOBODY[address] in " ".join(capsys.readouterr().err.split())
    assert time.monotonic() - began < (9 if address == "tcp://127.0.0.1:1" else 5)
    assert not (folder / "x.csv").exists()


def test_without_dask_it_is_told_what_to_install(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["sweep", "net.cnn", "--over", "size=8..9", "--dask", "tcp://127.0.0.1:1"]) == 2
    assert "Dask's distributed is not installed; its workers need it:" in " ".join(capsys.readouterr().err.split())


@IN_THOROUGH
def test_a_scheduler_without_workers_is_told() -> None:
    distributed = pytest.importorskip("distributed", reason="Dask's distributed is not installed")
    from cnnspec.sweep.cluster import Cluster

    told = pytest.raises(SweepBroken, match="has no workers: start some")
    with distributed.LocalCluster(n_workers=0, dashboard_address=":0") as made, told:
        Cluster(made.scheduler_address)
