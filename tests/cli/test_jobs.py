"""Many files at once: the same words in the same order, whoever dies is named, Ctrl-C ends it, and a bar for those who wait."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnspec.base import jobs
from cnnspec.cli import main
from tests.cli.caching import write_corpus
from tests.support import THOROUGH

ROOT = Path(__file__).parents[2]
STRIDE = "input 7x7x3\nconv(8, 3x3, stride=3)\n"
GOOD = "input 8x8x1\nconv(4, 3x3)\n"
SECONDS = 300  # for a command, on however busy a machine
BEGINNING = f"""
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it runs in the background ignore it
sys.path.insert(0, {str(ROOT)!r})
from cnnspec.base import jobs
from cnnspec.cli import main, check_files
"""
# a worker that comes to a file of this name is gone; the parent must never try
DEADLY = """
parent, examine = os.getpid(), check_files.examine
def deadly(name, *rest):
    if 'deadly' in name:
        assert os.getpid() != parent
        os.kill(os.getpid(), getattr(signal, name.split('_')[2]))
    return examine(name, *rest)
check_files.examine = deadly
"""


def check(folder: Path, *arguments: str, script: str = "", **more: Any) -> subprocess.CompletedProcess[str]:
    """A check in a process of its own."""
    command = [sys.executable, "-c", f"{BEGINNING}{script}\nsys.exit(main(['check', '--no-cache', *sys.argv[1:]]))"]
    return subprocess.run(
        [*command, *arguments], capture_output=True, text=True, check=False, cwd=folder, timeout=SECONDS, **more
    )


def told(done: subprocess.CompletedProcess[str]) -> tuple[int, str, str]:
    return done.returncode, done.stdout, done.stderr


# ---- the same ----------------------------------------------------------------------------------------------
def test_several_processes_say_what_one_says(tmp_path: Path) -> None:
    write_corpus(tmp_path, every=1 if THOROUGH else 3)
    (tmp_path / "deep.cnn").write_text("input 8x8x3\n" + "(" * 5_000 + "relu" + ")" * 5_000)
    (tmp_path / "long.cnn").write_text("input 8x8x3\n" + "relu -> " * 5_000 + "relu")
    (tmp_path / "wide.cnn").write_text("input 8x8x3\n" + "cnv(3)\n" * 300)
    options = (".", "missing.cnn", "lib.cnn", "--select", "ALL", "--output-format", "json")
    alone = check(tmp_path, *options, "--jobs", "1")
    assert alone.returncode == 2 and "missing.cnn" in alone.stderr and len(alone.stdout) > 100_000
    for start in ("", "jobs.alone = lambda: False"):  # forked, and started anew
        assert told(check(tmp_path, *options, "--jobs", "3", script=start)) == told(alone)


def test_results_come_with_the_number_of_their_task() -> None:
    for method in (jobs.may_fork, lambda: False):
        original, jobs.may_fork = jobs.may_fork, method
        try:
            assert sorted(jobs.spread(len, ["a" * n for n in range(20)], 3)) == [(n, n) for n in range(20)]
            assert list(jobs.spread(len, [], 3)) == []
        finally:
            jobs.may_fork = original


def test_where_no_process_can_be_started_it_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: Any) -> Any:
        raise OSError("no more processes")

    monkeypatch.setattr(jobs, "start_worker", none)
    assert list(jobs.spread(len, ["", "a", "bb"], 2)) == [(0, 0), (1, 1), (2, 2)]


def test_few_files_start_no_process(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"net{number}.cnn").write_text(GOOD)
    script = "sys.modules.pop('cnnspec.base.jobs'); import cnnspec.base as c; del c.jobs\n" + (
        "import atexit; atexit.register(lambda: print('cnnspec.base.jobs' in sys.modules, file=sys.stderr))"
    )
    for arguments, expected in (
        ([f"net{n}.cnn" for n in range(8)], "False"),
        (["."], str(jobs.cores() > 1)),
        ([".", "--jobs", "1"], "False"),
        (["net1.cnn", "net2.cnn", "--jobs", "2"], "True"),
        (["net1.cnn", "--jobs", "2"], "False"),
    ):
        assert check(tmp_path, *arguments, script=script).stderr.split() == [expected], arguments


def test_usage_errors_are_those_of_the_first_file(tmp_path: Path) -> None:
    for number in range(12):
        (tmp_path / f"net{number:02}.cnn").write_text(f"model A(m=1) {{ {GOOD} }}")
    for arguments in (("--set", "n=3"), ("--model", "M")):
        alone = check(tmp_path, ".", *arguments, "--jobs", "1")
        assert alone.returncode == 2 and "net00.cnn" in alone.stderr and len(alone.stderr.splitlines()) == 1
        assert told(check(tmp_path, ".", *arguments, "--jobs", "3")) == told(alone)
    status = main(["check", str(tmp_path), "--jobs", "0"])
    assert status == 2


# ---- those that die ----------------------------------------------------------------------------------------
def test_who_dies_is_named_and_the_rest_is_reported(tmp_path: Path) -> None:
    for number in range(12):
        (tmp_path / f"net{number:02}.cnn").write_text(STRIDE)
    for name in ("SIGINT", "SIGKILL", "SIGSEGV", "SIGTERM"):  # the first they ignore: it is for the parent
        (tmp_path / f"net05_deadly_{name}_.cnn").write_text(STRIDE)
    done = check(tmp_path, ".", "--jobs", "2", "--output-format", "concise", script=DEADLY)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "cnnspec: net05_deadly_SIGKILL_.cnn: the process that checked it was ended by SIGKILL, as happens where memory runs out",
        "cnnspec: net05_deadly_SIGSEGV_.cnn: the process that checked it was ended by SIGSEGV",
        "cnnspec: net05_deadly_SIGTERM_.cnn: the process that checked it was ended by SIGTERM",
    ]
    assert [line.split(":")[0] for line in done.stdout.splitlines()[:-1]] == [
        *[f"net{n:02}.cnn" for n in range(6)],
        "net05_deadly_SIGINT_.cnn",
        *[f"net{n:02}.cnn" for n in range(6, 12)],
    ]
    assert done.stdout.splitlines()[-1] == "13 warnings in 13 files"


def test_memory_that_runs_out(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"net{number}.cnn").write_text(STRIDE)
    script = (
        "from cnnspec.cli import results; analysis_of = results.analyse_as_asked\n"
        "def hungry(source, *rest):\n    if '1' in source.name: raise MemoryError\n    return analysis_of(source, *rest)\n"
        "results.analyse_as_asked = hungry"
    )
    for number in ("1", "2"):
        done = check(tmp_path, ".", "--jobs", number, script=script)
        assert done.stderr == "cnnspec: net1.cnn: there was not enough memory to check it\n"
        assert done.returncode == 2 and "2 warnings in 2 files" in done.stdout


def test_an_internal_error_is_the_one_that_one_process_has(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"net{number}.cnn").write_text(STRIDE)
    script = "from cnnspec.cli import results\ndef broken(*_): raise RecursionError('too deep')\nresults.analyse_as_asked = broken"
    alone = check(tmp_path, ".", "--jobs", "1", script=script)
    assert "internal error: RecursionError: too deep" in alone.stderr
    assert told(check(tmp_path, ".", "--jobs", "2", script=script)) == told(alone)


# ---- Ctrl-C ------------------------------------------------------------------------------------------------
SLOW = """
examine = check_files.examine
def slow(*rest):
    os.write(2, b'begun\\n')
    time.sleep(600)
