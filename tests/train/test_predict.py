"""Predictions for image files: held against Keras's own `predict` on arrays that are prepared by hand."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.base.percent import percent
from cnnspec.cli import main
from tests.train.run_folders import make_run

keras = pytest.importorskip("keras")
pillow = pytest.importorskip("PIL.Image")

LAYERS = keras.layers
NAMES = ["bat", "cat", "dog", "emu"]


def model(*layers: Any, shape: tuple[int | None, ...] = (8, 8, 3), **options: Any) -> Any:
    """A model with weights that tell images apart, saved as model.keras."""
    keras.utils.set_random_seed(7)
    made = keras.Sequential([keras.Input(shape), *layers])
    made.set_weights([5 * w for w in made.get_weights()])
    if options:
        made.compile(**options)
    made.save("model.keras")
    return made


def classifier(**options: Any) -> Any:
    return model(LAYERS.Flatten(), LAYERS.Dense(4, activation="softmax"), **options)


def images(count: int, size: tuple[int, int] = (8, 8), mode: str = "RGB", folder: str = "in") -> tuple[list[str], Any]:
    """Image files of noise, and their pixels (N, H, W[, C])."""
    Path(folder).mkdir(exist_ok=True)
    channels = {"RGB": (3,), "L": ()}[mode]
    pixels = np.random.default_rng(count).integers(0, 256, (count, size[1], size[0], *channels), np.uint8)
    paths = [os.path.join(folder, f"{number:03}.png") for number in range(count)]
    for path, values in zip(paths, pixels, strict=True):
        pillow.fromarray(values).save(path)
    return paths, pixels


def command(capsys: pytest.CaptureFixture[str], *words: Any) -> tuple[int, str, str]:
    capsys.readouterr()
    status = main(["predict", *[str(word) for word in words]])
    done = capsys.readouterr()
    assert "Traceback" not in done.err and "internal error" not in done.err
    return status, done.out, done.err


def told(capsys: pytest.CaptureFixture[str], *words: Any, unit: str = "probability") -> list[dict[str, float]]:
    """The answers for every image: name → value."""
    status, out, err = command(capsys, *words, "--format", "json")
    assert status == 0, err
    return [{answer["name"]: answer[unit] for answer in one["answers"]} for one in json.loads(out)]


def by_number(rows: Any) -> list[Any]:
    return [pytest.approx({str(i): v for i, v in enumerate(row)}, abs=1e-5) for row in np.asarray(rows, float).tolist()]


# ---- the numbers ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("batch", [1, 4, 32])
def test_probabilities_are_keras_own(capsys: pytest.CaptureFixture[str], batch: int) -> None:
    made = classifier()
    paths, pixels = images(9)
    expected = made.predict(pixels / np.float32(255), verbose=0)
    assert told(capsys, "model.keras", *paths, "--top", 9, "--batch", batch) == by_number(expected)


HEADS: list[tuple[Any, dict[str, Any], Any]] = [
    (lambda: LAYERS.Dense(4), {"loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True)}, keras.ops.softmax),
    (lambda: LAYERS.Dense(4), {"loss": keras.losses.BinaryCrossentropy(from_logits=True)}, keras.ops.sigmoid),
    (lambda: LAYERS.Dense(4, activation="sigmoid"), {"loss": "binary_crossentropy"}, lambda x: x),
    (lambda: LAYERS.Dense(1, activation="sigmoid"), {}, lambda x: np.concatenate([1 - x, x], axis=1)),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "options", "turn"), HEADS)
def test_what_a_head_yields_becomes_probabilities(
    capsys: pytest.CaptureFixture[str], layer: Any, options: dict[str, Any], turn: Any
) -> None:
    made = model(LAYERS.Flatten(), LAYERS.Dense(4), layer(), **options)
    paths, pixels = images(3)
    expected = turn(made.predict(pixels / np.float32(255), verbose=0))
    assert told(capsys, "model.keras", *paths, "--top", 4) == by_number(expected)


def test_what_has_no_probabilities_is_not_called_one(capsys: pytest.CaptureFixture[str]) -> None:
    made = model(LAYERS.Flatten(), LAYERS.Dense(3), loss="categorical_hinge")
    paths, pixels = images(2)
    expected = made.predict(pixels / np.float32(255), verbose=0)
    assert told(capsys, "model.keras", *paths, unit="score") == by_number(expected)
    made = model(LAYERS.Flatten(), LAYERS.Dense(2), loss="mse")
    expected = made.predict(pixels / np.float32(255), verbose=0)
    assert told(capsys, "model.keras", *paths, "--top", 1, unit="value") == by_number(expected)


def test_a_map_is_told_by_shares(capsys: pytest.CaptureFixture[str]) -> None:
    made = model(LAYERS.Conv2D(3, 3, activation="softmax"))
    paths, pixels = images(2)
    classes = made.predict(pixels / np.float32(255), verbose=0).argmax(axis=-1)
    expected = [[(one == c).mean() for c in range(3)] for one in classes]
    assert told(capsys, "model.keras", *paths, unit="share") == by_number(expected)
    model(LAYERS.Conv2D(3, 3), loss="mse")
    assert "yields 6x6x3 numbers for an image" in command(capsys, "model.keras", *paths)[2]


def test_an_image_of_another_size_and_mode_is_brought_to_the_models(capsys: pytest.CaptureFixture[str]) -> None:
    made = classifier()
    (path,), _ = images(1, (37, 21), "L")
    grey = pillow.open(path).resize((8, 8), pillow.Resampling.BILINEAR)
    values = np.repeat(np.asarray(grey)[None, ..., None], 3, axis=-1) / np.float32(255)
    assert told(capsys, "model.keras", path, "--top", 4) == by_number(made.predict(values, verbose=0))


def test_a_model_that_takes_any_size_gets_each_image_in_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    made = model(LAYERS.Conv2D(4, 3), LAYERS.GlobalMaxPooling2D(), LAYERS.Softmax(), shape=(None, None, 3))
    found = [images(1, size, folder=f"{size[0]}") for size in ((9, 12), (20, 5))]
    expected = [made.predict(pixels / np.float32(255), verbose=0)[0] for _, pixels in found]
    assert told(capsys, "model.keras", *[paths[0] for paths, _ in found], "--top", 4) == by_number(expected)


def test_a_model_without_an_axis_of_channels(capsys: pytest.CaptureFixture[str]) -> None:
    made = model(LAYERS.Flatten(), LAYERS.Dense(4, activation="softmax"), shape=(8, 8))
    paths, pixels = images(2, mode="L")
    expected = made.predict(pixels / np.float32(255), verbose=0)
    assert told(capsys, "model.keras", *paths, "--top", 4) == by_number(expected)


@pytest.mark.parametrize(("given", "low", "high"), [("0,255", 0, 255), ("-1,1", -1, 1)])
def test_models_trained_elsewhere_take_other_numbers(
    capsys: pytest.CaptureFixture[str], given: str, low: float, high: float
) -> None:
    made = model(LAYERS.Flatten(), LAYERS.Dense(4), loss="mse")
    paths, pixels = images(2)
    expected = made.predict(pixels / np.float32(255) * (high - low) + low, verbose=0)
    found = told(capsys, "model.keras", *paths, f"--range={given}", unit="value")
    assert found == [pytest.approx({str(i): v for i, v in enumerate(row)}, rel=1e-4) for row in expected.tolist()]


def test_a_run_knows_the_names_the_size_and_the_logits(capsys: pytest.CaptureFixture[str]) -> None:
    for number, name in enumerate(NAMES):
        images(4 + number, (9, 9), folder=name)
    Path("all").mkdir()
    for name in NAMES:
        os.rename(name, f"all/{name}")
    make_run(Path("run"), 'input 6x6x3\nflatten -> dense(4)\ntrain { data = "all/"; epochs = 1 }')
    (first, *_), _ = images(1, (30, 20))
    small = np.asarray(pillow.open(first).resize((6, 6), pillow.Resampling.BILINEAR))[None] / np.float32(255)
    made = keras.models.load_model("run/best.keras")
    expected = np.asarray(keras.ops.softmax(made.predict(small, verbose=0)))[0]
    assert told(capsys, "run", first, "--top", 4) == [pytest.approx(dict(zip(NAMES, expected, strict=True)), abs=1e-5)]


def test_a_run_of_flattened_images_takes_images(capsys: pytest.CaptureFixture[str]) -> None:
    make_run(Path("run"), "input 64\ndense(10, softmax)\ntrain { data = digits; epochs = 1 }")
    paths, pixels = images(2, mode="L")
    made = keras.models.load_model("run/best.keras")
    expected = made.predict(pixels.reshape(2, 64) / np.float32(255), verbose=0)
    assert told(capsys, "run", *paths, "--top", 10) == by_number(expected)


# ---- many images, and broken ones ------------------------------------------------------------------------------
def test_a_broken_image_is_named_and_the_others_are_predicted(capsys: pytest.CaptureFixture[str]) -> None:
    classifier()
    paths, _ = images(7)
    clean = told(capsys, "model.keras", *paths)
    Path("in/bad.png").write_bytes(b"no image")
    Path("in/cut.png").write_bytes(Path(paths[0]).read_bytes()[:60])
    given = [paths[0], "in/bad.png", *paths[1:5], "in/absent.png", "in/cut.png", *paths[5:]]
    status, out, err = command(capsys, "model.keras", *given, "--format", "json", "--batch", 3)
    found = json.loads(out)
    assert status == 1
    assert [one["image"] for one in found] == given
    assert {one["image"] for one in found if "error" in one} == {"in/bad.png", "in/absent.png", "in/cut.png"}
    answers = [{a["name"]: a["probability"] for a in one["answers"]} for one in found if "answers" in one]
    assert answers == [pytest.approx(one, abs=1e-6) for one in clean]
    assert "cnnspec: in/bad.png: it is no PNG" in err
    assert "cnnspec: 3 of 10 images could not be read" in err


def test_folders_are_searched_and_names_may_repeat(capsys: pytest.CaptureFixture[str]) -> None:
    classifier()
    images(2, folder="in")
    images(2, folder="in/deep")
    images(1, folder="in/.hidden")
    Path("in/notes.txt").write_text("no image")
    status, out, _ = command(capsys, "model.keras", "in", "in/000.png")
    assert status == 0
    assert [line.split("  ")[0] for line in out.splitlines()] == [
        "in/000.png", "in/001.png", "in/deep/000.png", "in/deep/001.png", "in/000.png",
    ]  # fmt: skip


def test_text_and_csv_say_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    made = classifier()
    paths, pixels = images(2)
    Path("in/a, b.png").write_bytes(Path(paths[0]).read_bytes())
    Path("names.txt").write_text("\n".join(NAMES) + "\n")
    given = [*paths, "in/a, b.png", "in/absent.png"]
    row = made.predict(pixels / np.float32(255), verbose=0)[0]
    best, second = np.argsort(-row)[:2]
    status, out, _ = command(capsys, "model.keras", *given, "--top", 2, "--names", "names.txt")
    assert status == 1
    first = f"{NAMES[best]} {percent(float(row[best]))}, {NAMES[second]} {percent(float(row[second]))}"
    assert out.splitlines()[0] == f"{paths[0]}  {first}"
    assert len(out.splitlines()) == 3
    _, out, _ = command(capsys, "model.keras", *given, "--top", 2, "--names", ",".join(NAMES), "--format", "csv")
    heads, *rows = csv.reader(io.StringIO(out))
    assert heads == ["image", "name_1", "probability_1", "name_2", "probability_2", "error"]
    assert [r[0] for r in rows] == given
    assert rows[0][1] == rows[2][1] == NAMES[best]
    assert float(rows[0][2]) == pytest.approx(row[best], abs=1e-5)
    assert rows[3][1:] == ["", "", "", "", "no such file or directory"]


# ---- what cannot be predicted ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["model.keras", "in", "--names", "a,b"], "2 names are given, and the model has 4 classes"),
        (["model.keras", "in", "--names", "absent.txt"], "cannot read the names in absent.txt"),
        (["model.keras", "-"], "images are not read from stdin"),
        (["model.keras", "empty"], "there is no image in empty"),
        (["absent.keras", "in"], "cannot read absent.keras"),
        (["model.keras", "in", "--range", "1"], 'must be two numbers, such as 0,255, not "1"'),
        (["model.keras", "in", "--range", "1,nan"], "must be two numbers"),
        (["numbers.keras", "in"], "takes 64, which is no image"),
        (["nan.keras", "in"], "yields NaN or infinity for in/000.png"),
        (["deep.keras", "in"], "takes 8x8x5, which is no image"),
    ],
)
def test_what_cannot_be_predicted_is_one_sentence(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    for name, shape in (("numbers", (64,)), ("deep", (8, 8, 5))):
        model(LAYERS.Flatten(), LAYERS.Dense(4), shape=shape)
        os.rename("model.keras", f"{name}.keras")
    lost = classifier()
    lost.set_weights([np.full(w.shape, np.nan) for w in lost.get_weights()])
    lost.save("nan.keras")
    classifier()
    images(1)
    Path("empty").mkdir()
    status, out, err = command(capsys, *words)
    assert (status, out) == (2, "")
    assert message in err


def test_outputs_of_unknown_meaning_are_said_to_be_taken_for_logits(capsys: pytest.CaptureFixture[str]) -> None:
    model(LAYERS.Flatten(), LAYERS.Dense(4))
    images(1)
    status, out, err = command(capsys, "model.keras", "in")
    assert (status, len(out.splitlines())) == (0, 1)
    assert "does not say what it yields: its outputs are taken for logits of classes" in err
