"""The folder of a library of blocks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.summary.libraries import LIBRARY


@pytest.fixture
def lib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "lib.cnn"
    path.write_text(LIBRARY)
    return path
