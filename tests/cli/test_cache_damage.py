"""A cache that is damaged, forged, full or shared is as good as none: the answer is the same, and no command fails for it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from cnnspec.cli import cache
from tests.cli.caching import STRIDE, entries, run

ROOT = Path(__file__).parents[2]


def forged(text: str, body: Any) -> str:
    """An entry with another body whose sum is right."""
    return cache.write_entry_text(json.loads(text)[0], json.dumps(body, separators=(",", ":")))


def lying(text: str, change: Any) -> str:
    body = json.loads(text)[2]
    change(body)
    return forged(text, body)


def pipe() -> str:
    path = os.path.join(tempfile.mkdtemp(), "pipe")
    os.mkfifo(path)
    return path


DAMAGE: list[tuple[str, Any]] = [
    ("empty", lambda text: ""),
    ("cut", lambda text: text[: len(text) // 2]),
    ("cut at the end", lambda text: text[:-1]),
    ("longer", lambda text: text + "]"),
    ("garbage", lambda text: "\x00" * len(text)),
    ("not ASCII", lambda text: text + "é"),
    ("one letter", lambda text: text.replace("W201", "W202")),
    ("one figure", lambda text: text.replace("2.33", "2.34")),
    ("clean", lambda text: forged(text, {})),
    ("a number", lambda text: "1"),
    ("deep", lambda text: forged(text, 1).replace("1]", "[" * 100_000)),
    ("deep and right", lambda text: cache.write_entry_text(json.loads(text)[0], "[" * 100_000)),
    ("null", lambda text: forged(text, None)),
    ("too short", lambda text: forged(text, [[]])),
    ("wrong types", lambda text: forged(text, [1, 2, 3])),
    ("an unknown severity", lambda text: lying(text, lambda body: body[0][1][0].__setitem__(5, "grave"))),
    ("a number for a file", lambda text: lying(text, lambda body: body[1].append([0, "0"]))),
    ("a list for a file", lambda text: lying(text, lambda body: body[1].append([["a.cnn"], "0"]))),
    ("a table for files", lambda text: lying(text, lambda body: body.__setitem__(1, {"ab": 1}))),
    ("a text for files", lambda text: lying(text, lambda body: body.__setitem__(1, "ab"))),
    ("a pipe for a file", lambda text: lying(text, lambda body: body[1].append([pipe(), "0"]))),
    ("numbers for a name", lambda text: lying(text, lambda body: body[2].append([1, 2, 3, 4]))),
    ("nothing for a name", lambda text: lying(text, lambda body: body[2].append([None, "a", "b", "c"]))),
    ("a long number", lambda text: lying(text, lambda body: body[0][1][0][2].__setitem__(2, 10**4000))),
    ("more digits than are read", lambda text: cache.write_entry_text(json.loads(text)[0], "9" * 5000)),
    ("larger than any", lambda text: forged(text, "x" * cache.MAX_ENTRY)),
    ("an unknown code", lambda text: lying(text, lambda body: body[0][1][0].__setitem__(0, "W999"))),
    ("a place behind the end", lambda text: lying(text, lambda body: body[0][1][0][2].__setitem__(2, 10_000))),
    ("a place before the start", lambda text: lying(text, lambda body: body[0][1][0][2].__setitem__(1, -1))),
    ("an end before its start", lambda text: lying(text, lambda body: body[0][1][0][2].__setitem__(2, 0))),
    ("a file that is none", lambda text: lying(text, lambda body: body[0][1][0][2].__setitem__(0, 5))),
    ("true for a number", lambda text: lying(text, lambda body: body[0][1][0][2].__setitem__(0, False))),
    ("a field too many", lambda text: lying(text, lambda body: body[0][1][0].append(1))),
    ("a file that cannot be", lambda text: lying(text, lambda body: body[1].append(["\0", "0"]))),
    ("files of no kind", lambda text: lying(text, lambda body: body[1].append(3))),
]


@pytest.mark.parametrize(("what", "damage"), DAMAGE, ids=[what for what, _ in DAMAGE])
def test_a_damaged_entry_is_none(here: Path, checked: list[str], what: str, damage: Any) -> None:
    (here / "a.cnn").write_text(STRIDE)
    fresh = run("a.cnn")
    assert "W201" in fresh[1]
    (entry,) = entries(here)
    whole = entry.read_text()
    checked.clear()
    assert run("a.cnn") == fresh and not checked
    entry.write_text(damage(whole))
    assert run("a.cnn") == fresh
    assert checked == ["a.cnn"], "it was believed"
    assert entry.read_text() == whole, "it was mended"


def test_an_entry_that_is_a_folder(here: Path) -> None:
    (here / "a.cnn").write_text(STRIDE)
    fresh = run("a.cnn")
    (entry,) = entries(here)
    entry.unlink()
    entry.mkdir()
    assert run("a.cnn") == fresh
    assert [path.name for path in (here / cache.NAME).iterdir() if path.suffix == ".tmp"] == []


@pytest.mark.parametrize("folder", ["file", "file/below", "/proc/nowhere", "\0", "/dev/null", "no/such/folder"])
def test_a_folder_that_cannot_be(here: Path, folder: str) -> None:
    (here / "file").write_text("mine")
    (here / "a.cnn").write_text(STRIDE)
    fresh = run("a.cnn", "--no-cache")
    for _ in range(2):
        assert run("a.cnn", "--cache-dir", folder) == fresh
    assert (here / "file").read_text() == "mine"


def test_a_folder_that_another_process_makes_at_the_same_time(
    here: Path, checked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "net.cnn").write_text(STRIDE)
    make = cache.make

    def late(folder: str) -> None:
        make(folder)
        make(folder)

    monkeypatch.setattr(cache, "make", late)
    assert run(".") == run(".")
    assert checked == ["net.cnn"]


def test_a_full_disk(here: Path) -> None:
    """No byte can be written to a file: the answer is the same, and nothing is left behind."""
    (here / "a.cnn").write_text(STRIDE)
    script = (
        f"import resource, signal, sys; sys.path.insert(0, {str(ROOT)!r}); sys.dont_write_bytecode = True\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        "from cnnspec.cli import main; sys.exit(main(['check', 'a.cnn']))"
    )
    fresh = run("a.cnn", "--no-cache")
    (here / cache.NAME).mkdir()
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=here)
    assert (done.returncode, done.stdout, done.stderr) == fresh
    assert list((here / cache.NAME).iterdir()) == []


def test_many_at_once(here: Path, checked: list[str]) -> None:
    """Several processes that write the same entries leave whole ones."""
    for number in range(30):
        (here / f"net{number}.cnn").write_text(STRIDE + f"# {number}\n")
    command = [sys.executable, "-m", "cnnspec", "check", ".", "--jobs", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, cwd=here)
        for _ in range(4)
    ]
    told = {process.communicate(timeout=300)[0] for process in started}
    assert told == {run(".", "--no-cache")[1].encode()}
    assert len(entries(here)) == 30 and len(list((here / cache.NAME).iterdir())) == 32
    checked.clear()
    run(".")
    assert checked == []


def test_killed_while_writing(here: Path) -> None:
    (here / "a.cnn").write_text(STRIDE)
    script = (
        f"import os, signal, sys; sys.path.insert(0, {str(ROOT)!r}); from cnnspec.cli import main\n"
        "os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL); main(['check', 'a.cnn'])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, cwd=here)
    assert done.returncode == -signal.SIGKILL
    assert entries(here) == []
    assert run("a.cnn") == run("a.cnn", "--no-cache")
