"""What one process finds, with which what others find is compared; and a folder with a spec."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sweep.crews import TEXT, ask, run


@pytest.fixture(scope="session")
def alone() -> tuple[dict[str, Any], list[Any]]:
    made = run(ask())
    assert made[0]["legal"] > 50_000 < len(made[1])
    assert len(made[0]["reasons"]) > 3
    return made


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "net.cnn").write_text(TEXT)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "user.cnn").write_text(
        'use "../blocks.cnn" (twice)\nmodel Net(n=2) {\n  input 9x9x3\n  twice(n)\n}\n'
    )
    (tmp_path / "blocks.cnn").write_text('use "more.cnn" (once)\nblock twice(n) { once(n) -> once(n) }\n')
    (tmp_path / "more.cnn").write_text("block once(n) { conv(n, 3x3) }\n")
    return tmp_path
