"""`fix` and `check --fix` on files: bytes that stay, and what is left as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnspec.cli import main
from tests.python_source.fixes.test_mending import SAFE, take


def test_line_ends_and_marks_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte-order mark, a line that tells the encoding, and the line ends of Windows."""
    monkeypatch.chdir(tmp_path)
    before, after = [
        b"\xef\xbb\xbf" + ("# -*- coding: utf-8 -*-\n" + take(SAFE[2][2], sign)).replace("\n", "\r\n").encode()
        for sign in "-+"
    ]
    path = tmp_path / "net.py"
    path.write_bytes(before)
    assert main(["fix", "net.py"]) == 0
    assert path.read_bytes() == after
    assert main(["fix", "net.py", "--check"]) == 0


def test_what_is_no_python_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.py").write_text("import keras\nm = keras.Sequential([\n")
    assert main(["fix", "net.py"]) == 1
    said = capsys.readouterr().err
    assert "this is no Python" in said
    assert "net.py was left as it is" in said
