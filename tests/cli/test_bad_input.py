"""Whatever a command is given to read, it answers with a sentence; what it cannot write leaves the old file."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.installing import write_install_command
from cnnspec.cli import main
from tests.cli.commands import run
from tests.support import cases

ROOT = Path(__file__).parents[2]


BAD = {
    "empty": b"",
    "blank": b"\n\n  \n",
    "not utf-8": b"input 8x8x1\n\xff\xfe\n",
    "utf-16": "input 8x8x1\n".encode("utf-16"),
    "NUL": b"input 8x8x1\0\n",
    "one long line": b"conv(" * 10_000,
    "one name of a megabyte": b"a" * 1_000_000,
    "many brackets": b"(" * 10_000,
    "many pairs": b"[" * 10_000 + b"]" * 10_000,
    "many braces": b"{" * 10_000 + b"}" * 10_000,
    "a block that calls itself": b"block f() { f }\ninput 3\nf\n",
    "too many layers": b"input 3\nrelu * 1000000000\n",
    "too many layers in a loop": b"input 3\nfor i in 1..1000 { for j in 1..1000 { for k in 1..1000 { relu } } }\n",
    "an endless loop of nothing": b"input 3\nfor i in 1..999999 { for j in 1..999999 { x = 3 } }\n",
    "a number of 5000 digits": b"input 3\ndense(" + b"9" * 5000 + b")\n",
    "a power tower": b"input 3\ndense(9^9^9^9^9)\n",
    "many unary signs": b"input 3\ndense(" + b"-" * 10_000 + b"3)\n",
    "many ternaries": b"x = " + b"1 if true else " * 10_000 + b"2\n",
    "a file outside the project": b'use "../../etc/passwd" (root)\ninput 3\nroot\n',
    "a file that is not there": b'use "nothing.cnn" (f)\ninput 3\nf\n',
    "itself": b'use "bad.cnn" (f)\ninput 3\nf\n',
    "huge sizes": b"input 99999999x99999999x3\nconv(999999, 99999x99999, padding=99999999)\nflatten -> dense(9999999)\n",
    "control characters": b"input 3\n\x1b[31mred\x07 = 3\n",
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_any_bytes_get_a_sentence(data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.cnn"
    path.write_bytes(data)
    for verb in ("check", "summary", "format"):
        status, out, err = run(capsys, verb, path)
        assert status in (0, 1, 2)
        assert status == 0 or out + err
        assert "internal error" not in err
        assert "\x1b" not in out + err


@given(st.binary(max_size=200))
@cases(1)
def test_random_bytes_get_a_sentence(data: bytes) -> None:
    import contextlib
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bad.cnn")
        path.write_bytes(data)
        for verb in ("check", "summary", "format"):
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                status = main([verb, str(path)])
            assert status in (0, 1, 2)
            assert "internal error" not in err.getvalue()


def test_missing_files_and_folders_without_specs(
    tmp_path: Path, good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, "check", tmp_path / "no.cnn", good)
    assert status == 2
    assert "cannot read" in err
    assert "1 file: no mistakes found" in out
    (tmp_path / "empty").mkdir()
    status, _, err = run(capsys, "check", tmp_path / "empty")
    assert (status, "there is no .cnn file in" in err) == (2, True)
    for verb in ("summary", "compile", "train"):
        extra = ["-o", str(tmp_path / "x.py")] if verb == "compile" else []
        assert run(capsys, verb, tmp_path / "no.cnn", *extra)[0] == 2


def test_a_file_of_blocks_alone_is_fine_to_check_but_has_no_summary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "blocks.cnn"
    path.write_text("block f(n) { conv(n, 3x3) }\n")
    assert run(capsys, "check", path)[0] == 0
    status, _, err = run(capsys, "summary", path)
    assert (status, "holds no network" in err) == (2, True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_unwritable_file(tmp_path: Path, good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tmp_path.chmod(0o500)
    try:
        assert run(capsys, "compile", good, "-o", tmp_path / "m.py")[0] == 2
    finally:
        tmp_path.chmod(0o700)


def test_an_output_that_cannot_be_written_is_a_sentence(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for target in ("/proc/model.py", "/dev/null/model.py", "/proc/model.keras"):
        status, _, err = run(capsys, "compile", good, "-o", target)
        assert status == 2
        assert "cannot write" in err


def test_a_write_that_fails_leaves_the_old_file(
    good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "model.py"
    target.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    status, _, err = run(capsys, "compile", good, "-o", target, "--force")
    assert (status, "No space left" in err) == (2, True)
    assert target.read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["good.cnn", "model.py"]


def test_without_keras_there_is_one_sentence_with_the_command(good: Path, tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "class Block:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('keras', 'tensorflow'): raise ModuleNotFoundError(name=name.split('.')[0])\n"
        "sys.meta_path.insert(0, Block())\n"
        "from cnnspec.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    for arguments in (
        ["compile", str(good), "-o", str(tmp_path / "m.keras")],
        ["train", str(ROOT / "examples" / "digits.cnn")],
    ):
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        assert done.returncode == 2, done.stderr
        assert any(write_install_command(extra) in done.stderr for extra in ("keras", "jax", "torch")), (
            "the backend that is there"
        )
        assert "Traceback" not in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
    source = subprocess.run(
        [sys.executable, "-c", script, "compile", str(good), "-o", "-"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert (source.returncode, source.stderr) == (0, "")
    assert "Conv2D" in source.stdout
