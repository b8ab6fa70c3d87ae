"""The notebooks of examples/ run from top to bottom, and show what their files say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.notebook.example_notebooks import NOTEBOOKS, list_outputs, run_notebook

nbformat = pytest.importorskip("nbformat", reason="nbclient is not installed: pip install 'cnnspec[test]'")
pytest.importorskip("ipykernel", reason="ipykernel is not installed: pip install 'cnnspec[test]'")
LARGEST = 160_000  # bytes of a notebook with its outputs


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_what_its_file_says(path: Path, tmp_path: Path) -> None:
    kept = nbformat.read(path, 4)
    assert list_outputs(run_notebook(path, tmp_path)) == list_outputs(kept), "run python -m tests.notebook"
    assert path.stat().st_size < LARGEST


def test_there_are_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["lecture", "tour"]
