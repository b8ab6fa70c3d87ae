"""Trainings from beginning to end, on the real digits and on small files; and what stops them."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.base import installing
from cnnspec.cli import main
from cnnspec.train import keras_objects, run
from cnnspec.train.data import sources
from cnnspec.train.data.arrays import of_arrays
from cnnspec.train.data.batches import make_batches
from cnnspec.train.data.examples import Shaped
from cnnspec.train.data.images import resize
from cnnspec.train.data.prepare import draw, prepare
from cnnspec.train.data.sources import load
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.plan import make_plan
from cnnspec.train.progress import Lines, format_figure, format_figures
from cnnspec.train.runs.spec import gather_spec
from cnnspec.train.section import resolve
from cnnspec.train.settings import TrainSettings
from tests.support import network

keras = pytest.importorskip("keras")

ROOT = Path(__file__).resolve().parents[2]
SMALL = "input 8x8x1\nflatten -> dense(32, relu) -> dense(10, softmax)\n"
SECTION = "train { data = digits; loss = sparse_categorical_crossentropy; epochs = 2; batch = 64 }\n"


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def trained(text: str, output: str = "model.keras", **overrides: Any) -> tuple[run.Outcome, str]:
    """A training, and what was shown meanwhile."""
    net = network(text)
    assert not net.errors
    settings, found = resolve(net.train, overrides)
    assert not found
    stream = io.StringIO()
    whole = gather_spec("net.cnn", text, {}, overrides=overrides)
    return run.train(make_plan(net.graph, settings, whole, output=output), Lines(stream)), stream.getvalue()


def refused(text: str, **overrides: Any) -> TrainingFailed:
    with pytest.raises(TrainingFailed) as caught:
        trained(text, **overrides)
    assert not [name for name in os.listdir() if name.endswith(".keras") or name == "runs"]
    return caught.value


def command(capsys: pytest.CaptureFixture[str], text: str, *options: str) -> tuple[int, str, str]:
    Path("net.cnn").write_text(text)
    status = main(["train", "net.cnn", *options])
    done = capsys.readouterr()
    assert "Traceback" not in done.err
    return status, done.out, done.err


# ---- what a training yields --------------------------------------------------------------------------------
def test_the_command_trains_saves_and_says_where(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = command(capsys, SMALL + SECTION)
    assert status == 0
    result, saved = out.splitlines()
    assert result.startswith("test accuracy ")
    assert "(359 test examples, with the model of epoch " in result
    assert saved.startswith("saved runs/net-1/best.keras")
    assert "1,295 examples to train, 143 to validate" in err
    assert len([line for line in err.splitlines() if line.startswith(("epoch 1/2  loss", "epoch 2/2  loss"))]) == 2
    assert sorted(os.listdir()) == ["net.cnn", "runs"]
    assert sorted(os.listdir("runs")) == ["net-1"]
    kept = ["best.keras", "curves.png", "last.keras", "metrics.csv", "metrics.jsonl", "run.json", "spec", "state"]
    assert sorted(os.listdir("runs/net-1")) == kept


def test_options_stand_above_the_section(capsys: pytest.CaptureFixture[str]) -> None:
    options = [
        "--epochs",
        "1",
        "--batch",
        "500",
        "--seed",
        "3",
        "--learning-rate",
        "0.25",
        "--validation",
        "0",
        "-o",
        "a.keras",
    ]
    status, out, err = command(capsys, SMALL + SECTION.replace("}", "; optimizer = sgd }"), *options)
    assert status == 0
    assert out.splitlines()[1:2] == ["saved a.keras"]
    assert "1,438 examples to train, " in err
    assert "val_loss" not in err
    assert "epoch 1/1" in err
    model = keras.models.load_model("a.keras", safe_mode=True)
    assert float(model.optimizer.learning_rate) == 0.25
    assert int(model.optimizer.iterations) == 3


def test_quiet_shows_the_result_alone(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = command(capsys, SMALL + SECTION, "-q", "--epochs", "1")
    assert (status, err, len(out.splitlines())) == (0, "", 2)


def test_a_seed_gives_the_same_training() -> None:
    text = SMALL.replace("-> dense(10", "-> dropout(0.5) -> dense(10") + SECTION
    first, second, other = (trained(text, seed=s)[0].figures for s in (5, 5, 6))
    assert first == second
    assert first != other


def test_the_saved_model_has_the_accuracy_that_was_printed() -> None:
    outcome, _ = trained(SMALL + SECTION, seed=4, epochs=5)
    assert outcome.figures["accuracy"] > 0.7
    net = network(SMALL + SECTION)
    settings, _ = resolve(net.train, {"seed": 4})
    data = prepare(load(settings), make_plan(net.graph, settings))
    assert data.test is not None
    x, y = data.test.take(slice(None))
    model = keras.models.load_model("model.keras", safe_mode=True)
    right = model.predict(x, verbose=0).argmax(axis=1) == y
    assert right.mean() == pytest.approx(outcome.figures["accuracy"], abs=1e-6)
    assert model.evaluate(x, y, verbose=0, return_dict=True)["loss"] == pytest.approx(outcome.figures["loss"], rel=1e-4)


def test_the_example_reaches_its_accuracy() -> None:
    text = (ROOT / "examples/digits.cnn").read_text()
    outcome, shown = trained(text)
    assert outcome.figures["accuracy"] >= 0.97
    assert "112,682 parameters" in text
    assert "112,682 parameters" in shown


@pytest.mark.parametrize(
    "loss", ["categorical_crossentropy(label_smoothing=0.1)", "categorical_focal_crossentropy", "mse", "kl_divergence"]
)
def test_losses_on_vectors_get_a_vector_for_each_class(loss: str) -> None:
    outcome, _ = trained(SMALL + SECTION.replace("sparse_categorical_crossentropy", loss), epochs=4)
    assert outcome.figures["accuracy"] > 0.5


@pytest.mark.parametrize(
    ("end", "loss"), [("dense(10, softmax)", False), ("dense(10)", True), ("dense(10) -> softmax", False)]
)
def test_without_a_loss_the_networks_end_decides(end: str, loss: bool) -> None:
    net = network(f"input 8x8x1\nflatten -> {end}")
    model = run.to_keras(net.graph)
    term = keras_objects.choose_loss(TrainSettings(data="digits"), model, "classes")
    assert (term.name, dict(term.keywords)) == ("SparseCategoricalCrossentropy", {"from_logits": True} if loss else {})


def test_digits_are_resized_to_the_network() -> None:
    _, shown = trained(
        "input 16x12x1\nconv(4, 3x3, stride=2) -> flatten -> dense(10)\ntrain { data = digits }", epochs=1
    )
    assert "the images of digits, 8x8x1, are resized to 16x12x1" in shown
    assert keras.models.load_model("model.keras").input_shape == (None, 16, 12, 1)


@pytest.mark.parametrize("size", [(28, 28), (32, 20), (5, 8), (3, 2)])
def test_resizing_is_that_of_keras(size: tuple[int, int]) -> None:
    images = np.random.default_rng(0).random((3, 8, 9, 2), np.float32)
    theirs = np.asarray(
        keras.ops.image.resize(images, size, interpolation="bilinear", antialias=True, data_format="channels_last")
    )
    np.testing.assert_allclose(resize(images, size), theirs, atol=1e-5)


def test_digits_are_what_scikit_learn_holds() -> None:
    from sklearn.datasets import load_digits

    raw = load(TrainSettings(data="digits"))
    examples, y = raw.train
    x = examples.take(np.arange(len(examples)))
    assert (x.shape, x.dtype, x.min(), x.max()) == ((1797, 8, 8, 1), np.float32, 0, 1)
    np.testing.assert_array_equal(x[..., 0] * 16, load_digits().images)
    np.testing.assert_array_equal(y, load_digits().target)


def test_what_is_held_back_has_every_class_and_no_example_twice() -> None:
    labels = np.repeat([0, 1, 2], [100, 50, 10])
    rest, held = draw(labels, 0.2, True, np.random.default_rng(0))
    assert sorted([*rest, *held]) == list(range(160))
    assert np.bincount(labels[held]).tolist() == [20, 10, 2]


# ---- callbacks, optimizers, metrics -------------------------------------------------------------------------
def test_callbacks_work() -> None:
    section = """train {
      data = digits; epochs = 6; optimizer = sgd(0.001, use_ema=true); loss = sparse_categorical_crossentropy
      metrics = [accuracy, sparse_top_k_categorical_accuracy(k=3, name="top3")]
      callbacks = [
        csv_logger("logs/log.csv"), model_checkpoint("logs/best-{epoch:02d}.keras", save_best_only=true),
        early_stopping(monitor=val_top3, mode=max, min_delta=10, patience=2), swap_ema_weights, terminate_on_nan,
        learning_rate_scheduler(exponential_decay(0.1, 1, 0.5)), backup_and_restore("backup"), progbar_logger,
      ]
    }"""
    _, shown = trained(SMALL + section)
    assert "epoch 3/6" in shown
    assert "epoch 4/6" not in shown  # no top3 is ever 10 better than the first
    assert "learning_rate 0.1000" in shown
    assert "learning_rate 0.0500" in shown
    header, *rows = Path("runs/net-1/logs/log.csv").read_text().splitlines()
    assert header == "epoch,accuracy,loss,top3,val_accuracy,val_loss,val_top3"
    assert len(rows) == 3
    assert Path("runs/net-1/logs/best-01.keras").exists()
    assert not Path("runs/net-1/backup").exists()


def test_the_learning_rate_falls_on_a_plateau() -> None:
    text = (
        SMALL
        + "train { data = digits; callbacks = reduce_lr_on_plateau(patience=1, min_delta=100, factor=0.5); optimizer = adam(0.01) }"
    )
    _, shown = trained(text, epochs=4, seed=0)
    assert "learning_rate 0.0100" in shown
    assert "learning_rate 0.0050" in shown


def test_a_backup_folder_of_that_name_outside_the_run_is_kept() -> None:
    """Keras deletes the backup's folder; a callback's files lie in the run folder, so it is never one of the user's."""
    Path("src").mkdir()
    Path("src/work.py").write_text("x")
    trained(SMALL + 'train { data = digits; callbacks = backup_and_restore("src") }', epochs=1)
    assert Path("src/work.py").exists()
    assert not Path("runs/net-1/src").exists()


