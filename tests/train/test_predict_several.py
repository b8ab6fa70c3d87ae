"""Predictions of models of several inputs and outputs, and of rows of arrays, against Keras's own `predict`."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnspec
from tests.api.answered import look_at
from tests.train.evaluations import built, command

keras = pytest.importorskip("keras")
pillow = pytest.importorskip("PIL.Image")
LAYERS = keras.layers
pytestmark = pytest.mark.usefixtures("eager")


def test_rows_of_arrays_are_answered_by_output(several: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with np.load(several / "pairs.npz") as file:
        given = {"left": file["left"][:70], "right": file["right"][:70]}
    np.savez("two.npz", **given)
    model = keras.models.load_model(several / "run/best.keras")
    same, first, apart, _, second = model.predict(tuple(given.values()), verbose=0)
    words = ("predict", several / "run", "two.npz", "--top", 2, "--batch", 32)
    status, out, err = command(capsys, *words, "--format", "json")
    found = json.loads(out)
    assert (status, err, len(found)) == (0, "", 70)
    for row, one in enumerate(found):
        assert one["image"] == f"two.npz[{row}]" and list(one["outputs"]) == ["same", "first", "apart", "second"]
        answers = {name: {a["name"]: a.get("probability") for a in own} for name, own in one["outputs"].items()}
        yes = float(same[row, 0])
        assert answers["same"] == pytest.approx({"0": 1 - yes, "1": yes}, abs=1e-5)
        for name, values in (("first", first[row]), ("second", second[row])):
            best = {str(i): float(values[i]) for i in np.argsort(-values, kind="stable")[:2]}
            assert answers[name] == pytest.approx(best, abs=1e-5)
        assert one["outputs"]["apart"] == [{"name": "0", "value": pytest.approx(float(apart[row, 0]), abs=1e-5)}]
    made = cnnspec.predict(several / "run", "two.npz", top=2)
    assert made.to_json() == out and made.images[3].outputs["first"][0][1] == pytest.approx(float(first[3].max()))
    for arrays in (given, tuple(given.values())):  # in Python
        rows = cnnspec.predict(several / "run", arrays, top=2).images
        assert rows == tuple([one.replace(path=f"x[{n}]") for n, one in enumerate(made.images)])
    assert command(capsys, *words)[1] == made.to_text() and "two.npz[69]  same: " in made.to_text()
    table = list(csv.DictReader(io.StringIO(command(capsys, *words, "--format", "csv")[1])))
    assert [row["second_name_1"] for row in table] == [str(n) for n in second.argmax(1)]
    assert set(table[0]) == {"image", "error", "apart_name_1", "apart_value_1"} | {
        f"{name}_{part}_{n}" for name in ("same", "first", "second") for part in ("name", "probability") for n in (1, 2)
    }
    assert made.to_text("csv").startswith(",".join(table[0])) and "two.npz[5]" in look_at(made._repr_html_()).texts
    for ask in (lambda: made.unit, lambda: made.names, lambda: made.images[0].answers):
        with pytest.raises(ValueError, match="take outputs"):
            ask()


@pytest.mark.parametrize(("name", "whole"), [("pairs.onnx", True), ("int8.tflite", False)])
def test_other_runtimes_answer_by_output(
    name: str, whole: bool, several: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of several inputs and outputs keeps their order and names, though two outputs are of one layer."""
    pytest.importorskip("tensorflow")
    if name.endswith("onnx"):
        pytest.importorskip("tf2onnx")
        pytest.importorskip("onnxruntime")
    with np.load(several / "pairs.npz") as file:
        given = {"left": file["left"][:20], "right": file["right"][:20]}
    np.savez("two.npz", **given)
    options = () if whole else ("--quantize", "int8", "--data", several / "pairs.npz")
    assert command(capsys, "export", several / "run", "-o", name, *options)[0] == 0
    told = [
        json.loads(command(capsys, "predict", model, "two.npz", "--format", "json", "--top", 10)[1])
        for model in (several / "run", name)
    ]
    for ours, theirs in zip(*told, strict=True):
        assert list(ours["outputs"]) == list(theirs["outputs"]) == ["same", "first", "apart", "second"]
        for output, answers in ours["outputs"].items():
            values, others = (
                {a["name"]: a.get("probability", a.get("value")) for a in one}
                for one in (answers, theirs["outputs"][output])
            )
            assert others == pytest.approx(values, abs=1e-5 if whole else 0.05)


