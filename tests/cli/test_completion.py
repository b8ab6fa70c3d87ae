"""Completion, asked for in the shells themselves, as far as they are on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cnnspec.cli import VERBS
from cnnspec.cli.completion import SHELLS
from cnnspec.lint.index import NAMES
from tests.cli.commands import run

ASK = {
    "bash": """source ./script
COMP_LINE="$1"; read -ra COMP_WORDS <<< "$1"; [[ "$1" == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _cnnspec_words 2>/dev/null; printf '%s\\n' "${COMPREPLY[@]}" """,
    "fish": "source ./script; complete -C $argv[1] | string replace -r '\\t.*' ''; true",
}
LINES = {  # what is typed, and what is proposed
    "cnnspec ": set(VERBS),
    "cnnspec su": {"summary"},
    "cnnspec summary ": {"net.cnn", "best.keras", "sub"},
    "cnnspec check net.cnn ": {"net.cnn", "best.keras", "sub"},
    "cnnspec fix ": {"net.cnn", "sub"},
    "cnnspec play ": {"net.cnn", "sub"},
    "cnnspec diff net.cnn ": {"net.cnn", "best.keras", "sub"},
    "cnnspec compare net.cnn --set n=1 ": {"net.cnn", "best.keras", "sub"},
    "cnnspec export ": {"best.keras", "sub"},
    "cnnspec resume ": {"sub"},
    "cnnspec summary net.cnn --format ": {"text", "markdown", "csv", "latex", "json"},
    "cnnspec check --output-f": {"--output-format"},
    "cnnspec rule W20": {code for code in NAMES if code.startswith("W20")},
    "cnnspec rule illegal": {"illegal-stride"},
    "cnnspec check --select illegal": {"illegal-stride"},
    "cnnspec check --select W21": {code for code in NAMES if code.startswith("W21")},
    "cnnspec layers separable": {"separable_conv"},
    "cnnspec help su": {"summary"},
    "cnnspec completion ": set(SHELLS),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files of several kinds."""
    for name in ("net.cnn", "best.keras", "other.txt"):
        (tmp_path / name).touch()
    (tmp_path / "sub").mkdir()
    return tmp_path


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("shell", ASK)
def test_a_shell_completes(shell: str, line: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    (folder / "script").write_text(run(capsys, "completion", shell)[1])
    words = [line] if shell == "fish" else ["bash", line]
    done = subprocess.run(
        [shell, "-c", ASK[shell], *words], cwd=folder, env=os.environ | {"HOME": str(folder)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert {word.removesuffix("/") for word in done.stdout.split()} == LINES[line]


IN_BASH = {  # what is typed in bash, and the line that a tab makes of it
    "cnnspec check --output-format=s": "cnnspec check --output-format=sarif ",
    "cnnspec compile net.cnn --to=o": "cnnspec compile net.cnn --to=onnx ",
    "cnnspec compile net.cnn --to o": "cnnspec compile net.cnn --to onnx ",
    "cnnspec compile --to=onnx n": "cnnspec compile --to=onnx net.cnn ",
    "cnnspec compile --set width=8 n": "cnnspec compile --set width=8 net.cnn ",
    "cnnspec compile --set=width=8 n": "cnnspec compile --set=width=8 net.cnn ",
    "cnnspec compile net.cnn --weights=b": "cnnspec compile net.cnn --weights=best.keras ",
    "cnnspec summary --format=": "cnnspec summary --format=",  # several: the line stays
    "cnnspec check --select il": "cnnspec check --select illegal-stride ",
    "cnnspec check --select=il": "cnnspec check --select=illegal-stride ",
    "cnnspec check --select W201,il": "cnnspec check --select W201,illegal-stride ",
    "cnnspec check --ignore=W201,W202,il": "cnnspec check --ignore=W201,W202,illegal-stride ",
    "cnnspec check --select W201,il n": "cnnspec check --select W201,il net.cnn ",
    "cnnspec check n": "cnnspec check net.cnn ",
    "cnnspec check o": "cnnspec check o",
}


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_a_tab_in_bash(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a bash with a terminal, which takes words apart as a user's does."""
    import pty
    import tty

    (folder / "script").write_text(run(capsys, "completion", "bash")[1])
    (folder / "rc").write_text(
        """source ./script; bind -x '"\\C-g": printf "<%s>" "$READLINE_LINE" >> lines'; PS1=''\n"""
    )
    (folder / "inputrc").write_text("set bell-style none\n")
    master, slave = pty.openpty()
    tty.setraw(slave)  # what is typed before bash asks for it is kept as it is
    shell = subprocess.Popen(
        ["bash", "--noprofile", "--rcfile", "rc", "-i"], cwd=folder, stdin=slave, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env=os.environ | {"INPUTRC": "inputrc", "TERM": "dumb"}, start_new_session=True,
    )  # fmt: skip
    os.write(master, "".join([f"{line}\t\x07\x15" for line in IN_BASH]).encode() + b"exit\n")
    shell.wait(60)
    os.close(master)
    os.close(slave)
    assert (folder / "lines").read_text()[1:-1].split("><") == list(IN_BASH.values())


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_knows_every_command_and_option(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, script, err = run(capsys, "completion", shell)
    assert (status, err) == (0, "")
    for word in (*VERBS, "strict-stride", "max-layers", "illegal-stride"):
        assert word in script


ZSH = r"""zmodload zsh/zpty
zpty shell "$0" -f -i
zpty -w shell "PS1=; fpath=($PWD $fpath); module_path=($module_path); autoload -U compinit; compinit -u -D; bindkey '^I' complete-word"
sleep 1
zpty -w -n shell "$1"$'\t'
sleep 1
while zpty -r -t shell part; do print -r -n -- "$part"; done
"""
TYPED = {  # what is typed in zsh, which shows no list of what it proposes to a pipe, and how it ends
    "cnnspec summ": "summary",
    "cnnspec summary n": "net.cnn",
    "cnnspec export b": "best.keras",
    "cnnspec diff net.cnn b": "best.keras",
    "cnnspec rule illegal": "illegal-stride",
    "cnnspec summary net.cnn --format m": "markdown",
}


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
@pytest.mark.parametrize("line", TYPED)
def test_zsh_completes(line: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "_cnnspec").write_text(run(capsys, "completion", "zsh")[1])
    done = subprocess.run(["zsh", "-f", "-c", ZSH, "zsh", line], cwd=folder, capture_output=True, text=True, check=True)
    assert f"{line.rpartition(' ')[0]} {TYPED[line]}" in done.stdout


def test_a_shell_that_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    said = 'cnnspec: shell must be bash, zsh or fish, not "fisch"; did you mean "fish"?\n'
    assert run(capsys, "completion", "fisch") == (2, "", said)
