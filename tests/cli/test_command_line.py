"""Usage, streams and colour of a command line; what is wrong in one gets a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cnnspec.cli import VERBS
from tests.cli.commands import run

ROOT = Path(__file__).parents[2]


def test_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        [],
        ["check", "a", "--max-layers", "-1"],
        ["nothing"],
        ["summary"],
        ["summary", "a", "--format", "xml"],
    ):
        assert run(capsys, *arguments)[0] == 2
    assert run(capsys, "--version")[0] == 0
    for verb in VERBS:
        status, out, _ = run(capsys, verb, "--help")
        assert (status, out.startswith(f"usage: cnnspec {verb}")) == (0, True)


def test_a_reader_that_goes_away(good: Path) -> None:
    command = f"{sys.executable} -m cnnspec summary {ROOT / 'examples' / 'resnet50.cnn'} | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stderr == ""
    assert done.stdout.startswith('Model: "')


def test_no_color_unless_a_terminal_wants_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.cnn"
    path.write_text("input 8x8x1\ncnv(4)\n")
    assert "\x1b" not in run(capsys, "check", path)[1]
    script = f"import pty, sys; sys.exit(pty.spawn([{sys.executable!r}, '-m', 'cnnspec', 'check', {str(path)!r}]) >> 8)"
    environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm"}
    colored = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        cwd=ROOT,
        env=environment,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert b"\x1b[1;31merror" in colored.stdout
    plain = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        cwd=ROOT,
        env=environment | {"NO_COLOR": "1"},
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert b"\x1b[1;31m" not in plain.stdout


def test_checking_imports_nothing_heavy(good: Path) -> None:
    script = (
        "import sys; from cnnspec.cli import main; status = main(sys.argv[1:]);"
        "print([m for m in ('numpy', 'rich', 'keras', 'tensorflow', 'lark', 'sklearn') if m in sys.modules])"
    )
    for verb, file in (("check", ROOT / "examples" / "resnet50.cnn"), ("format", good), ("summary", good)):
        command = [sys.executable, "-c", script, verb, str(file)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
        assert done.stdout.splitlines()[-1] == "[]"


# ---- wrong command lines ------------------------------------------------------------------------------------
WRONG = [
    ("trian first.cnn", 'there is no command "trian"; did you mean "train"?'),
    ("xyz", 'there is no command "xyz"; cnnspec --help shows how it is called'),
    ("--foo", "cnnspec has no option --foo; cnnspec --help shows how it is called"),
    ("train", "what is missing: FILE; cnnspec train --help shows how it is called"),
    ("train net.cnn --epochs", "--epochs takes a value; cnnspec train --help shows how it is called"),
    (
        "rf net.cnn conv1 --at -1,x",
        '--at must be a place, such as 3,4, not "-1,x"; cnnspec rf --help shows how it is called',
    ),
    ("check net.cnn --format json", 'cnnspec check has no option --format; did you mean "--output-format"?'),
    ("summary net.cnn --output-format json", 'cnnspec summary has no option --output-format; did you mean "--format"?'),
    ("train net.cnn --batchs=3", 'cnnspec train has no option --batchs; did you mean "--batch"?'),
    (
        "train net.cnn --batch ten",
        '--batch must be a whole number from 1, not "ten"; cnnspec train --help shows how it is called',
    ),
    ("train a.cnn b.cnn", '"b.cnn" is one argument too many; cnnspec train --help shows how it is called'),
    (
        "evaluate run --split tests",
        '--split must be test, validation or train, not "tests"; did you mean "test"?',
    ),
    (
        "check --jobs 0 .",
        '--jobs must be a whole number from 1, not "0"; cnnspec check --help shows how it is called',
    ),
    (
        "sizes net.cnn --near 3xx",
        '--near must be a size, such as 670 or 670x512, not "3xx"; cnnspec sizes --help shows how it is called',
    ),
    (
        "rf net.cnn conv1 --at x",
        '--at must be a place, such as 3,4, not "x"; cnnspec rf --help shows how it is called',
    ),
]


@pytest.mark.parametrize(("line", "message"), WRONG)
def test_a_wrong_command_line_gets_one_sentence(line: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, *line.split()) == (2, "", f"cnnspec: {message}\n")


@pytest.mark.parametrize(
    ("last", "first"),
    [
        ("explain a.cnn --format json conv1", "explain a.cnn conv1 --format json"),
        ("rf a.cnn --at 0,0 conv1 conv2", "rf a.cnn conv1 conv2 --at 0,0"),
        (
            "trace --seed 3 a.cnn --input random --decimals conv1",
            "trace a.cnn conv1 --seed 3 --input random --decimals",
        ),
        (
            "check a.cnn --no-cache --select W --select E b.cnn -q",
            "check a.cnn b.cnn --no-cache --select W --select E -q",
        ),
        ("layers --width 60 conv", "layers conv --width 60"),
    ],
)
def test_options_stand_anywhere(last: str, first: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before the last word too, which argparse takes for one too many."""
    for name in ("a.cnn", "b.cnn"):
        (tmp_path / name).write_text("input 4x4x1\nconv(1, 2x2, stride=3) -> conv(1, 1x1)\n")
    paths = {name: str(tmp_path / name) for name in ("a.cnn", "b.cnn")}
    shown = [run(capsys, *[paths.get(word, word) for word in command.split()]) for command in (last, first)]
    assert shown[0] == shown[1] and "too many" not in shown[0][2]