check_files.examine = slow
"""


@contextlib.contextmanager
def session(command: list[str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process in a session of its own, of which nothing is left behind."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder, start_new_session=True
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_for_the_last(group: int) -> None:
    """Wait until no process of a group is left; what has ended is there until the system has seen it."""
    deadline = time.monotonic() + SECONDS
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(group, 0)
            time.sleep(0.01)
        pytest.fail("a process lives on")


@pytest.mark.parametrize("number", ["1", "2"])
@pytest.mark.parametrize("whole", [True, False], ids=["the terminal's", "the parent's"])
def test_an_interrupt_ends_all_at_once(tmp_path: Path, number: str, whole: bool) -> None:
    """130 and one sentence; nothing lives on. A terminal sends it to all processes, kill to one."""
    for name in range(10):
        (tmp_path / f"net{name}.cnn").write_text(GOOD)
    command = [sys.executable, "-c", f"{BEGINNING}{SLOW}\nsys.exit(main(['check', '.', '--jobs', '{number}']))"]
    with session(command, tmp_path) as process:
        assert process.stderr is not None
        for _ in range(int(number)):
            assert process.stderr.readline() == "begun\n"
        (os.killpg if whole else os.kill)(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=SECONDS)  # a hang, on however busy a machine
        assert (process.returncode, out, err) == (130, "", "cnnspec: interrupted\n")
        wait_for_the_last(process.pid)


def test_workers_do_not_outlive_their_parent(tmp_path: Path) -> None:
    for name in range(10):
        (tmp_path / f"net{name}.cnn").write_text(GOOD)
    slow = f"parent = os.getpid(){SLOW}".replace("time.sleep(600)", "while os.getppid() == parent: time.sleep(0.01)")
    command = [sys.executable, "-c", f"{BEGINNING}{slow}\nsys.exit(main(['check', '.', '--jobs', '3']))"]
    with session(command, tmp_path) as process:
        assert process.stderr is not None
        assert [process.stderr.readline() for _ in range(3)] == ["begun\n"] * 3
        process.kill()
        out, err = process.communicate(timeout=SECONDS)  # up to the end of stderr: the last has gone
        assert out == "" and err in ("", "begun\n", "begun\n" * 2, "begun\n" * 3), "each ends with what it had"


# ---- the bar -----------------------------------------------------------------------------------------------
def on_terminal(folder: Path, arguments: list[str], both: bool, script: str = "") -> str:
    """What a terminal shows of a check: its stderr, and its stdout if both."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", f"{BEGINNING}{script}\nsys.exit(main(['check', '--no-cache', *sys.argv[1:]]))"]
    out = theirs if both else subprocess.DEVNULL
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen([*command, *arguments], stdout=out, stderr=theirs, cwd=folder, env=environment):
        os.close(theirs)
        shown = b""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline and select.select([ours], [], [], SECONDS)[0]:
            try:
                part = os.read(ours, 65_536)
            except OSError:  # the other end is closed
                break
            shown += part
    os.close(ours)
    return shown.decode()


