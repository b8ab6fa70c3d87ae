"""The API is typed, for a user who checks strictly; a completion shows what is public and no more."""

from __future__ import annotations

import pydoc
import runpy
import subprocess
import sys
from pathlib import Path

import cnnspec

CLIENT = Path(__file__).parent / "client.py"
ROOT = CLIENT.parents[2]


def test_a_strict_client_passes(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--cache-dir",
        str(tmp_path),
        "--follow-imports",
        "silent",
        str(CLIENT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    runpy.run_path(str(CLIENT))


def test_a_wrong_client_does_not_pass(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("import cnnspec\nx: str = cnnspec.loads('input 3').cost().layers\n")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--cache-dir",
        str(tmp_path),
        "--follow-imports",
        "silent",
        str(wrong),
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1 and "[assignment]" in done.stdout


def test_a_completion_shows_what_is_public() -> None:
    assert [name for name in dir(cnnspec) if not name.startswith("__")] == sorted(cnnspec.__all__)
    assert (Path(cnnspec.__file__).parent / "py.typed").exists()


def test_help_says_what_each_member_is() -> None:
    for name in cnnspec.__all__:
        text = pydoc.plain(pydoc.render_doc(getattr(cnnspec, name)))
        assert len(text.splitlines()) > 3, name
    text = pydoc.plain(pydoc.render_doc(cnnspec.Network))
    for words in (
        "`print` shows it as `cnnspec summary` does",
        "cost(self, batch",
        "What the network throws away",
        "All parameters, shared ones once",
    ):
        assert words in text
