"""What commands work on: one good spec, three specs with a finding each, a project that keeps its cache."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from cnnspec.cli import check_files
from tests.cli.commands import GOOD

STRIDE = "input 7x7x3\nconv(8, 3x3, stride=3)\n"  # W201
BRANCH = "input 8x8x3\ninput b 8x8x3\nrelu\n"  # W204
PADDED = "input 8x8x3\nconv(8, 3x3, stride=2, padding=1)\n"  # E113 and W210, if they are asked for


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.cnn"
    path.write_text(GOOD)
    return path


@pytest.fixture
def three_specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with three specs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old").mkdir()
    for name, text in (("stride.cnn", STRIDE), ("old/branch.cnn", BRANCH), ("padded.cnn", PADDED)):
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project to work in, which keeps its cache where a user's would be."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CNNSPEC_CACHE_DIR")
    (tmp_path / "cnnspec.toml").write_text("")
    return tmp_path


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are really checked, from here on."""
    names: list[str] = []
    examine = check_files.examine

    def noted(name: str, *rest: Any) -> Any:
        names.append(os.path.basename(name))
        return examine(name, *rest)

    monkeypatch.setattr(check_files, "examine", noted)
    return names