def test_a_bar_for_those_who_wait(tmp_path: Path) -> None:
    for name in range(30):
        (tmp_path / f"net{name}.cnn").write_text(GOOD)
    slow = "from cnnspec.cli import progress; progress.PATIENCE = 0.05; progress.INTERVAL = 0\nexamine = check_files.examine\n"
    slow += "def slow(*rest):\n    time.sleep(0.01)\n    return examine(*rest)\ncheck_files.examine = slow"
    for number in ("1", "2"):
        shown = on_terminal(tmp_path, [".", "--jobs", number], True, slow)
        assert "checking" in shown and "30/30" in shown
        assert shown.endswith("\x1b[2K30 files: no mistakes found\r\n"), "it is gone at the end"
    few = [f"net{n}.cnn" for n in range(8)]
    for arguments, both in (([".", "-q"], True), ([".", "--output-format", "json"], True), (few, True)):
        assert "checking" not in on_terminal(tmp_path, arguments, both, slow), arguments
    assert "checking" in on_terminal(tmp_path, [".", "--output-format", "json"], False, slow), "stdout goes elsewhere"
    assert (
        "rich"
        not in check(
            tmp_path, ".", script=f"{slow}\nimport atexit\natexit.register(lambda: print(*sys.modules))"
        ).stdout.split()
    )
    quick = "def wait(*_): raise AssertionError\nfrom cnnspec.cli import progress; progress.PATIENCE = 60; progress.drawn = wait"
    assert on_terminal(tmp_path, ["."], True, quick) == "30 files: no mistakes found\r\n"


# ---- nothing in a file -------------------------------------------------------------------------------------
EMPTY = [
    ("", "is empty: begin with, for example, input 28x28x1"),
    (" \n\t\n", "is empty: begin with, for example, input 28x28x1"),
    ("# soon", "holds no network and no block: begin with, for example, input 28x28x1"),
    ("n = 3\n", "holds no network and no block: begin with, for example, input 28x28x1"),
    ("import keras\n", "holds no network and no block: begin with, for example, input 28x28x1"),
    ("train { epochs = 3 }\n", "holds no network and no block: begin with, for example, input 28x28x1"),
    ("block f() { relu }\n", ""),
    ("n = 3\nblock f() { relu }\n", ""),
    ('use "lib.cnn" (f)\n', ""),
    (GOOD, ""),
]


@pytest.mark.parametrize(("text", "remark"), EMPTY, ids=[text.strip() or "empty" for text, _ in EMPTY])
def test_a_file_without_anything_to_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, remark: str
) -> None:
    """Nothing was checked, so nothing passed; a file of blocks alone is there to be used."""
    (tmp_path / "lib.cnn").write_text("block f() { relu }\n")
    path = tmp_path / "a.cnn"
    path.write_text(text)
    unshaped = (
        f"{path} holds blocks and no network: --input 56x56x64 checks their shapes too\n" if "block" in text else ""
    )
    said = ("", f"cnnspec: {path} {remark}\n") if remark else (f"1 file: no mistakes found\n{unshaped}", "")
    for _ in range(2):  # the second time from the cache
        assert main(["check", str(path)]) == (2 if remark else 0)
        assert capsys.readouterr() == said
    assert main(["check", str(path), "-q"]) == (2 if remark else 0)
    assert capsys.readouterr() == ("", said[1])
    (tmp_path / "folder").mkdir()
    path.rename(tmp_path / "folder" / "a.cnn")
    (tmp_path / "folder" / "lib.cnn").write_text("block f() { relu }\n")
    assert main(["check", str(tmp_path / "folder")]) == (2 if remark else 0)
    assert f"{1 if remark else 2} file" in capsys.readouterr().out
    (tmp_path / "folder" / "a.cnn").rename(path)
    with contextlib.chdir(tmp_path):
        assert told(check(tmp_path, "a.cnn", "lib.cnn", "--jobs", "2"))[2].endswith(
            f"a.cnn {remark}\n" if remark else ""
        )
