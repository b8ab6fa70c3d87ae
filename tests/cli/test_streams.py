"""What a command reads and writes besides files: streams that are closed or full, pipes, devices, readers that go away."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.cli import main
from cnnspec.cli.spec_files import find_specs

TOOL = f"{shlex.quote(sys.executable)} -m cnnspec"
GOOD = "input 8x8x3\nconv(3,3x3)\n"
BAD = "input 8x8x3\ncnv(3)\n"
FULL, CLOSED = "cannot write: No space left on device", "cannot write: Bad file descriptor"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.cnn").write_text(GOOD)
    (tmp_path / "bad.cnn").write_text(BAD)
    (tmp_path / "full").symlink_to("/dev/full")
    for ending in ("py", "svg", "cnn"):
        (tmp_path / f"full.{ending}").symlink_to("/dev/full")
    return tmp_path


def shell(line: str, **environment: str) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a line of bash in which `$C` is cnnspec."""
    done = subprocess.run(
        ["bash", "-c", line.replace("$C", TOOL)], capture_output=True, text=True, check=False, timeout=600,
        stdin=subprocess.DEVNULL, env={**os.environ, **environment},
    )  # fmt: skip
    assert "Traceback" not in done.stderr and "internal error" not in done.stderr, (line, done.stderr)
    return done.returncode, done.stdout, done.stderr


WRITING = [
    ("$C check - <&-", 2, "cannot read stdin"),
    ("$C summary - <&-", 2, "cannot read stdin"),
    ("$C format - <&-", 2, "cannot read stdin"),
    ("$C check good.cnn >&-", 2, CLOSED),
    ("$C check bad.cnn >&- <&-", 2, CLOSED),
    ("$C --help >&-", 2, CLOSED),
    ("$C --version >&-", 2, CLOSED),
    ("$C layers conv >/dev/full", 2, FULL),
    ("$C rule W201 >/dev/full", 2, FULL),
    ("$C check --help >/dev/full", 2, FULL),
    ("$C check good.cnn >/dev/full", 2, FULL),
    ("$C check bad.cnn --output-format sarif >/dev/full", 2, FULL),
    ("$C summary good.cnn --format csv >/dev/full", 2, FULL),
    ("$C explain good.cnn >/dev/full", 2, FULL),
    ("$C rf good.cnn >/dev/full", 2, FULL),
    ("$C lost good.cnn >/dev/full", 2, FULL),
    ("$C cost good.cnn --format json >/dev/full", 2, FULL),
    ("$C sizes good.cnn >/dev/full", 2, FULL),
    ("$C diff good.cnn good.cnn >/dev/full", 2, FULL),
    ("$C compile good.cnn -o - >/dev/full", 2, FULL),
    ("$C format good.cnn --diff >/dev/full", 2, FULL),
    ("cat good.cnn | $C fix - >/dev/full", 2, FULL),
    ("$C compile good.cnn -o full.py", 2, "cannot write full.py: No space left on device"),
    ("$C rf good.cnn -o full.svg", 2, "cannot write full.svg: No space left on device"),
    ("$C check bad.cnn --write-baseline full", 2, "cannot write full: No space left on device"),
    ("$C check good.cnn 2>&-", 0, ""),
    ("$C check bad.cnn 2>&-", 1, ""),
    ("$C summary bad.cnn 2>&-", 1, ""),
    ("$C summary bad.cnn 2>/dev/full", 1, ""),
    ("$C check none.cnn 2>/dev/full", 2, ""),
    ("$C check none.cnn 2> >(true)", 2, ""),
    ("$C summary bad.cnn >&- 2>&-", 2, ""),
    ("$C nothing 2>&-", 2, ""),
    ("$C format good.cnn >&-", 0, "good.cnn was formatted"),
    ("$C compile good.cnn -o made.py >&-", 0, "wrote made.py"),
]