def test_a_missing_package_is_said_before_the_first_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras_objects, "find_spec", lambda name: None)
    error = refused(SMALL + "train { data = digits; callbacks = tensorboard }")
    assert str(error) == "tensorboard needs tensorboard, which is not installed; pip install tensorboard"


SAMPLES = {"decay_steps": 10, "first_decay_steps": 10, "boundaries": [5], "values": [0.1, 0.01], "num_classes": 10,
           "target_class_ids": [0], "inner_optimizer": "adam", "filepath": "m.keras", "filename": "log.csv",
           "schedule": "exponential_decay(0.1, 1, 0.5)", "backup_dir": "backup"}  # fmt: skip


def required(parameters: str) -> str:
    names = [p[:-1] for p in parameters.split() if p.endswith("!")]
    written = {n: SAMPLES.get(n, 0.5) for n in names}
    return ", ".join(f'{n}="{v}"' if n.startswith(("file", "backup")) else f"{n}={v}" for n, v in written.items())


def test_every_word_makes_what_keras_has() -> None:
    from cnnspec.train.words import MODULES

    for key, module in (
        ("optimizer", "optimizers"),
        ("loss", "losses"),
        ("metrics", "metrics"),
        ("callbacks", "callbacks"),
    ):
        for word, (cls, parameters) in MODULES[module][1].items():
            extra = "; optimizer = adam(use_ema=true)" if word == "swap_ema_weights" else ""
            settings, found = resolve(
                network(SMALL + f"train {{ {key} = {word}({required(parameters)}){extra} }}").train
            )
            assert not found, (word, found[0].message)
            if key == "callbacks":
                if word not in ("tensorboard", "remote_monitor"):
                    assert type(keras_objects.build_callbacks(settings, keras, "run")[0]).__name__ == cls
            elif cls != "accuracy":
                term = getattr(settings, key)
                assert type(keras_objects.build(term[0] if key == "metrics" else term, keras)).__name__ == cls
    for word, (cls, parameters) in MODULES["optimizers.schedules"][1].items():
        settings, found = resolve(network(SMALL + f"train {{ optimizer = sgd({word}({required(parameters)})) }}").train)
        assert not found
        assert type(keras_objects.build(settings.optimizer, keras)._learning_rate).__name__ == cls


