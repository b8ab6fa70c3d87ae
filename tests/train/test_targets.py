"""What is meant by the numbers of a data set: classes, masks or quantities, the range of values, and what is not read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.cli import main
from cnnspec.train.data.ranges import pixels
from tests.train.test_data import RGB, colour, flowers, read, refused, save

metrics = pytest.importorskip("sklearn.metrics")
splits = pytest.importorskip("sklearn.model_selection")

N = 40
MAP = "input 4x4\nreshape(4x4x1) -> conv(%s, 3x3, padding=same%s)"
FLAT = "input 6x6\nflatten -> dense(%s)"


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def arrays(labels: Any, shape: tuple[int, ...] = (6, 6), **more: Any) -> str:
    x = np.random.default_rng(0).random((len(labels), *shape)).astype(np.float32)
    np.savez("set.npz", **{"x_train": x, "y_train": np.asarray(labels), **more})
    return "set.npz"


# ---- how many are held back --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("labels", "loss"),
    [
        (np.arange(100), "mse"),
        (np.arange(100) - 50, "mae"),
        (np.arange(100).astype(np.float32), "huber"),
        (np.arange(100)[:, None], "log_cosh"),
        (np.repeat(np.arange(50), 2), "poisson"),
        (np.r_[np.zeros(50), np.arange(50)].astype(np.uint8), "mean_squared_logarithmic_error"),
    ],
)
def test_quantities_are_drawn_from_the_whole(labels: Any, loss: str) -> None:
    data = read(FLAT % 1, arrays(labels), loss=loss)
    rest, held = splits.train_test_split(labels, test_size=0.2)
    train, validate = splits.train_test_split(rest, test_size=0.1)
    assert data.test is not None
    assert data.validation is not None
    assert (len(data.train), len(data.validation), len(data.test)) == (len(train), len(validate), len(held))
    assert not any("class" in note for note in data.notes)


@pytest.mark.parametrize(("head", "loss"), [("10, softmax", None), ("10", "mse"), ("10, softmax", "categorical_crossentropy")])  # fmt: skip
def test_classes_keep_their_shares(head: str, loss: str | None) -> None:
    labels = np.repeat(np.arange(10), 10)
    data = read(FLAT % head, arrays(labels), **({"loss": loss} if loss else {}))
    assert data.test is not None
    held = data.test.take(slice(None))[1]
    held = held.argmax(axis=1) if held.ndim > 1 else held
    _, wanted = splits.train_test_split(labels, test_size=0.2, stratify=labels)
    assert sorted(held.tolist()) == sorted(wanted.tolist())


# ---- the range of a loss -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("labels", "text", "loss", "message"),
    [
        (np.arange(N) * 0.75, FLAT % 1, None, "run from 0 to 29.25, and binary_crossentropy, the loss for such an output, takes 0 to 1; write loss = mse"),
        (np.arange(N) * 0.75, FLAT % "1, sigmoid", "binary_crossentropy", "run from 0 to 29.25, and binary_crossentropy takes 0 to 1"),
        (np.arange(N) % 2 * 2.0 - 1, FLAT % "1, sigmoid", None, "run from -1 to 1, and binary_crossentropy, the loss for such an output, takes 0 to 1; write 0 in place of -1"),
        (np.eye(3)[np.arange(N) % 3] * 255, FLAT % "3, softmax", "categorical_crossentropy", "run from 0 to 255, and categorical_crossentropy takes 0 to 1; divide them by 255"),
        (np.linspace(-3, 3, N), FLAT % 1, "hinge", "run from -3 to 3, and hinge takes -1 to 1"),
        (np.linspace(-3, 3, N), FLAT % "1, softplus", "poisson", "run from -3 to 3, and poisson takes no value below 0; write loss = mse"),
        (np.linspace(-3, 3, N), FLAT % "1, relu", "mean_squared_logarithmic_error", "takes no value below 0"),
        (np.zeros((N, 4, 4, 1), np.uint8) + 255 * (np.arange(4) % 2 == 0)[:, None].astype(np.uint8), MAP % (1, ", activation=sigmoid"), None, "run from 0 to 255, and binary_crossentropy, the loss for such an output, takes 0 to 1; divide them by 255"),
        (np.full((N, 4, 4), 7) * (np.arange(4) % 2), MAP % (1, ", activation=sigmoid"), "dice", "run from 0 to 7, and dice takes 0 to 1; divide them by 7"),
    ],
)  # fmt: skip
def test_targets_that_a_loss_is_not_made_for(labels: Any, text: str, loss: str | None, message: str) -> None:
    shape = (4, 4) if "4x4" in text else (6, 6)
    error = refused(text, arrays(labels, shape), **({"loss": loss} if loss else {}))
    assert message in str(error)
    assert str(error).startswith("the targets of set.npz run from")


@pytest.mark.parametrize(
    ("labels", "loss", "message", "help"),
    [
        ([0, 255] * 9, "binary_crossentropy", "are 0 and 255, and one output tells 0 from 1", "divide them by 255"),
        ([0, 255] * 9, None, "are 0 and 255, and one output tells 0 from 1", "divide them by 255"),
        ([[0], [2]] * 9, None, "are 0 and 2, and one output tells 0 from 1", "divide them by 2"),
        ([1, 2] * 9, None, "are 1 and 2, and one output tells 0 from 1", "number the classes 0 and 1"),
        ([3.0, 7.0] * 9, "binary_crossentropy", "are 3 and 7, and one output tells 0 from 1", "number the classes 0 and 1"),
    ],
)  # fmt: skip
def test_two_classes_are_0_and_1(labels: Any, loss: str | None, message: str, help: str) -> None:
    error = refused(FLAT % "1, sigmoid", arrays(labels), **({"loss": loss} if loss else {}))
    assert (error.message, error.help) == (f"the labels of set.npz {message}", help)


@pytest.mark.parametrize(
    ("labels", "text", "loss"),
    [
        (np.linspace(0, 1, N), FLAT % 1, None),
        (np.linspace(0, 1, N), FLAT % "1, sigmoid", None),
        (np.arange(N) % 2, FLAT % "1, sigmoid", None),
        (np.arange(N) % 2 * 2 - 1.0, FLAT % "1, tanh", "hinge"),
        (np.arange(N) * 0.75, FLAT % 1, "mse"),
        (np.arange(N) * 0.75, FLAT % "1, softplus", "poisson"),
        (np.linspace(-3, 3, N)[:, None] * np.ones(2), FLAT % 2, None),
    ],
)  # fmt: skip
def test_targets_that_it_is(labels: Any, text: str, loss: str | None) -> None:
    data = read(text, arrays(labels), validation=0, test=0, **({"loss": loss} if loss else {}))
    assert data.train.targets.ravel().tolist() == pytest.approx(labels.ravel().tolist())


# ---- masks -------------------------------------------------------------------------------------------------------
MASK = np.random.default_rng(1).integers(0, 2, (N, 4, 4))
PARTS = np.random.default_rng(2).integers(0, 3, (N, 4, 4))


@pytest.mark.parametrize(
    ("labels", "channels", "activation", "wanted"),
    [
        (MASK.astype(np.uint8), 1, ", activation=sigmoid", MASK[..., None]),
        (MASK[..., None].astype(np.uint8), 1, ", activation=sigmoid", MASK[..., None]),
        (MASK.astype(bool), 1, ", activation=sigmoid", MASK[..., None]),
        (MASK[..., None].astype(bool), 1, ", activation=sigmoid", MASK[..., None]),
        (MASK.astype(np.float32), 1, ", activation=sigmoid", MASK[..., None]),
        (MASK[..., None].astype(np.int64), 1, "", MASK[..., None]),
        (MASK[..., None].astype(np.uint8), 2, ", activation=softmax", MASK),
        (MASK.astype(bool), 2, ", activation=softmax", MASK),
        (PARTS[..., None], 3, ", activation=softmax", PARTS),
        (PARTS.astype(np.float32), 3, ", activation=softmax", PARTS),
        (np.eye(3)[PARTS], 3, ", activation=softmax", PARTS),
        (np.eye(3, dtype=np.uint8)[PARTS], 3, "", PARTS),
    ],
)
def test_masks_with_and_without_their_last_axis(labels: Any, channels: int, activation: str, wanted: Any) -> None:
    data = read(MAP % (channels, activation), arrays(labels, (4, 4)), validation=0, test=0)
    assert data.targets == (
        "column" if channels == 1 and labels.ndim == 3 else "classes" if channels > 1 else data.targets
    )
    np.testing.assert_array_equal(data.train.targets, wanted)
    assert data.train.targets.dtype == (np.float32 if channels == 1 else np.int64)


@pytest.mark.parametrize(
    ("labels", "channels", "message"),
    [(PARTS, 2, "has 3 classes, the network 2 outputs"), (MASK[:, :3], 1, "the network yields 4x4x1"), (MASK[:, :3], 2, "the network yields 4x4x2")],
)  # fmt: skip
def test_masks_that_do_not_fit(labels: Any, channels: int, message: str) -> None:
    assert message in refused(MAP % (channels, ", activation=sigmoid" if channels == 1 else ", activation=softmax"), arrays(labels, (4, 4))).message  # fmt: skip


@pytest.mark.parametrize("last", [True, False])
def test_a_mask_costs_what_it_costs_keras(last: bool) -> None:
    keras = pytest.importorskip("keras")
    data = read(
        MAP % (1, ", activation=sigmoid"), arrays(MASK[..., None] if last else MASK, (4, 4)), validation=0, test=0
    )
    shares = np.random.default_rng(3).random((N, 4, 4, 1)).astype(np.float32)
    found = keras.ops.mean(keras.losses.binary_crossentropy(data.train.targets, shares))
    assert float(found) == pytest.approx(metrics.log_loss(MASK.ravel(), shares.ravel()), rel=1e-5)


# ---- class numbers -----------------------------------------------------------------------------------------------
def table(*labels: str, header: str = "path,label") -> str:
    os.makedirs("set", exist_ok=True)
    for i in range(len(labels)):
        save(f"set/i{i}.png", colour(i))
    Path("set/list.csv").write_text("\n".join([header, *[f"i{i}.png,{label}" for i, label in enumerate(labels)]]))
    return "set/list.csv"


@pytest.mark.parametrize(
    ("labels", "names", "numbers"),
    [
        (["1_0", "2_0", "1_0", "3_0"], ("1_0", "2_0", "3_0"), [0, 1, 0, 2]),
        (["1_000", "2", "3", "2"], ("1_000", "2", "3"), [0, 1, 2, 1]),
        (["0.0", "1.0", "2.0", "1.0"], None, [0, 1, 2, 1]),
        (["0", "1.0", "2", "1"], None, [0, 1, 2, 1]),
        (["0e0", "1e0", "2.", "1"], None, [0, 1, 2, 1]),
        (["0", "1", "2", "1"], None, [0, 1, 2, 1]),
        (["a", "1", "2", "1"], ("1", "2", "a"), [2, 0, 1, 0]),
        (["_1", "_2", "_3", "_1"], ("_1", "_2", "_3"), [0, 1, 2, 0]),
    ],
)
def test_labels_of_a_csv(labels: list[str], names: tuple[str, ...] | None, numbers: list[int]) -> None:
    data = read(RGB, table(*labels), validation=0, test=0)
    assert (data.names, data.train.targets.tolist(), data.targets) == (names, numbers, "classes")


@pytest.mark.parametrize(
    ("labels", "message", "help"),
    [
        ([1, 2, 3] * 4, "no label of set.npz is 0: they run from 1 to 3", "number the classes from 0: subtract 1"),
        ([3, 4, 5] * 4, "no label of set.npz is 0: they run from 3 to 5", "number the classes from 0: subtract 3"),
        ([1.0, 2.0, 3.0] * 4, "no label of set.npz is 0: they run from 1 to 3", "number the classes from 0: subtract 1"),
        ([[1], [2], [3]] * 4, "no label of set.npz is 0: they run from 1 to 3", "number the classes from 0: subtract 1"),
        ([2, 3] * 6, "no label of set.npz is 0: they run from 2 to 3", "number the classes from 0: subtract 2"),
        ([0, 1, 3] * 4, "set.npz has 4 classes, the network 3 outputs: the label of example 2 is 3", "end with dense(4, softmax)"),
        ([1, 2, 9] * 4, "set.npz has 10 classes, the network 3 outputs: the label of example 2 is 9", "end with dense(10, softmax)"),
    ],
)  # fmt: skip
def test_labels_that_do_not_begin_with_0(labels: list[Any], message: str, help: str) -> None:
    error = refused(FLAT % "3, softmax", arrays(labels))
    assert (error.message, error.help) == (message, help)


def test_a_first_class_that_never_comes_is_said() -> None:
    notes = read(FLAT % "4, softmax", arrays([1, 2, 3] * 20)).notes
    assert "no label of set.npz is 0: they run from 1 to 3, and the first output never learns; classes are numbered from 0" in notes  # fmt: skip
    assert not any("is 0" in note for note in read(FLAT % "4, softmax", arrays([0, 1, 2] * 20)).notes)


def test_whole_numbers_for_one_output_may_be_quantities() -> None:
    assert (
        refused(FLAT % 1, arrays(np.arange(N))).help
        == "end with dense(40, softmax), or write loss = mse for quantities"
    )


# ---- nothing is left out without a word --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("i1.png,a,b", "line 3 of set/list.csv has 3 cells, the first line 2"),
        ("i1.png,a, , b", "line 3 of set/list.csv has 4 cells, the first line 2"),
        ("i1,1.png,a", "line 3 of set/list.csv has 3 cells, the first line 2"),
        ('i1.png,"a",1', "line 3 of set/list.csv has 3 cells, the first line 2"),
    ],
)
def test_cells_beyond_the_header(line: str, message: str) -> None:
    table("a", "b", "c")
    Path("set/list.csv").write_text(f"path,label\ni0.png,a\n{line}\ni2.png,c")
    assert refused(RGB, "set/list.csv").message == message


@pytest.mark.parametrize("line", ["i1.png,b", "i1.png,b,", "i1.png,b, ,", '"i1.png","b"'])
def test_empty_cells_beyond_it_are_none(line: str) -> None:
    table("a", "b", "c")
    Path("set/list.csv").write_text(f"path,label\ni0.png,a\n{line}\ni2.png,c")
    assert read(RGB, "set/list.csv", validation=0, test=0).names == ("a", "b", "c")


def test_columns_that_are_not_read() -> None:
    table("a", "b", "c")
    Path("set/list.csv").write_text("path,label,age,sex\ni0.png,a,1,m\ni1.png,b,2,f\ni2.png,c,3,m")
    assert "not read of set/list.csv: columns age, sex" in read(RGB, "set/list.csv", validation=0, test=0).notes


@pytest.mark.parametrize("word", ["val", "valid", "validation"])
def test_the_validation_arrays_of_a_file_are_used(word: str) -> None:
    x = np.random.default_rng(5).random((8, 6, 6))
    data = read(FLAT % "3, softmax", arrays([0, 1, 2] * 9, **{f"x_{word}": x, f"y_{word}": np.arange(8) % 3}), test=0)
    assert data.validation is not None
    assert (len(data.train), len(data.validation), data.test) == (27, 8, None)
    np.testing.assert_allclose(data.validation.take(slice(None))[0], x, rtol=1e-6)


def test_arrays_that_are_not_read_or_have_no_partner() -> None:
    notes = read(FLAT % "3, softmax", arrays([0, 1, 2] * 20, ids=np.arange(60), X_extra=np.zeros(3))).notes
    assert "not read of set.npz: arrays ids, X_extra" in notes
    assert refused(FLAT % "3, softmax", arrays([0, 1, 2] * 9, x_val=np.zeros((2, 6, 6)))).message.startswith(
        "set.npz has no y_val"
    )
    both = {
        "x_val": np.zeros((2, 6, 6)),
        "y_val": np.arange(2),
        "x_valid": np.zeros((2, 6, 6)),
        "y_valid": np.arange(2),
    }
    assert "twice" in refused(FLAT % "3, softmax", arrays([0, 1, 2] * 9, **both)).message


@pytest.mark.parametrize(("ending", "kind"), [("tif", "TIFF"), ("TIFF", "TIFF"), ("heic", "HEIC"), ("avif", "AVIF"), ("dcm", "DICOM")])  # fmt: skip
def test_images_of_kinds_that_are_not_read_are_named(ending: str, kind: str) -> None:
    flowers()
    for i in range(3):
        Path(f"flowers/rose/scan{i}.{ending}").write_bytes(b"II*\0")
    Path("flowers/notes.txt").write_text("x")
    notes = " ".join(read(RGB, "flowers/").notes)
    assert f"left out of flowers/: 3 {kind} images, a kind that is not read, rose/scan0.{ending}" in notes
    assert "left out of flowers/: 1 other file, notes.txt" in notes
    os.makedirs("only/a")
    os.makedirs("only/b")
    for name in "ab":
        Path(f"only/{name}/1.{ending}").write_bytes(b"II*\0")
    error = refused(RGB, "only/")
    assert error.message == f"only/ has no images in class folders but 2 {kind} images, a kind that is not read"
    assert error.help == "write them anew as PNG or JPEG"


def test_copies_on_both_sides_of_our_own_split_are_said() -> None:
    flowers(count=10)
    assert not any("copy" in note for note in read(RGB, "flowers/").notes)
    for i in range(10):  # each image twice: some fall apart
        for name in ("daisy", "rose", "tulip"):
            path = sorted(Path("flowers", name).iterdir())[i * 2]
            path.with_name(f"{path.stem}b{path.suffix}").write_bytes(path.read_bytes())
    data = read(RGB, "flowers/")
    (note,) = [note for note in data.notes if "copy" in note]
    examples = data.train.examples
    x = examples.take(np.arange(len(examples)))
    held = [place for part in (data.validation, data.test) if part for place in part.places]
    trained = {x[place].tobytes() for place in data.train.places}
    count = sum(x[place].tobytes() in trained for place in held)
    assert note.startswith(f"in flowers/, {count} image")
    assert count > 0


# ---- the range of images -----------------------------------------------------------------------------------------
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
    assert pixels(least, most) == range


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
    assert {p.key: p.value for p in onnx.load("net.onnx").metadata_props} == {"input_range": "0,255"}
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
