"""The examples whose networks have several inputs or outputs are trained as they stand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cnnspec.cli import main
from tests.example_files import EXAMPLES
from tests.support import THOROUGH

pytest.importorskip("keras")
pillow = pytest.importorskip("PIL.Image")
pytestmark = pytest.mark.skipif(not THOROUGH, reason="with HYPOTHESIS_PROFILE=thorough")


def test_the_siamese_network_tells_pairs_that_it_never_saw_apart(tmp_path: Path) -> None:
    """Its header says 98.1 % and more, of five seeds; other kernels of the backend make it another training."""
    run = tmp_path / "run"
    assert main(["train", str(EXAMPLES / "siamese.cnn"), "--run-dir", str(run), "-q"]) == 0
    assert json.loads((run / "run.json").read_text())["test"]["accuracy"] >= 0.97


def test_googlenet_trains_with_its_auxiliary_classifiers(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for number in range(3):
        folder = tmp_path / f"imagenet/class{number}"
        folder.mkdir(parents=True)
        for place in range(4):
            pixels = rng.integers(0, 255, (224, 224, 3), np.uint8)
            pillow.fromarray(pixels).save(folder / f"{place}.png")
    (tmp_path / "net.cnn").write_text((EXAMPLES / "googlenet.cnn").read_text())
    options = ["--set", "classes=3", "--epochs", "1", "--batch", "4", "--run-dir", str(tmp_path / "run"), "-q"]
    assert main(["train", str(tmp_path / "net.cnn"), *options]) == 0
    test = json.loads((tmp_path / "run/run.json").read_text())["test"]
    assert test["loss"] == pytest.approx(
        test["main_loss"] + 0.3 * test["aux1_loss"] + 0.3 * test["aux2_loss"], rel=1e-5
    )
