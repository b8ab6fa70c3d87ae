"""Training on a .npz file: labels of every form, and files that are refused."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.cli import main
from cnnspec.train.data.arrays import make_raw
from cnnspec.train.data.prepare import prepare
from cnnspec.train.data.sources import load
from cnnspec.train.plan import make_plan
from cnnspec.train.settings import TrainSettings
from tests.support import network
from tests.train.trainings import refused, trained

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.usefixtures("eager")


def write(name: str = "data.npz", **arrays: Any) -> str:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 120)
    x = rng.normal(size=(120, 6, 6))
    x[np.arange(120), y] += 2
    np.savez(name, **{"x_train": x, "y_train": y} | arrays)
    return name


OWN = "input 6x6x1\nflatten -> dense(3, softmax)\ntrain { epochs = 5; optimizer = adam(0.1) }"


def test_a_file_of_arrays() -> None:
    outcome, shown = trained(OWN, data=write())
    assert outcome.figures["accuracy"] > 0.8
    assert outcome.held_back == "24 test examples"
    assert "examples of 6x6 are read as 6x6x1" in shown


def test_a_file_with_its_own_test_data() -> None:
    x = np.zeros((7, 6, 6))
    outcome, _ = trained(OWN, data=write(x_test=x, y_test=np.zeros(7, int)), epochs=1)
    assert outcome.held_back == "7 test examples"


def test_a_file_stands_beside_the_spec(capsys: pytest.CaptureFixture[str]) -> None:
    Path("sub").mkdir()
    write("sub/own.npz")
    Path("sub/net.cnn").write_text(OWN.replace("epochs = 5", 'epochs = 1; data = "own.npz"'))
    assert main(["train", "sub/net.cnn", "-q"]) == 0
    assert main(["train", "sub/net.cnn", "-q", "--data", "own.npz"]) == 2
    assert "there is no data file own.npz" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("head", "labels", "loss"),
    [
        ("dense(3)", np.eye(3)[np.arange(120) % 3], None),  # one-hot rows are class numbers
        ("dense(3)", np.eye(3)[np.arange(120) % 3], "categorical_crossentropy"),
        ("dense(1, sigmoid)", np.arange(120) % 2, None),
        ("dense(1)", np.linspace(-1, 1, 120), "mse"),
        ("dense(4)", np.zeros((120, 4)), "mse"),
        ("dense(3)", (np.arange(120) % 3).astype(float), "sparse_categorical_crossentropy"),
    ],
)
def test_labels_of_every_form(head: str, labels: Any, loss: str | None) -> None:
    outcome, _ = trained(
        f"input 6x6\nflatten -> {head}", data=write(y_train=labels), epochs=1, **({"loss": loss} if loss else {})
    )
    assert np.isfinite(outcome.figures["loss"])


def test_the_accuracy_of_one_logit_is_the_share_of_right_signs() -> None:
    labels = np.arange(120) % 2
    x = np.random.default_rng(0).normal(size=(120, 6, 6)) / 10 + 0.1 * labels[:, None, None]
    outcome, _ = trained("input 6x6\nflatten -> dense(1)", data=write(x_train=x, y_train=labels), epochs=6, seed=1)
    net = network("input 6x6\nflatten -> dense(1)")
    settings = TrainSettings(data="data.npz", seed=1)
    test = prepare(load(settings, net.graph), make_plan(net.graph, settings)).test
    assert test is not None
    x, y = test.take(slice(None))
    logits = keras.models.load_model("model.keras").predict(x, verbose=0)
    assert ((logits > 0) == (y > 0)).mean() != ((logits > 0.5) == (y > 0)).mean()
    assert outcome.figures["accuracy"] == pytest.approx(((logits > 0) == (y > 0)).mean())


def test_quantities_have_no_accuracy() -> None:
    outcome, _ = trained(
        "input 6x6\nflatten -> dense(1)", data=write(y_train=np.linspace(0, 1, 120)), epochs=1, loss="mse"
    )
    assert set(outcome.figures) == {"loss"}


def test_a_map_of_labels() -> None:
    maps = np.random.default_rng(0).integers(0, 3, (120, 6, 6))
    outcome, _ = trained("input ?x?x1\nconv(3, 3x3, padding=same)", data=write(y_train=maps, x_train=maps), epochs=1)
    assert set(outcome.figures) == {"accuracy", "loss"}


def test_pixels_of_bytes_are_scaled() -> None:
    x = np.arange(120 * 36, dtype=np.uint8).reshape(120, 6, 6)
    net = network(OWN)
    settings = TrainSettings(data="bytes.npz", test=0, validation=0)
    data = prepare(make_raw("bytes.npz", {"x_train": x, "y_train": np.zeros(120, int)}), make_plan(net.graph, settings))
    x, _ = data.train.take(slice(None))
    assert (x.max(), x.min(), x.dtype) == (1, 0, np.float32)
    assert data.notes[0] == "pixels from 0 to 255 are scaled to 0 to 1"
    assert (data.test, data.validation) == (None, None)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x_train": np.array([{}] * 120)}, "holds pickled Python objects"),
        ({"y_train": np.zeros(119, int)}, "x_train of shape (120, 6, 6), but y_train of shape (119,)"),
        ({"x_test": np.zeros((3, 6, 6))}, "has no y_test"),
        ({"x_train": np.zeros((120, 5, 5))}, "the network takes 6x6x1, an example of"),
        ({"x_train": np.full((120, 6, 6), np.nan)}, "120 of 120 examples in x_train"),
        ({"x_train": np.full((120, 6, 6), "a")}, "not numbers"),
        ({"x_train": np.zeros((0, 6, 6)), "y_train": np.zeros(0, int)}, "there are no examples in it"),
        ({"y_train": np.array(["a"] * 120)}, "not numbers"),
        ({"y_train": np.full(120, 3)}, "has 4 classes, the network 3 outputs"),
        ({"y_train": np.full(120, -1)}, "the label of example 0 of data.npz is -1"),
        ({"x_train": np.array(1.0)}, "x_train of shape ()"),
    ],
)
def test_a_bad_file_is_refused(arrays: dict[str, Any], message: str) -> None:
    assert message in refused(OWN, data=write(**arrays)).message


def test_a_file_that_is_no_npz() -> None:
    Path("text.npz").write_text("no zip")
    Path("empty.npz").write_bytes(b"")
    with zipfile.ZipFile("other.npz", "w") as file:
        file.writestr("a.txt", "text")
    whole = Path(write()).read_bytes()
    Path("cut.npz").write_bytes(whole[: len(whole) // 2])
    for name in ("text.npz", "empty.npz", "other.npz", "cut.npz", "absent.npz"):
        error = refused(OWN, data=name)
        assert error.status == 2
        assert name in error.message
