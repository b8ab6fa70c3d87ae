"""The API is typed, for a user who checks strictly; a completion shows what is public and no more."""

from __future__ import annotations

import pydoc
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import cnnspec

CLIENT = Path(__file__).parent / "client.py"
ROOT = CLIENT.parents[2]


@pytest.fixture(scope="module")
def check_types(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], subprocess.CompletedProcess[str]]:
    """What mypy says of a client; what it knows of cnnspec is kept for the next one."""
    cache = tmp_path_factory.mktemp("mypy")
    options = ["--strict", "--cache-dir", str(cache), "--follow-imports", "silent"]

    def check(client: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "mypy", *options, str(client)]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    return check


def test_a_strict_client_passes(check_types: Callable[[Path], subprocess.CompletedProcess[str]]) -> None:
    done = check_types(CLIENT)
    assert done.returncode == 0, done.stdout + done.stderr
    runpy.run_path(str(CLIENT))


def test_a_wrong_client_does_not_pass(
    tmp_path: Path, check_types: Callable[[Path], subprocess.CompletedProcess[str]]
) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("import cnnspec\nx: str = cnnspec.loads('input 3').cost().layers\n")
    done = check_types(wrong)
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
