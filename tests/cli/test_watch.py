"""`check --watch`, as a process of its own that files change under."""

from __future__ import annotations

import argparse
import os
import pty
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cnnspec.cli import main, settings, watch

ROOT = Path(__file__).parents[2]
GOOD = "input 7x7x3\nconv(8, 3x3)\n"
STRIDE = "input 7x7x3\nconv(8, 3x3, stride=3)\n"
SECONDS = 300  # for one round, on however busy a machine


class Watching:
    """A running `check --watch`; `round()` gives what the next round says."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        script = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from cnnspec.cli import main, watch\n"
        script += "watch.INTERVAL = 0.05; sys.exit(main(['check', '--watch', *sys.argv[1:]]))"
        command = [sys.executable, "-c", script, *arguments, "--output-format", "concise"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder, start_new_session=True
        )
        self.lines: queue.Queue[str] = queue.Queue()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def round(self) -> list[str]:
        """The lines up to the one that says that it is watching, without the time."""
        found: list[str] = []
        while not (found and "Ctrl-C ends it" in found[-1]):
            found.append(self.lines.get(timeout=SECONDS))
        found[-1] = re.sub(r"\d\d:\d\d:\d\d", "TIME", found[-1])
        return found

    def until(self, seen: Callable[[list[str]], bool]) -> list[str]:
        """The first round of which this holds: a change in two steps may take two."""
        while not seen(found := self.round()):
            pass
        return found


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Callable[..., Watching]]:
    started: list[Watching] = []

    def start(*arguments: str) -> Watching:
        started.append(Watching(tmp_path, *arguments))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait()


def write(path: Path, text: str | bytes) -> None:
    """Give a file another content at once: one that is looked at in between would be empty for a round."""
    beside = path.with_name(f".{path.name}.swp")
    beside.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.replace(beside, path)


def last(files: int) -> str:
    return f"cnnspec: checked at TIME, watching {files} file{'s' * (files != 1)}; Ctrl-C ends it"


def test_whatever_the_answer_depends_on(tmp_path: Path, watching: Callable[..., Watching]) -> None:
    net, lib = tmp_path / "net.cnn", tmp_path / "lib.cnn"
    write(net, GOOD)
    seen = watching(".")
    assert seen.round() == ["1 file: no mistakes found", last(1)]
    write(net, STRIDE)
    changed, finding, tally, _ = seen.round()
    assert (changed, tally) == ("cnnspec: net.cnn changed", "1 warning in 1 file") and "W201" in finding
    write(net, 'use "lib.cnn" (f)\ninput 7x7x3 -> f(8)\n')  # which is not there
    assert "cannot read lib.cnn: No such file" in seen.round()[1]
    write(lib, "block f(n) { conv(n, 3x3, stride=3) }\n")  # a new file in the folder, and what the other uses
    found = seen.round()
    assert found[0] == "cnnspec: lib.cnn changed" and "lib.cnn:1:" in found[1] and "W201" in found[1]
    assert found[-2:] == ["1 warning in 2 files", last(2)]
    write(tmp_path / "cnnspec.toml", 'ignore = ["W201"]\n')
    assert seen.round() == ["cnnspec: cnnspec.toml changed", "2 files: no mistakes found", last(2)]
    write(tmp_path / "cnnspec.toml", "ignore = [")  # half of it
    assert "is not TOML" in seen.round()[1]
    (tmp_path / "cnnspec.toml").unlink()
    assert "W201" in seen.round()[1]
    write(lib, "block f(n) { conv(n, 3x3) }\n")
    assert seen.round() == ["cnnspec: lib.cnn changed", "2 files: no mistakes found", last(2)]
    net.unlink()
    changed, tally, hint, end = seen.round()  # a library alone is left
    assert (changed, tally, end) == ("cnnspec: net.cnn changed", "1 file: no mistakes found", last(1))
    assert hint.startswith("lib.cnn holds blocks and no network")
    (tmp_path / "deep").mkdir()
    write(tmp_path / "deep" / "more.cnn", STRIDE)
    assert seen.round()[-2:] == ["1 warning in 2 files", last(2)]
    write(tmp_path / "notes.txt", "nothing to do with it")
    write(lib, "block f(n) { conv(n, 1x1) }\n")
    assert seen.round()[0] == "cnnspec: lib.cnn changed", "the notes made no round, nor do they count as a change"


def test_mending_again_and_again(tmp_path: Path, watching: Callable[..., Watching]) -> None:
    net, lib = tmp_path / "net.cnn", tmp_path / "lib.cnn"
    text = 'use "lib.cnn" (f)\ninput 9x9x3\nf(8)\nrelu\n'
    write(net, text)
    write(lib, "block f(n) { conv(n, 3x3) }\n")
    seen = watching("net.cnn", "--diff")
    assert seen.round() == [last(2)]
    write(lib, "block f(n) { conv(n, 3x3) -> relu }\n")
    found = seen.round()
    assert found[0] == "cnnspec: lib.cnn changed" and "-relu" in found
    assert (net.read_text(), seen.process.poll()) == (text, None)
    fixing = watching("net.cnn", "--fix")
    assert fixing.round()[-2:] == ["1 file: no mistakes found", last(2)]
    assert net.read_text() == text.replace("relu\n", "")
    assert fixing.round() == ["cnnspec: net.cnn changed", "1 file: no mistakes found", last(2)]
    write(lib, "block f(n) { conv(n, 1x1) -> relu }\n")
    assert fixing.round()[0] == "cnnspec: lib.cnn changed", "what it wrote itself is looked at once more, and no more"


def test_a_named_file_that_comes_and_goes(tmp_path: Path, watching: Callable[..., Watching]) -> None:
    net = tmp_path / "net.cnn"
    seen = watching("net.cnn", "--no-cache")
    assert "cannot read net.cnn" in seen.round()[0]
    write(net, b"input 7x7x3\nconv(8, \xff")
    assert "not UTF-8" in seen.round()[1]
    write(net, GOOD)
    assert seen.round()[1] == "1 file: no mistakes found"
    with net.open("w") as file:  # written bit by bit: what counts is the end
        for line in STRIDE.splitlines(keepends=True):
            file.write(line)
            file.flush()
            time.sleep(0.15)
    assert "W201" in seen.until(lambda found: "1 warning in 1 file" in found)[1]
    net.unlink()  # the end may have been looked at twice
    seen.until(lambda found: any("cannot read net.cnn" in line for line in found))
    assert seen.process.poll() is None


def test_ctrl_c_is_how_it_ends(tmp_path: Path, watching: Callable[..., Watching]) -> None:
    write(tmp_path / "net.cnn", STRIDE)
    seen = watching("net.cnn")
    seen.round()
    os.killpg(seen.process.pid, signal.SIGINT)
    assert seen.process.wait(timeout=SECONDS) == 0
    seen.reader.join(SECONDS)  # up to the end of what it has printed
    assert seen.lines.empty()


def test_a_terminal_is_cleared(tmp_path: Path) -> None:
    net = tmp_path / "net.cnn"
    write(net, STRIDE)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "cnnspec", "check", "--watch", "net.cnn"]
    environment = {**os.environ, "TERM": "xterm", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path, env=environment, start_new_session=True
    ) as process:
        os.close(theirs)

        def shown() -> str:
            text = b""
            while b"Ctrl-C ends it\r\n" not in text:
                text += os.read(ours, 65_536)
            return text.decode()

        first = shown()
        assert first.startswith("\x1b[2J\x1b[3J\x1b[H") and first.count("\x1b[2J") == 1 and "W201" in first
        write(net, GOOD)
        second = shown()
        assert second.startswith("\x1b[2J\x1b[3J\x1b[H1 file: no mistakes found\r\n") and "changed" not in second
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=SECONDS) == 0
    os.close(ours)


def test_what_cannot_be_watched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, sentence in (
        (["-"], "--watch cannot read stdin again: name a file or a folder"),
        (
            [str(tmp_path), "--write-baseline", "b.json"],
            "--watch and --write-baseline together: write the baseline first",
        ),
    ):
        assert main(["check", "--watch", *arguments]) == 2
        assert capsys.readouterr() == ("", f"cnnspec: {sentence}\n")


def test_a_file_that_changes_while_it_is_first_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How a file was before its round is not known when nobody knew that it would be used: it is checked again."""
    lib = tmp_path / "lib.cnn"
    rounds: list[str] = []

    def once(options: argparse.Namespace, lookup: settings.Lookup) -> int:
        lookup.looked_at.add(str(lib))
        rounds.append(lib.read_text())
        if len(rounds) == 2:
            raise KeyboardInterrupt
        lib.write_text("new")
        return 0

    times = iter(range(10))

    def sleep(seconds: float) -> None:
        next(times)  # that the second round never comes is a StopIteration

    lib.write_text("old")
    os.utime(lib, (0, 0))
    monkeypatch.setattr(watch, "sleep", sleep)
    options = argparse.Namespace(paths=[str(tmp_path / "net.cnn")], baseline=None, write_baseline=None, quiet=True)
    assert watch.watch(options, once) == 0
    assert rounds == ["old", "new"]
