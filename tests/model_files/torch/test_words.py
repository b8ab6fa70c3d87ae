"""What commands say of a PyTorch program, in words that are true of one: it has no text, and parameters may be left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import run

FIXTURES = Path(__file__).parent / "fixtures"


def test_the_summary_says_what_no_layer_shows(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "summary", FIXTURES / "unknown.pt2", "--width", "200")
    assert "\nNote: 2 operators stand as opaque layers: cumsum (no layer is this operator)" in out
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


def test_check_says_into_what_no_rule_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "unknown.pt2").write_bytes((FIXTURES / "unknown.pt2").read_bytes())
    (tmp_path / "tiny.pt2").write_bytes((FIXTURES / "tiny.pt2").read_bytes())
    (tmp_path / "pyproject.toml").write_text("[tool.cnnspec]\n")  # where the cache lies
    monkeypatch.chdir(tmp_path)
    expected = "cnnspec: unknown.pt2: no rule looks into cumsum1 and add1, of which nothing is known\n"
    for way in ((), (), ("--no-cache",), ("--no-cache", "--jobs", "2"), ("--output-format", "json")):
        assert run(capsys, "check", "unknown.pt2", "tiny.pt2", *way)[2] == expected, way
    assert run(capsys, "check", "unknown.pt2", "-q")[2] == ""


def test_a_compiled_module_has_the_classes_of_the_model(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "compile", FIXTURES / "resnet18.pt2", "-o", "-", "--to", "torch")
    assert "class BasicBlock(nn.Module):" in out
