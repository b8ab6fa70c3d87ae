"""A sweep in several processes finds what one process finds, to the last digit, whatever happens to some of them."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnspec
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.cli import main
from cnnspec.sweep import crew as crew_module
from cnnspec.sweep.json import write_data
from cnnspec.sweep.processes import Processes
from cnnspec.sweep.question import make_request
from cnnspec.sweep.remote import SweepBroken, compute, write_setup
from cnnspec.sweep.sweep import Found, choose_candidates, run_sweep
from cnnspec.syntax.parse import parse
from tests.support import IN_THOROUGH

ENDED = "processes in turn ended while they computed the same candidates"
TEXT = """model Net(size=12, w=[4, 8], k=3, act=relu, n=1) {
  input (size, size, 3)
  conv(w[0], k) -> act -> maxpool(2) -> conv(w[1], k, groups=2) * n
  gap -> dense(10)
}
"""
OVER = ["size=1..40", "w[0]=2..21", "w[1]=1..20", "k=1..5", "n=0..2"]  # 240,000; n decides the structure
ASKED: dict[str, Any] = {
    "where": "macs < 2M",
    "by": "-coverage,macs",
    "pareto": "params,-receptive_field,macs",
    "histogram": "macs,coverage,k",
}


def ask(over: list[str] = OVER, **asked: Any) -> Any:
    return make_request(parse(Source("net.cnn", TEXT)), None, {}, over, **{**ASKED, **asked})


def run(request: Any, crew: Any = None, step: Callable[[int], None] | None = None) -> tuple[dict[str, Any], list[Any]]:
    """What is printed as JSON without what depends on who computes, and all rows that are kept, by their numbers."""
    rows: list[Any] = []

    def keep(kept: Any) -> None:
        columns = [*kept.digits, *[column.filled(-1) for columns in kept.figures for column in columns]]
        rows.extend(zip(*[column.tolist() for column in columns], strict=True))

    found = run_sweep(request, step, [keep], crew)
    return only_asked(found), sorted(rows)


def only_asked(found: Found) -> dict[str, Any]:
    data = write_data(found, "Net", "net.cnn")
    del data["seconds"], data["structures"]
    return json.loads(json.dumps(data))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def alone() -> tuple[dict[str, Any], list[Any]]:
    made = run(ask())
    assert made[0]["legal"] > 50_000 < len(made[1])
    assert len(made[0]["reasons"]) > 3
    return made


def test_processes_find_what_one_finds(alone: Any) -> None:
    assert run(ask(), Processes(2)) == alone


def test_a_sample_is_the_same(tmp_path: Path) -> None:
    asked = ask(sample=50_000, seed=3)
    assert run(asked, Processes(2)) == run(asked)


def kill_at(number: int, find: Callable[[], int]) -> Callable[[int], None]:
    """What kills a process when so many parts are done."""
    parts = []

    def step(count: int) -> None:
        parts.append(count)
        if len(parts) == number:
            os.kill(find(), signal.SIGKILL)

    return step


def find_child() -> int:
    import multiprocessing

    return int(multiprocessing.active_children()[0].pid or 0)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nothing kills a process so here")
def test_a_part_whose_process_is_killed_is_computed_again(alone: Any) -> None:
    assert run(ask(), Processes(2), kill_at(2, find_child)) == alone


class Deadly(Processes):
    """Processes that end at every part."""

    def __init__(self, workers: int) -> None:
        super().__init__(workers)
        self.work = end


def end(setup: bytes, part: Any) -> Any:
    os.kill(os.getpid(), signal.SIGTERM)


def test_what_ends_every_process_is_told() -> None:
    with pytest.raises(SweepBroken, match=f"{crew_module.MOST_TRIES} {ENDED}"):
        run(ask(["size=8..9"], histogram=""), Deadly(1))


def test_ctrl_c_keeps_what_is_done_and_leaves_no_process() -> None:
    import multiprocessing

    def stop(count: int) -> None:
        raise KeyboardInterrupt

    began = time.monotonic()
    data, rows = run(ask(), Processes(2), stop)
    assert 0 < data["done"] < data["candidates"]
    assert 0 < len(rows) == data["kept"]
    assert not multiprocessing.active_children()
    assert time.monotonic() - began < 30


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "net.cnn").write_text(TEXT)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "user.cnn").write_text(
        'use "../blocks.cnn" (twice)\nmodel Net(n=2) {\n  input 9x9x3\n  twice(n)\n}\n'
    )
    (tmp_path / "blocks.cnn").write_text('use "more.cnn" (once)\nblock twice(n) { once(n) -> once(n) }\n')
    (tmp_path / "more.cnn").write_text("block once(n) { conv(n, 3x3) }\n")
    return tmp_path


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_tables_are_the_same_and_in_the_order_of_numbers(ending: str, folder: Path) -> None:
    command = [
        "sweep",
        "net.cnn",
        "--over",
        "size=8..30",
        "--over",
        "n=0..2",
        "--over",
        "w[0]=2..9",
        "--top",
        "0",
        "--force",
    ]
    assert main([*command, "-o", f"one.{ending}"]) == main([*command, "-o", f"two.{ending}", "--jobs", "2"]) == 0
    assert (folder / f"one.{ending}").read_bytes() == (folder / f"two.{ending}").read_bytes()
    if ending == "csv":
        numbers = [int(line.split(",")[0]) for line in (folder / "one.csv").read_text().splitlines()[1:]]
        assert numbers == sorted(set(numbers)) and len(numbers) > 100
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("place", [".", "sub", ".."])
def test_what_a_spec_uses_is_sent(place: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "sub" / "user.cnn"
    monkeypatch.chdir(place)
    source = read(os.path.relpath(path))
    assert isinstance(source, Source)
    request = make_request(parse(source), None, {}, ["n=1..9"])
    setup = write_setup(request, True)
    monkeypatch.chdir("/")  # as a worker of a cluster has it
    for name in ("blocks.cnn", "more.cnn"):
        (folder / name).write_text("no spec at all {")
    (part,) = choose_candidates(request).cut((), 8)
    assert (compute(setup, part).legal, compute(setup, part).kept) == (9, 9)
    (folder / "pyproject.toml").unlink()
    with pytest.raises(SweepBroken, match=r'a worker does not find "\.\./blocks\.cnn", which the spec uses'):
        compute(setup + b" ", part)


def test_what_is_sent_is_small() -> None:
    request = ask(sample=100_000)
    import pickle

    assert len(write_setup(request, True)) < 20_000
    assert max([len(pickle.dumps(part)) for part in choose_candidates(request).cut((4,), 1)]) < 2**15 * 5 + 5_000
    assert max([len(pickle.dumps(part)) for part in choose_candidates(ask()).cut((4,), 1)]) < 1_000


def test_another_version_is_told() -> None:
    import pickle

    _, packed = pickle.loads(write_setup(ask(), True))
    with pytest.raises(SweepBroken, match=r"a worker has cnnspec .*, and this process another: install the same"):
        compute(pickle.dumps(("another", packed)), next(choose_candidates(ask()).cut((), 1)))


# beside another thread processes are started anew, and import the script
SCRIPT = "import cnnspec, threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\nprint(cnnspec.sweep({text!r}, ['size=8..9'], jobs=2).kept)\n"


def test_a_script_that_starts_processes_at_its_top_is_told_why(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(text=TEXT))
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=100, check=False)
    assert f"SweepBroken: {crew_module.MOST_TRIES} {ENDED}" in done.stderr
    assert 'in a script that starts them outside of if __name__ == "__main__":' in done.stderr


BAD = {
    "--jobs 0": "must be a whole number from 1",
    "--jobs two": "must be a whole number from 1",
    "--jobs -1": "",
    "--jobs 2 --dask tcp://127.0.0.1:1": "the workers of a Dask scheduler are as many as there are: leave jobs out",
    "--histogram act": "act is no axis of the space",
    "--histogram=-macs": "a histogram has no order: write macs, not -macs",
    "--histogram parms": 'nothing is called "parms"; did you mean "params"?',
    "--histogram output": '"output" is no condition',
}


@pytest.mark.parametrize("options", BAD)
def test_what_makes_no_sense_is_told_in_a_sentence(
    options: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sweep", "net.cnn", "--over", "size=8..9", *options.split()]) == 2
    shown = capsys.readouterr()
    assert BAD[options] in " ".join(shown.err.split())
    assert not shown.out


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_processes_end_with_their_parent(folder: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "cnnspec",
        "sweep",
        "net.cnn",
        "--jobs",
        "2",
        *[f"--over={axis}" for axis in (*OVER, "act=[relu,tanh,elu,selu]")],
    ]
    parent = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    children: list[str] = []
    for _ in range(400):
        if len(children) >= 2:
            break
        time.sleep(0.05)
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
    assert len(children) >= 2
    time.sleep(1)  # until they are ready
    parent.kill()
    parent.wait()
    for _ in range(400):
        if not any([is_running(child) for child in children]):
            return
        time.sleep(0.05)
    raise AssertionError("a process outlived its parent")


def is_running(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


# ---- Dask --------------------------------------------------------------------------------------------------
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


def test_what_is_done_is_shown_and_written_when_it_cannot_go_on(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Processes.compute

    def break_down(*asked: Any) -> Iterator[Any]:
        parts = whole(*asked)
        yield next(parts)
        parts.close()  # type: ignore[attr-defined]
        raise SweepBroken("the workers are gone")

    monkeypatch.setattr(Processes, "compute", break_down)
    command = ["sweep", "net.cnn", *[f"--over={axis}" for axis in OVER], "--jobs", "2", "--top", "2", "-o", "table.csv"]
    assert main(command) == 2
    shown = capsys.readouterr()
    assert "stopped before its end" in shown.out and "The first 2 by params" in shown.out
    assert "cnnspec: the workers are gone" in shown.err
    assert len((folder / "table.csv").read_text().splitlines()) > 100
    with pytest.raises(SweepBroken) as broken:
        cnnspec.sweep("net.cnn", OVER, jobs=2)
    assert broken.value.found is not None and broken.value.found.done


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
