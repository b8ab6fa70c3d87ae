"""The learning rate range test, on losses that are known and on a training."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from cnnspec.cli import main
from cnnspec.train.rate_search import HIGHEST, LOWEST, STEPS, RateSearch, describe_search, smooth

pytest.importorskip("keras")

RATES = tuple(np.geomspace(LOWEST, HIGHEST, STEPS))


def search(losses: np.ndarray) -> RateSearch:
    return RateSearch(RATES[: len(losses)], tuple(losses))


def test_the_steepest_fall_and_the_lowest_loss() -> None:
    """A logistic fall around 1e-3, by the logarithm of the rate, then a rise from 1 on."""
    x = np.log10(RATES)
    found = search(1 / (1 + np.exp(4 * (x + 3))) + np.maximum(0, x) ** 2)
    assert found.steepest == pytest.approx(1e-3, rel=0.1)
    assert 0.1 < found.lowest < 2
    assert "the loss falls fastest at 0.00" in describe_search(found)[-1]
    assert describe_search(found)[-1].endswith("train with --learning-rate 0.001")


def test_a_loss_that_falls_nowhere() -> None:
    assert search(np.linspace(1, 2, STEPS)).steepest is None
    assert describe_search(search(np.linspace(1, 2, STEPS)))[-1].startswith("the loss falls at no rate")


def test_smoothing_does_not_lean_on_zero() -> None:
    np.testing.assert_allclose(smooth([3.0] * 10), 3.0)
    assert smooth([1.0, 3.0]) == pytest.approx([1.0, (0.9 * 0.1 * 1 + 0.1 * 3) / (1 - 0.81)])


def test_on_digits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.cnn").write_text(
        "input 8x8x1\nflatten -> dense(16, relu) -> dense(10, softmax)\ntrain { data = digits }\n"
    )
    assert main(["train", "net.cnn", "--lr-find", "-o", "rates.svg", "-q"]) == 0
    out, err = capsys.readouterr()
    said = out.splitlines()[-1]
    assert err.endswith("saved rates.svg\n")
    steepest = float(said.split("fastest at ")[1].split()[0])
    assert 1e-3 < steepest < 0.3
    assert "<svg" in Path("rates.svg").read_text()[:500]
    assert sorted(os.listdir()) == ["net.cnn", "rates.svg"]
    for name, said in (
        ("rates.txt", "cannot tell what rates.txt is to be"),
        ("no/rates.png", "its folder does not exist"),
    ):
        assert main(["train", "net.cnn", "--lr-find", "-o", name]) == 2
        err = capsys.readouterr().err
        assert said in err and "trains on" not in err