def test_an_image_is_answered_by_output(capsys: pytest.CaptureFixture[str]) -> None:
    given = keras.Input((6, 6, 1))
    flat = LAYERS.Flatten()(given)
    ends = [
        LAYERS.Dense(3, activation="softmax", name="kind")(flat),
        LAYERS.Dense(1, activation="sigmoid", name="old")(flat),
    ]
    model = keras.Model(given, [*ends, LAYERS.Conv2D(2, 1, name="field")(given)])
    model.compile(loss=["sparse_categorical_crossentropy", "binary_crossentropy", "mse"])
    model.save("model.keras")
    pixels = np.random.default_rng(0).integers(0, 256, (6, 6), np.uint8)
    pillow.fromarray(pixels).save("a.png")
    kind, old, _ = model.predict(pixels[None, ..., None] / np.float32(255), verbose=0)
    found = cnnspec.predict("model.keras", "a.png", top=3)
    (image,) = found.images
    assert dict(image.outputs["kind"]) == pytest.approx({str(i): float(p) for i, p in enumerate(kind[0])}, abs=1e-5)
    assert dict(image.outputs["old"])["1"] == pytest.approx(float(old[0, 0]), abs=1e-5)
    assert list(image.outputs) == ["kind", "old"]
    assert found.notes == ("left out, as the answers fit no line: field",)
    status, out, err = command(capsys, "predict", "model.keras", "a.png", "--top", 1)
    assert status == 0 and out.startswith("a.png  kind: ") and "; old: " in out and "field" in err


def test_rows_for_one_input_of_any_shape(capsys: pytest.CaptureFixture[str]) -> None:
    model = built(LAYERS.Dense(3, activation="softmax"), shape=(5,))
    model.save("model.keras")
    x = np.random.default_rng(0).random((40, 5), np.float32)
    np.savez("x.npz", x_train=x[:30], x_test=x[30:])
    found = cnnspec.predict("model.keras", "x.npz", top=1)
    assert [int(one.answers[0][0]) for one in found.images] == model.predict(x[30:], verbose=0).argmax(1).tolist()


def test_arrays_are_refused_in_python_s_words(several: Path) -> None:
    x = np.zeros((3, 8, 8, 1))
    for arrays, said in (
        (x, "x is one array, and the network has 2 inputs: left and right"),
        ({"left": x}, "x has nothing for the input right"),
        ((x, x[:2]), "has left of shape (3, 8, 8, 1), but right of shape (2, 8, 8, 1)"),
        ((x, x[..., 0, 0]), "the input right takes 8x8x1, an example of right of data given in Python is 8"),
        ((x, None), "right holds nothing, not numbers"),
    ):
        with pytest.raises(ValueError, match=re.escape(said)):
            cnnspec.predict(several / "run", arrays)


REFUSED: dict[str, tuple[tuple[Any, ...], str]] = {
    "an image": (("a.png",), "takes the inputs left and right; give a .npz with an array for each, by these names"),
    "an array less": (("less.npz",), "less.npz has no right: it has left"),
    "another shape": (("shape.npz",), "the input right takes 8x8x1, an example of right of shape.npz is 4x4"),
    "other lengths": (("length.npz",), "length.npz has left of shape (3, 8, 8, 1), but right of shape (2, 8, 8, 1)"),
    "no file": (("none.npz",), "there is no file none.npz"),
    "objects": (("pickled.npz",), "pickled.npz holds pickled Python objects, which are not read"),
    "no archive": (("text.npz",), "text.npz cannot be read as a .npz file"),
    "files beside it": (("less.npz", "a.png"), "less.npz is given with others; give one .npz alone, or images"),
    "a range": (("less.npz", "--range", "0,255"), "--range is for images"),
    "names": (("whole.npz", "--names", "a,b"), "--names names the classes of one output, and the model has 4"),
}


def test_what_cannot_be_asked_is_a_sentence(several: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pillow.new("L", (8, 8)).save("a.png")
    x = np.zeros((3, 8, 8, 1), np.float32)
    np.savez("whole.npz", left=x, right=x)
    np.savez("less.npz", left=x)
    np.savez("shape.npz", left=x, right=x[:, :4, :4, 0])
    np.savez("length.npz", left=x, right=x[:2])
    np.savez("pickled.npz", left=x, right=np.array([{}] * 3, object))
    Path("text.npz").write_text("no archive")
    for name, (words, message) in REFUSED.items():
        status, out, err = command(capsys, "predict", several / "run", *words)
        assert (status, out) == (2, "") and message in " ".join(err.split()), (name, err)