@pytest.mark.parametrize("buffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("part", range(4))
def test_closed_and_full_streams(here: Path, part: int, buffered: str) -> None:
    for line, status, said in WRITING[part::4]:
        (here / "good.cnn").write_text(GOOD)
        got, _, err = shell(line, PYTHONUNBUFFERED=buffered)
        assert got == status and said in err and err.count("\n") <= 12 * ("bad" in line) + 2, (line, got, err)


def test_what_is_closed_is_not_written_into(here: Path) -> None:
    """The next file that is opened would take the number of a closed stream, and get what goes there."""
    assert shell("$C compile good.cnn -o made.py >&- 2>&- <&-")[0] == 0
    assert (here / "made.py").read_text() == shell("$C compile good.cnn -o -")[1]


@pytest.mark.parametrize(("line", "status"), [
    ("$C check good.cnn", 0), ("$C check bad.cnn", 1), ("$C check bad.cnn --output-format sarif", 1), ("$C rules", 0),
    ("$C summary good.cnn", 0), ("$C diff good.cnn bad.cnn", 2), ("$C --help", 0), ("$C explain good.cnn", 0),
])  # fmt: skip
def test_a_reader_that_goes_away_changes_no_status(here: Path, line: str, status: int) -> None:
    for reader in ("true", "head -c1 >/dev/null"):
        done = shell(f"{line} 2>/dev/null | {reader}; exit ${{PIPESTATUS[0]}}")
        assert done == (status, "", ""), reader


# ---- pipes -------------------------------------------------------------------------------------------------
PIPES = [
    ("$C check <(cat bad.cnn)", 1, 'nothing is called "cnv"'),
    ("$C check <(cat good.cnn)", 0, "1 file: no mistakes found"),
    ("cat bad.cnn | $C check /dev/stdin", 1, 'nothing is called "cnv"'),
    ("$C check /dev/stdin < bad.cnn", 1, 'nothing is called "cnv"'),
    ("$C check good.cnn <(cat bad.cnn) --jobs 2", 1, "1 error in 2 files"),
    ("$C check <(cat bad.cnn) --output-format json", 1, '"E010"'),
    ("(sleep 0.3; cat bad.cnn > late) & $C check late", 1, 'nothing is called "cnv"'),
    ("$C check <(printf 'use \"lib.cnn\" (f)\\ninput 8x8x3 -> f')", 0, "no mistakes"),
    ("$C summary <(cat good.cnn)", 0, "Total params: 84"),
    ("cat good.cnn | $C explain /dev/stdin conv1", 0, "3*3*3*3"),
    ("$C diff <(cat good.cnn) <(cat good.cnn)", 0, "same network"),
    ("$C diff <(cat good.cnn) <(cat bad.cnn)", 2, 'nothing is called "cnv"'),
    ("$C compile <(cat good.cnn) -o -", 0, "network in Keras 3"),
    ("$C format --diff <(cat good.cnn)", 1, "+conv(3, 3x3)"),
    ("$C format --check <(cat good.cnn)", 1, "would change"),
    ("$C format <(cat good.cnn)", 2, "cannot be written back"),
    ("$C fix <(cat good.cnn)", 2, "cannot be written back"),
    ("$C check --fix <(printf 'input 8x8x3\\nconv(3, 3x3) -> relu -> relu')", 2, "cannot be written back"),
    ("$C check --watch <(cat good.cnn)", 2, "cannot read /dev/fd/"),
    ("$C check - - < bad.cnn", 1, "1 error in 2 files"),
    ("$C check /dev/null", 2, "is empty"),
    ("$C check - < /dev/zero", 2, "has more than the 67,108,864 bytes that are read"),
    ("$C check folder", 2, "p.cnn: it is a pipe, not a file"),
    ("$C check folder", 2, "n.cnn: it is a device, not a file"),
    ("$C check folder", 2, "s.cnn: it is a socket, not a file"),
    ("$C check folder", 2, "l.cnn: it is a pipe, not a file"),
    ("$C check folder", 2, "loop.cnn: Too many levels of symbolic links"),
    ("$C format folder", 2, "p.cnn: it is a pipe, not a file"),
    ("$C fix folder", 2, "it is a pipe, not a file"),
    ("$C check use_pipe.cnn", 1, "cannot read folder/p.cnn: it is a pipe, not a file"),
    ("$C check use_folder.cnn", 1, "cannot read folder: it is a folder, not a file"),
    ("$C summary folder", 2, "it is a folder, not a file"),
    ("$C check good.cnn --baseline /dev/zero", 2, "/dev/zero is no baseline"),
    ("$C check good.cnn --baseline folder", 2, "cannot read the baseline folder: it is a folder"),
    ('$C check bad.cnn --baseline <(echo \'{"schema_version": 1, "files": {}}\')', 1, "1 error in 1 file"),
    ("$C check folder/s.cnn", 2, "it is a socket, not a file"),
]


@pytest.mark.parametrize("part", range(4))
def test_pipes(here: Path, part: int) -> None:
    (here / "lib.cnn").write_text("block f() { relu }\n")
    folder = here / "folder"
    folder.mkdir()
    for path in (here / "late", folder / "p.cnn"):
        os.mkfifo(path)
    (folder / "n.cnn").symlink_to("/dev/zero")
    (folder / "l.cnn").symlink_to("p.cnn")
    (folder / "loop.cnn").symlink_to("loop.cnn")
    (folder / "d.cnn").mkdir()
    (here / "cnnspec.toml").write_text("")
    (here / "use_pipe.cnn").write_text('use "folder/p.cnn" (f)\ninput 8x8x3 -> f\n')
    (here / "use_folder.cnn").write_text('use "folder" (f)\ninput 8x8x3 -> f\n')
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("folder/s.cnn")
        for line, status, said in PIPES[part::4]:
            (here / "good.cnn").write_text(GOOD)
            got, out, err = shell(line)
            assert got == status and said in out + err, (line, got, out, err)


def test_a_device_that_used_leads_to_is_named_as_it_is_written(here: Path) -> None:
    """The link leads out of the project, so nothing of it is opened."""
    (here / "n.cnn").symlink_to("/dev/zero")
    (here / "a.cnn").write_text('use "n.cnn" (f)\ninput 8x8x3 -> f\n')
    status, out, _ = shell("$C check a.cnn --output-format concise")
    assert (status, '"n.cnn" lies outside the project' in out) == (1, True)


def test_a_folder_that_cannot_be_listed_is_told(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "shut").mkdir()
    scandir = os.scandir

    def refused(path: str) -> object:
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refused)
    found = list(find_specs(".", by_git=False))
    assert [d.message for d in found if isinstance(d, Diagnostic)] == ["cannot read ./shut: Permission denied"]
    assert "good.cnn" in found


def test_the_working_folder_configures_a_pipe(here: Path) -> None:
    (here / "cnnspec.toml").write_text('ignore = ["W201"]\n')
    assert shell("$C check <(printf 'input 7x7x1\\nconv(3, 3x3, stride=3)')")[0] == 0


def test_stdin_is_read_where_main_is_called(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with open("bad.cnn") as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert main(["check", "-", "--output-format", "concise"]) == 1
    assert "<stdin>:2:1" in capsys.readouterr().out