# ---- files ---------------------------------------------------------------------------------------------------
def write(name: str = "data.npz", **arrays: Any) -> str:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 120)
    x = rng.normal(size=(120, 6, 6))
    x[np.arange(120), y] += 2
    np.savez(name, **{"x_train": x, "y_train": y} | arrays)
    return name


OWN = "input 6x6x1\nflatten -> dense(3, softmax)\ntrain { epochs = 15; optimizer = adam(0.05) }"


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
    Path("sub/net.cnn").write_text(OWN.replace("epochs = 15", 'epochs = 1; data = "own.npz"'))
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
    outcome, _ = trained("input 6x6\nflatten -> dense(1)", data=write(x_train=x, y_train=labels), epochs=20, seed=1)
    net = network("input 6x6\nflatten -> dense(1)")
    settings = TrainSettings(data="data.npz", seed=1)
    test = prepare(load(settings), make_plan(net.graph, settings)).test
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
    data = prepare(
        of_arrays("bytes.npz", {"x_train": x, "y_train": np.zeros(120, int)}), make_plan(net.graph, settings)
    )
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


def test_a_download_that_fails_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def offline() -> Any:
        print("Downloading data from https://…")
        raise Exception("URL fetch failure on https://…: None -- [Errno -2] Name or service not known")

    monkeypatch.setattr(keras.datasets.mnist, "load_data", offline)
    status, out, err = command(capsys, "input 28x28x1\nflatten -> dense(10)\n", "--data", "mnist")
    assert (status, out) == (2, "")
    assert "mnist is not on this machine and could not be downloaded (URL fetch failure" in err
    assert "train on data = digits" in err


