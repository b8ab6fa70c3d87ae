"""What commands say of a PyTorch program, in words that are true of one: it has no text, and parameters may be left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import run

FIXTURES = Path(__file__).parent / "fixtures"


def test_the_summary_says_what_no_layer_shows(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "summary", FIXTURES / "unknown.pt2", "--width", "200")
    assert "\nNote: 2 operators stand as opaque layers: roll (no layer is this operator)" in out
    _, out, _ = run(capsys, "summary", FIXTURES / "unknown.pt2", "--format", "markdown")
    assert "\n- Note: 2 operators stand as opaque layers" in out
    assert "Note:" not in run(capsys, "summary", FIXTURES / "tiny.pt2")[1]


def test_a_layer_is_not_named_twice(capsys: pytest.CaptureFixture[str]) -> None:
    """Its path in the model is said where it has another name."""
    _, out, _ = run(capsys, "explain", FIXTURES / "resnet18.pt2")
    heads = [line for line in out.split("\n") if line and line[0].isalpha()]
    assert "input1 (InputLayer)" in heads and "layer1.0.conv1 (Conv2D)" in heads
    assert "relu1 (ReLU), layer1.0.relu" in heads
    assert "  Output size      as it is given\n" in out
    for form in ("markdown", "latex", "json"):
        _, out, _ = run(capsys, "explain", FIXTURES / "resnet18.pt2", "conv1", "--format", form)
        assert "texttt" not in out and "``" not in out
    assert run(capsys, "rf", FIXTURES / "resnet18.pt2", "conv1")[1].startswith("conv1 (Conv2D)\n")
