"""The meaning of labels: classes, masks or quantities; how many are held back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.train.image_sets import RGB, read, refused
from tests.train.label_sets import FLAT, MAP, N, arrays, table

metrics = pytest.importorskip("sklearn.metrics")


splits = pytest.importorskip("sklearn.model_selection")


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