@pytest.mark.parametrize(("name", "shape"), [("mnist", (28, 28)), ("cifar10", (32, 32, 3))])
def test_downloaded_data_have_the_known_shape(
    monkeypatch: pytest.MonkeyPatch, name: str, shape: tuple[int, ...]
) -> None:
    images, labels = np.full((20, *shape), 255, np.uint8), (np.arange(20) % 10).reshape((20,) + (1,) * (len(shape) - 2))
    monkeypatch.setattr(
        getattr(keras.datasets, name), "load_data", lambda: ((images, labels), (images[:5], labels[:5]))
    )
    net = network(f"input 16x16x{shape[2] if len(shape) == 3 else 1}\nflatten -> dense(10)")
    settings = TrainSettings(data=name, validation=0)
    data = prepare(sources.load(settings), make_plan(net.graph, settings))
    x, y = data.train.take(slice(None))
    assert x.shape == (20, *net.graph.nodes[0].shape)  # type: ignore[misc]
    assert x.max() == pytest.approx(1)
    assert y.tolist() == [*range(10), *range(10)]
    assert data.test is not None
    assert len(data.test) == 5


def test_images_that_memory_cannot_hold_are_resized_when_a_batch_asks() -> None:
    settings = TrainSettings(data="digits")
    data = prepare(load(settings), make_plan(network("input 2000x2000x1\ngap -> dense(10)").graph, settings))
    assert type(data.train.examples) is Shaped
    x, y = data.train.take(slice(3))
    assert (x.shape, y.shape) == ((3, 2000, 2000, 1), (3,))


def test_batches_are_the_same_in_any_run_and_differ_between_epochs() -> None:
    settings = TrainSettings(data="digits")
    part = prepare(load(settings), make_plan(network(SMALL).graph, settings)).train
    whole = make_batches(keras, part, 100, seed=7)
    first = [y for _, y in map(whole.__getitem__, range(len(whole)))]
    whole.begin(1)
    second = [y for _, y in map(whole.__getitem__, range(len(whole)))]
    later = make_batches(keras, part, 100, seed=7)
    later.begin(1, 4)
    assert [len(y) for y in first] == [100] * 12 + [len(part) % 100]
    assert sorted(np.concatenate(first)) == sorted(np.concatenate(second)) == sorted(part.targets[part.places])
    assert not np.array_equal(np.concatenate(first), np.concatenate(second))
    assert all(np.array_equal(later[i][1], second[4 + i]) for i in range(len(later)))
    assert len(later) == len(second) - 4


