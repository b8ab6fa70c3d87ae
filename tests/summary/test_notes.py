"""Below the table stands what a model's file says that no layer shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnspec.cli import main

FIXTURES = Path(__file__).parents[1] / "model_files" / "torch" / "fixtures"


@pytest.mark.parametrize(("name", "note"), [
    ("shared", "42 parameters belong to no layer: unused.weight, unused.bias"),
    ("tiny_open", "axis 2 of x may have any size: the figures are for 32, as exported"),
])  # fmt: skip
def test_the_note_stands_below_the_totals(name: str, note: str, capsys: pytest.CaptureFixture[str]) -> None:
    for form, start in (("text", "\nNote: "), ("markdown", "\n- Note: ")):
        main(["summary", str(FIXTURES / f"{name}.pt2"), "--format", form, "--width", "200"])
        assert start + note in capsys.readouterr().out
