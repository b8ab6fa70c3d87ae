"""The folder in which networks are compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compare.compared import SOURCE, TEXTS


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "empty").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / f"{name}.cnn").write_text(text)
    (tmp_path / "train.py").write_text(SOURCE)
    monkeypatch.chdir(tmp_path)
    return tmp_path
