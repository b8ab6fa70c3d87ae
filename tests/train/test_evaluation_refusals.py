"""Models and data that cannot be evaluated: one sentence each."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.train.evaluations import X, built, command

keras = pytest.importorskip("keras")


pytestmark = pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer")  # of models never trained


LAYERS = keras.layers


def refusals(folder: Path) -> dict[str, str]:
    """Files that are no model to measure, and what is said of each."""
    os.chdir(folder)
    built(LAYERS.Flatten(), LAYERS.Lambda(lambda x: 2 * x), LAYERS.Dense(3)).save("lambda.keras")
    inputs = [keras.Input((6, 6)), keras.Input((6, 6))]
    keras.Model(inputs, LAYERS.Dense(3)(LAYERS.Flatten()(LAYERS.Add()(inputs)))).save("two.keras")
    whole = Path("two.keras").read_bytes()
    Path("cut.keras").write_bytes(whole[: len(whole) // 2])
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 255
    Path("flipped.keras").write_bytes(flipped)
    Path("text.keras").write_text("no model")
    Path("old.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    Path("folder").mkdir()
    built(LAYERS.Flatten(), LAYERS.Dense(3)).save("good.keras")
    return {
        "lambda.keras": "has a Lambda layer, whose code would have to be run",
        "cut.keras": "is a damaged .keras file",
        "flipped.keras": "is a damaged .keras file",
        "text.keras": "is no .keras file",
        "old.h5": "is an HDF5 file",
        "folder": "is a folder without a run",
        "absent.keras": "cannot read absent.keras",
        "good.keras": "give --data",
    }


def test_what_is_no_model_is_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for name, message in refusals(tmp_path).items():
        status, out, err = command(capsys, "evaluate", name, "-q")
        assert (status, out, len(err.splitlines())) == (2, "", 1), name
        assert message in err


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x_train": np.zeros((4, 5, 5)), "y_train": np.arange(4) % 3}, "the model takes 6x6, an example of bad.npz is 5x5"),
        ({"x_train": np.zeros((4, 6, 6)), "y_train": np.arange(4)}, "has 4 classes, the model 3 outputs"),
    ],
)  # fmt: skip
def test_data_that_do_not_fit(capsys: pytest.CaptureFixture[str], arrays: dict[str, Any], message: str) -> None:
    built(LAYERS.Flatten(), LAYERS.Dense(3)).save("good.keras")
    np.savez("bad.npz", **arrays)
    status, out, err = command(capsys, "evaluate", "good.keras", "--data", "bad.npz", "-q")
    assert (status, out) == (2, "")
    assert message in err


def test_outputs_that_are_no_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    model = built(LAYERS.Flatten(), LAYERS.Dense(3))
    model.layers[-1].set_weights([np.full((36, 3), np.nan), np.zeros(3)])
    model.save("nan.keras")
    np.savez("data.npz", x_train=X, y_train=np.arange(120) % 3)
    status, _, err = command(capsys, "evaluate", "nan.keras", "--data", "data.npz", "-q")
    assert (status, "yields NaN or infinity" in err) == (2, True)