# ---- what stops a training ------------------------------------------------------------------------------------
@pytest.mark.parametrize("output", ["absent/model.keras", "folder.keras", "file/model.keras", "model.h5"])
def test_an_output_that_cannot_be_written_is_found_first(
    output: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("folder.keras").mkdir()
    Path("file").write_text("")
    monkeypatch.setattr(run, "load", lambda settings: pytest.fail("it began"))
    status, out, err = command(capsys, SMALL + SECTION, "-o", output)
    assert (status, out) == (2, "")
    assert output in err


def test_a_failed_save_leaves_the_old_model(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("model.keras").write_text("old")
    plain = keras.Model.save

    def full_disk(model: Any, path: str, **options: Any) -> None:
        if "model.keras" not in path:
            return plain(model, path, **options)
        Path(path).write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keras.Model, "save", full_disk)
    with pytest.raises(TrainingFailed, match=r"model.keras could not be saved: .*No space left.*; runs/net-1 keeps"):
        trained(SMALL + SECTION, epochs=1)
    assert {p.name: p.read_text() for p in Path().iterdir() if p.is_file()} == {"model.keras": "old"}


def test_a_loss_that_is_no_number_stops_the_training() -> None:
    error = refused(SMALL.replace("softmax", "linear") + "train { data = digits; loss = mse; optimizer = sgd(1e17) }")
    assert error.status == 1
    assert error.message.startswith("the loss is ")
    assert "at epoch 1/10, batch 2/41" in error.message or "at epoch 1/10, batch 1/41" in error.message
    assert "learning rate (it is 1e+17)" in error.help


def test_what_keras_refuses_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = command(
        capsys, SMALL + "train { data = digits; optimizer = adam(gradient_accumulation_steps=1) }"
    )
    assert (status, out) == (1, "")
    assert "Keras refuses adam: " in err


class Pressed(keras.callbacks.Callback):  # type: ignore[misc, name-defined]
    """Ctrl-C after some batches: as an exception at once, or as the signal."""

    def __init__(self, batch: int, real: bool) -> None:
        super().__init__()
        self.batch, self.real, self.seen = batch, real, 0

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.seen += 1
        if self.seen == self.batch:
            if not self.real:
                raise KeyboardInterrupt
            os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("real", [False, True])
def test_ctrl_c_saves_what_there_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], real: bool
) -> None:
    monkeypatch.setattr(keras_objects, "build_callbacks", lambda *given, **more: [Pressed(24, real)])
    status, out, err = command(capsys, SMALL + SECTION, "-o", "a.keras")
    assert status == 130
    assert out == "saved runs/net-1/best.keras\n"
    where = "batch 3/21" if real else "batch 2/21, before its end was kept"
    assert f"stopped at epoch 2/2, {where}; go on with: cnnspec resume runs/net-1\n" in err
    model = keras.models.load_model("runs/net-1/last.keras", safe_mode=True)
    assert int(model.optimizer.iterations) == (24 if real else 21)  # the second Ctrl-C leaves what was kept before
    assert not os.path.exists("a.keras")  # the model of a training that has ended
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_before_the_first_batch_saves_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(keras_objects, "build_callbacks", lambda *given, **more: [Pressed(1, False)])
    status, out, err = command(capsys, SMALL + SECTION)
    assert (status, out) == (130, "")
    assert "stopped before the first batch; nothing was saved" in err
    assert os.listdir() == ["net.cnn"]


