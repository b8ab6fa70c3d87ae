"""The fuzzer: what it found before stays mended, a few cases of a fixed seed, and that it would see a fault."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz import apart, claims, finds
from tests.fuzz.commands import Command
from tests.fuzz.finds import FOLDER, Smaller
from tests.fuzz.kept import verdict
from tests.fuzz.pool import Pool, Stretch, Tally
from tests.fuzz.trials import Case, case_of, judged
from tests.fuzz.truth import Wrong

FOUND = [
    pytest.param(case, id=f"{path.stem}: {title}")
    for path in sorted(FOLDER.glob("*.md"))
    for title, case in finds.read(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("case", FOUND)
def test_what_was_found_once(case: Case) -> None:
    found = judged(case).wrong
    assert found is None, found


def tally_of(*stretches: Stretch, seed: int = 1) -> Tally:
    total = Tally()
    for tally in Pool(seed, 2, float("inf")).run(iter(stretches)):
        total.add(tally)
    return total


def called(*argv: str) -> subprocess.CompletedProcess[str]:
    """The command line, in a process of its own: one that has run TensorFlow must not be forked."""
    command = [sys.executable, "-m", "tests.fuzz", *argv]
    return subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)


def test_the_first_cases_of_a_seed() -> None:
    done = called("--jobs", "2", "--texts", "200", "--networks", "10", "--commands", "15")
    assert done.returncode == 0, done.stdout
    assert all(words in done.stdout for words in ("200 texts, ", "10 networks, ", "15 commands, ", "largest: "))


# ---- the same cases every time ------------------------------------------------------------------------------
def test_a_number_is_a_case_on_every_machine() -> None:
    script = "from tests.fuzz.trials import case_of\nprint([hash(repr(case_of(k, 3, n))) for k in ('texts', 'networks', 'commands') for n in range(60)])"
    script = script.replace("hash(", "__import__('zlib').crc32(").replace("n))) for", "n)).encode()) for")
    made = {
        subprocess.run(
            [sys.executable, "-c", script], cwd=Path(__file__).parents[2], env={"PYTHONHASHSEED": seed}, capture_output=True,
            text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(made) == 1


# ---- it would see a fault ----------------------------------------------------------------------------------
def broken(kind: str) -> Any:
    """An analysis that does something wrong with a text that holds "relu"."""

    def analyse(source: Any, *given: Any, **named: Any) -> Any:
        if "relu" in source.text:
            if kind == "raises":
                raise IndexError("list index out of range")
            if kind == "spins":
                while True:
                    pass
            if kind == "hoards":
                raise MemoryError(bytearray(2 * apart.MEMORY))
            if kind == "dies":
                apart.os.kill(apart.os.getpid(), 9)
        return ANALYSE(source, *given, **named)

    return analyse


ANALYSE = claims.analyse
SEEN = {"raises": "IndexError", "spins": apart.SLOW, "hoards": "MemoryError", "dies": "killed by signal 9"}


@pytest.mark.parametrize("kind", SEEN)
def test_a_fault_in_a_text_is_seen(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "analyse", broken(kind))
    monkeypatch.setattr(apart, "CPU", 0.2)
    assert verdict("input 8x8x3\nconv(4, 3x3)\n") is None
    found = verdict("input 8x8x3\nrelu\n")
    assert found is not None and found.kind.startswith(SEEN[kind])


def test_behind_a_case_that_kills_its_child_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "tests.fuzz.pool.case_of", lambda kind, seed, number: "relu" if number == 3 else "input 8x8x3\n"
    )
    monkeypatch.setattr(claims, "analyse", broken("dies"))
    total = tally_of(Stretch("texts", 0, 8))
    assert [find.number for find in total.finds] == [3]
    assert total.cases["texts"] == 8


FAULTS: dict[str, tuple[Command, dict[str, Any]]] = {
    "exit status 3": (Command(("check", "net.cnn"), {}), {"status": 3}),
    "exit status 2 without a word": (Command(("check", "net.cnn"), {}), {"status": 2}),
    "IndexError cnnspec/size.py add": (
        Command(("cost", "net.cnn"), {}),
        {"err": b'Traceback (most recent call last):\n  File "/x/cnnspec/size.py", line 3, in add\nIndexError: no\n'},
    ),
    "internal error": (Command(("cost", "net.cnn"), {}), {"err": b"cnnspec: internal error: IndexError"}),
    "object at 0x": (Command(("check", "net.cnn"), {}), {"out": b"not <Closure object at 0x7f>\n"}),
    "control characters": (Command(("check", "net.cnn"), {}), {"out": b"\x1b[31m\n"}),
    "cannot be read": (Command(("check", "net.cnn", "--output-format", "json"), {}), {"out": b"[{]\n"}),
    "not JSON": (Command(("cost", "net.cnn", "--format", "json"), {}), {"out": b"[NaN]\n"}),
    "junit that cannot be read": (Command(("check", "net.cnn", "--output-format", "junit"), {}), {"out": b"<a>\n"}),
    "different lengths": (Command(("summary", "net.cnn", "--format", "csv"), {}), {"out": b"a,b\nc\n"}),
    "py that cannot be read": (Command(("compile", "net.cnn", "-o", "-"), {}), {"out": b"x = = 1\n"}),
    "temporary file": (Command(("fix", "net.cnn"), {}), {"files": {".net.cnn.12.tmp": b""}}),
    apart.SLOW: (Command(("check", "net.cnn"), {}), {"broke": apart.SLOW}),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_of_a_command_is_seen(kind: str) -> None:
    command, changes = FAULTS[kind]
    sound = apart.Outcome(0, b"", b"", {}, 0.1, 1000)
    assert claims.wrong_with(command, sound) is None
    found = claims.wrong_with(command, sound._replace(**changes))
    assert found is not None and kind in found.kind


@pytest.mark.parametrize(("kind", "loop"), [(apart.SLOW, "while True: pass"), (apart.LARGE, "x = bytearray(2**31)")])
def test_limits_of_a_command(kind: str, loop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "CPU", 1)
    monkeypatch.setattr("cnnspec.cli.main", lambda argv: exec(loop))
    outcome = apart.run(Command(("check", "net.cnn"), {}))
    assert outcome.broke == kind


def test_files_that_are_mended_badly(monkeypatch: pytest.MonkeyPatch) -> None:
    def worse(argv: list[str]) -> int:
        path = Path("net.cnn")
        path.write_text(path.read_text() + "nothing\n")
        return 0

    monkeypatch.setattr("cnnspec.cli.fix.run", lambda options: worse([]))
    found = judged(Command(("fix", "net.cnn"), {"net.cnn": b"input 8x8x3\nrelu\n"}), False).wrong
    assert found is not None and "a second time" in found.kind


# ---- what is found is made small, and written so that it can be read again -----------------------------------
def test_a_find_is_made_small() -> None:
    def judge(case: Case) -> Wrong | None:
        text = case if isinstance(case, str) else case.files.get("net.cnn", b"").decode()
        return Wrong("bad", "bad") if "conv" in text and "relu" in text else None

    text = "input 8x8x3\nconv(4, 3x3) -> bn\nmaxpool\nrelu -> dense(3)\n"
    assert Smaller(judge, "bad").of(text) in ("convrelu", "conv\nrelu", "conv(relu")
    command = Command(("fix", "net.cnn", "--diff", "b.cnn"), {"net.cnn": text.encode(), "b.cnn": b"x"}, b"input")
    small = Smaller(judge, "bad").of(command)
    assert isinstance(small, Command)
    assert (small.argv, list(small.files), small.stdin) == (("fix",), ["net.cnn"], b"")
    assert Smaller(judge, "bad", tries=0).of(text) == text


@pytest.mark.parametrize(
    "text", ["", "\n", "a\n", "a", "\0", "é\n", "```\n", "\\n\n", "\r\n", "\ufeffa\n", "'\"\\\\x41\n", "\ud800"]
)
def test_a_find_is_read_as_it_was_written(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    for case in (text, Command(("check", "net.cnn", "a b", "it's"), {"net.cnn": data, "b.cnn": b"\xff"}, data)):
        assert list(finds.read(finds.written("a title", case))) == [("a title", case)]


def test_commands_are_read_as_they_were_written() -> None:
    for number in range(60):
        case = case_of("commands", 5, number)
        assert list(finds.read(finds.written("a title", case))) == [("a title", case)]


def test_the_command_line() -> None:
    done = called("--texts", "20", "--networks", "1", "--commands", "2")
    assert (done.returncode, done.stderr) == (0, "")
    assert "20 texts, " in done.stdout and "\n0 kinds of faults\nseed 1, " in done.stdout
    shown = called("--only", "texts", "7").stdout
    assert [case for _, case in finds.read(shown)] == [case_of("texts", 1, 7)]
