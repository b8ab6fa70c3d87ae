"""A sweep in several processes finds what one process finds, to the last digit, whatever happens to some of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.cli import main
from cnnspec.sweep import crew as crew_module
from cnnspec.sweep.processes import Processes
from cnnspec.sweep.question import make_request
from cnnspec.sweep.remote import SweepBroken, compute, write_setup
from cnnspec.sweep.sweep import choose_candidates
from cnnspec.syntax.parse import parse
from tests.sweep.crews import OVER, TEXT, ask, find_child, kill_at, run

ENDED = "processes in turn ended while they computed the same candidates"


def test_processes_find_what_one_finds(alone: Any) -> None:
    assert run(ask(), Processes(2)) == alone


def test_a_sample_is_the_same(tmp_path: Path) -> None:
    asked = ask(sample=50_000, seed=3)
    assert run(asked, Processes(2)) == run(asked)


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