def test_ctrl_c_from_a_terminal() -> None:
    Path("net.cnn").write_text(SMALL + SECTION)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = subprocess.Popen(
        [sys.executable, "-m", "cnnspec", "train", "net.cnn", "--epochs", "100000"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    assert started.stderr is not None
    for line in started.stderr:
        if line.startswith("epoch 2/"):
            break
    time.sleep(0.2)
    started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=60)
    assert started.returncode == 130
    assert out.startswith("saved runs/net-1/best.keras")
    assert "stopping after this batch" in err
    assert "go on with: cnnspec resume runs/net-1" in err
    assert "Traceback" not in err
    keras.models.load_model("runs/net-1/last.keras", safe_mode=True)


@pytest.mark.parametrize("missing", ["keras", "tensorflow", "sklearn", "numpy"])
def test_what_is_not_installed_is_one_sentence(missing: str) -> None:
    Path("net.cnn").write_text(SMALL + SECTION)
    program = (
        "import sys\n"
        "class Blocker:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.split('.')[0] == {missing!r}:\n"
        f"            raise ModuleNotFoundError('No module named {missing}', name={missing!r})\n"
        "sys.meta_path.insert(0, Blocker())\n"
        "from cnnspec.cli import main\n"
        "sys.exit(main(['train', 'net.cnn', '-q']))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "KERAS_BACKEND": "tensorflow"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"cnnspec: {missing} is not installed")
    assert installing.command("keras") in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_file_with_mistakes_is_not_trained(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(capsys, SMALL + "train { data = digits; epochs = 0 }")[0] == 1
    assert command(capsys, "input 8x8x1\nconv(8, 9x9)\ntrain { data = digits }")[0] == 1
    assert command(capsys, SMALL + "expect params < 10\ntrain { data = digits }")[0] == 1
    status, _, err = command(capsys, SMALL)
    assert status == 2
    assert "does not say what to train on" in err
    assert command(capsys, SMALL, "--epochs", "0")[0] == 2
    assert command(capsys, SMALL, "--data", "digit")[0] == 2


# ---- what is shown --------------------------------------------------------------------------------------------
def test_figures_are_short_and_in_order() -> None:
    logs = {"accuracy": 0.98765, "learning_rate": 0.00001, "loss": 12345.678, "val_accuracy": 0.5, "val_loss": 0.0}
    assert (
        format_figures(logs)
        == "loss 1.23e+04  accuracy 0.9877  val_loss 0.0000  val_accuracy 0.5000  learning_rate 1e-05"
    )
    assert format_figure(np.array([0.5, 1])) == "[0.5000, 1.0000]"
    assert format_figure(float("nan")) == "nan"


def test_a_terminal_gets_a_bar() -> None:
    from cnnspec.train.progress import Bar, choose_display

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    shown = choose_display(stream)
    assert isinstance(shown, Bar)
    net = network(SMALL + SECTION)
    run.train(make_plan(net.graph, resolve(net.train)[0], gather_spec("net.cnn", SMALL + SECTION, {})), shown)
    assert "epoch 2/2  loss " in stream.getvalue()
    assert "/21" in stream.getvalue()
    assert type(choose_display(stream, quiet=True)) is Lines


def test_a_fingerprint_is_of_the_contents(tmp_path: Path) -> None:
    def of(x: Any, y: Any, **settings: Any) -> str:
        name = str(tmp_path / f"{len(os.listdir(tmp_path))}.npz")
        np.savez(name, x_train=x, y_train=y)
        given = TrainSettings(data=name, **settings)
        return prepare(load(given), make_plan(network("input 6x6\nflatten -> dense(3)").graph, given)).fingerprint

    x, y = np.random.default_rng(0).random((30, 6, 6)), np.arange(30) % 3
    first = of(x, y)
    assert len(first) == 64
    assert first == of(x, y, seed=5, validation=0.5)
    assert len({first, of(x[::-1], y), of(x, 2 - y), of(x + 1e-9, y), of(x[:-3], y[:-3])}) == 5


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("optimizer = adam(1)", "learning_rate", 1.0),
        ("learning_rate = 2", "learning_rate", 2.0),
        ("optimizer = sgd(0.1, momentum=1)", "momentum", 1.0),
        ("metrics = fbeta_score(beta=2)", "beta", 2.0),
        ("metrics = binary_accuracy(threshold=0)", "threshold", 0.0),
    ],
)
def test_whole_numbers_are_taken_where_keras_wants_floats(line: str, name: str, value: float) -> None:
    settings, found = resolve(network(f"input 3\ndense(2)\ntrain {{ {line} }}\n").train)
    assert found == ()
    term = settings.metrics[0] if settings.metrics else settings.optimizer
    assert float(keras_objects.build(term, keras).get_config()[name]) == value
