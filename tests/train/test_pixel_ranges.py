"""The range of pixels: which values black and white have, in training and in later predictions."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.cli import main
from cnnspec.train.data.ranges import find_pixel_range
from tests.train.image_sets import RGB, colour, flowers, read, refused, save
from tests.train.label_sets import FLAT, arrays

pytestmark = pytest.mark.usefixtures("eager")

metrics = pytest.importorskip("sklearn.metrics")


@pytest.mark.parametrize(
    ("least", "most", "range"),
    [
        (0, 1, (0, 1)), (0.2, 0.4, (0, 1)), (0, 255, (0, 255)), (3, 250, (0, 255)), (0, 65535, (0, 65535)), (-1, 1, (-1, 1)),
        (-0.9, 0.8, (-1, 1)), (-0.5, 0.5, (-0.5, 0.5)), (-0.4, 0.3, (-0.5, 0.5)),
        (0, 16, None), (0, 4095, None), (-2.1, 2.6, None), (0, 1e6, None), (-1, 255, None), (0, 1.2, None),
    ],
)  # fmt: skip
def test_a_range_is_told_where_it_can_be_one_alone(
    least: float, most: float, range: tuple[float, float] | None
) -> None:
    assert find_pixel_range(least, most) == range


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda x: (x * 255).astype(np.float32), "are taken as they are, from 0 to 255: images to predict are brought to 0 to 255"),
        (lambda x: (x * 65535).astype(np.uint16), "are taken as they are, from 0 to 65535: images to predict are brought to 0 to 65535"),
        (lambda x: 2 * x - 1, "are taken as they are, from -1 to 1: images to predict are brought to -1 to 1"),
        (lambda x: (x - 0.5) / 0.2, "are taken as they are, from -2.5 to 2.5"),
        (lambda x: (x * 16).astype(np.int32), "are taken as they are, from 0 to 16"),
        (lambda x: (x * 255).astype(np.uint8), "pixels from 0 to 255 are scaled to 0 to 1"),
        (lambda x: x, ""),
        (lambda x: x > 0.5, ""),
    ],
)  # fmt: skip
def test_images_that_are_taken_as_they_are(made: Any, said: str) -> None:
    x = np.random.default_rng(0).random((30, 6, 6))
    x[0, 0, :2] = 0, 1
    notes = read(FLAT % "3, softmax", arrays([0, 1, 2] * 10, x_train=made(x))).notes
    assert any(note.endswith(said) for note in notes) if said else not notes


def test_bytes_to_train_on_and_floats_to_test_with() -> None:
    x = np.random.default_rng(0).random((30, 6, 6)) * 255
    more = {"x_train": x.astype(np.uint8), "x_test": x, "y_test": np.arange(30) % 3}
    error = refused(FLAT % "3, softmax", arrays([0, 1, 2] * 10, **more))
    assert "are uint8 and run, bytes scaled, from 0 to 1, those for the test are float64, from" in error.message
    more["x_test"] = x / 255
    assert read(FLAT % "3, softmax", arrays([0, 1, 2] * 10, **more)).test is not None


def test_a_run_brings_images_to_the_range_that_it_was_trained_on(capsys: pytest.CaptureFixture[str]) -> None:
    keras = pytest.importorskip("keras")
    pixels = np.stack([colour(i) for i in range(60)])
    labels = np.arange(60) % 3
    text = RGB + 'train { data = "set.npz"; epochs = 1; test = 0; validation = 0 }'
    Path("net.cnn").write_text(text)
    arrays(labels, x_train=pixels.astype(np.float32))
    assert main(["train", "net.cnn", "--run-dir", "run", "-q"]) == 0
    assert json.loads(Path("run/run.json").read_text())["data"]["values"] == [0, 255]
    for i in range(6):
        save(f"in/{'abc'[i % 3]}/{i}.png", pixels[i])
    model = keras.models.load_model("run/best.keras")
    wanted = model.predict(pixels[:6].astype(np.float32), verbose=0)
    capsys.readouterr()
    assert main(["predict", "run", *[f"in/{'abc'[i % 3]}/{i}.png" for i in range(6)], "--format", "json"]) == 0
    out, err = capsys.readouterr()
    assert "images are brought to 0 to 255, as in the training" in err
    for one, row in zip(json.loads(out), wanted, strict=True):
        assert {a["name"]: a["probability"] for a in one["answers"]} == pytest.approx(
            {str(i): v for i, v in enumerate(row.tolist())}, abs=1e-5
        )
    onnx = pytest.importorskip("onnx")
    assert main(["export", "run", "-o", "net.onnx"]) == 0
    assert "it takes values from 0 to 255, as in its training" in capsys.readouterr().err
    props = {p.key: p.value for p in onnx.load("net.onnx").metadata_props}
    assert props["input_range"] == "0,255"
    assert "black and white 0 to 255" in props["preprocessing"]
    assert main(["evaluate", "run", "--data", "in/", "--format", "json"]) == 0
    out, err = capsys.readouterr()
    assert "the images of in/ are brought to 0 to 255, as in the training" in err
    assert json.loads(out)["accuracy"] == pytest.approx(metrics.accuracy_score(labels[:6], wanted.argmax(axis=1)))


def test_a_run_on_values_that_are_no_pixels_asks_for_the_range(capsys: pytest.CaptureFixture[str]) -> None:
    Path("net.cnn").write_text(RGB + 'train { data = "set.npz"; epochs = 1; test = 0; validation = 0 }')
    x = np.random.default_rng(0).normal(size=(30, 8, 8, 3)).astype(np.float32)
    arrays(np.arange(30) % 3, x_train=x)
    assert main(["train", "net.cnn", "--run-dir", "run", "-q"]) == 0
    save("one.png", colour(1))
    capsys.readouterr()
    assert main(["predict", "run", "one.png"]) == 2
    assert "which are no known range of pixels; say with --range what black and white become" in capsys.readouterr().err
    assert main(["predict", "run", "one.png", "--range=-2,2"]) == 0


def test_a_folder_of_one_class_is_measured_by_a_run_that_knows_its_classes(capsys: pytest.CaptureFixture[str]) -> None:
    flowers()
    Path("net.cnn").write_text(RGB + 'train { data = "flowers/"; epochs = 1 }')
    assert main(["train", "net.cnn", "--run-dir", "run", "-q"]) == 0
    for path in sorted(Path("flowers/rose").iterdir()):
        os.makedirs("roses/rose", exist_ok=True)
        Path("roses/rose", path.name).write_bytes(path.read_bytes())
    onnx = pytest.importorskip("onnx")
    assert main(["export", "run", "-o", "net.onnx"]) == 0
    props = {p.key: p.value for p in onnx.load("net.onnx").metadata_props}
    assert (props["input_range"], json.loads(props["classes"])) == ("0,1", ["daisy", "rose", "tulip"])
    capsys.readouterr()
    assert main(["evaluate", "run", "--data", "roses/", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["support"] for row in found["classes"]] == [0, 10, 0]
    keras = pytest.importorskip("keras")
    model = keras.models.load_model("run/best.keras")
    x = np.stack([np.asarray(pytest.importorskip("PIL.Image").open(p)) for p in sorted(Path("roses/rose").iterdir())])
    answers = model.predict(x / np.float32(255), verbose=0).argmax(axis=1)
    wanted = metrics.f1_score([1] * len(x), answers, average="macro", zero_division=0)  # of the classes met, as we do
    assert found["averages"]["macro"]["f1"] == pytest.approx(wanted)
    assert main(["evaluate", "run/best.keras", "--data", "roses/"]) == 2
    assert "roses/ has one class, rose" in capsys.readouterr().err
