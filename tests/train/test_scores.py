"""What an evaluation counts, compared with scikit-learn's metrics on the same outputs, in batches of any size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnspec.train.evaluation.head import Head
from cnnspec.train.evaluation.scores import Score, Scores, make_matrix, make_tally, rank_confusions

metrics = pytest.importorskip("sklearn.metrics")

Array = np.ndarray[Any, Any]


def counted(
    head: Head, targets: Array, outputs: Array, names: Any = None, batch: int = 7, maps: bool = False
) -> Scores:
    counts = make_tally(head, outputs.shape[-1], names, maps)
    assert counts is not None
    for start in range(0, len(targets), batch):
        counts.add(targets[start : start + batch], outputs[start : start + batch])
    return counts.scores()


def outputs_for(labels: Array, classes: int, seed: int = 0) -> Array:
    """Outputs that are right more often than not."""
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(*labels.shape, classes)) + 1.5 * (labels[..., None] == np.arange(classes))).astype(
        np.float32
    )


def same(found: Score, expected: dict[str, float]) -> bool:
    ours = [found.precision or 0, found.recall or 0, found.f1 or 0, found.support]
    return ours == pytest.approx([expected[k] for k in ("precision", "recall", "f1-score", "support")])


CASES = [(2, 50, 0), (10, 300, 1), (12, 40, 2), (100, 150, 3)]  # of (12, 40) and (100, 150) some classes never occur


@pytest.mark.parametrize(("classes", "count", "seed"), CASES)
@pytest.mark.parametrize("one_hot", [False, True])
def test_classes(classes: int, count: int, seed: int, one_hot: bool) -> None:
    labels = np.random.default_rng(seed).integers(0, classes, count)
    outputs = outputs_for(labels, classes, seed)
    targets = np.eye(classes, dtype=np.float32)[labels] if one_hot else labels
    found = counted(Head("classes"), targets, outputs)
    answers = outputs.argmax(axis=1)
    report = metrics.classification_report(labels, answers, output_dict=True, zero_division=0)
    assert found.figures["accuracy"] == pytest.approx(metrics.accuracy_score(labels, answers))
    assert make_matrix(found) == metrics.confusion_matrix(labels, answers, labels=range(classes)).tolist()
    met = [score for score in found.classes if score.f1 is not None]
    assert {score.name for score in met} == {name for name in report if name.isdigit()}
    assert all(same(score, report[score.name]) for score in met)
    assert same(found.averages[0], report["macro avg"])
    assert same(found.averages[1], report["weighted avg"])
    if classes > 10:
        expected = metrics.top_k_accuracy_score(labels, outputs, k=5, labels=range(classes))
        assert found.figures["top_5_accuracy"] == pytest.approx(expected)
    assert ("top_5_accuracy" in found.figures) == (classes > 10)


def test_what_is_undefined_is_none() -> None:
    found = counted(Head("classes"), np.array([0, 0, 1]), np.eye(4, dtype=np.float32)[[0, 2, 2]])
    zero, one, two, three = found.classes
    assert (zero.precision, zero.recall) == (1, 0.5)
    assert (one.precision, one.recall, one.f1) == (None, 0, 0)
    assert (two.precision, two.recall, two.f1, two.support) == (0, None, 0, 0)
    assert (three.precision, three.recall, three.f1) == (None, None, None)
    assert found.averages[0].f1 == pytest.approx((2 / 3 + 0 + 0) / 3)  # of the three that occur or were predicted


def test_confusions_the_most_frequent_first() -> None:
    found = counted(Head("classes"), np.array([0, 0, 1, 2, 2, 2]), np.eye(3, dtype=np.float32)[[1, 1, 0, 2, 0, 2]], ["cat", "dog", "fox"])  # fmt: skip
    assert rank_confusions(found) == [("cat", "dog", 2), ("dog", "cat", 1), ("fox", "cat", 1)]


@pytest.mark.parametrize(("turn", "threshold"), [("", 0.5), ("sigmoid", 0.0), (None, 0.0)])
def test_one_output_for_two_classes(turn: str | None, threshold: float) -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 90)
    outputs = (rng.normal(size=90) + labels).astype(np.float32)[:, None]
    found = counted(Head("binary", turn), labels[:, None].astype(np.float32), outputs, ["no", "yes"])
    report = metrics.classification_report(
        labels, outputs[:, 0] > threshold, target_names=["no", "yes"], output_dict=True
    )
    assert all(same(score, report[score.name]) for score in found.classes)
    assert found.figures["accuracy"] == pytest.approx(report["accuracy"])


def test_labels() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, (80, 6))
    outputs = (rng.random((80, 6)) * 0.7 + 0.3 * labels).astype(np.float32)
    found = counted(Head("labels"), labels.astype(np.float32), outputs)
    report = metrics.classification_report(labels, outputs > 0.5, output_dict=True, zero_division=0)
    assert all(same(score, report[score.name]) for score in found.classes)
    for average, name in zip(found.averages, ("micro avg", "macro avg", "weighted avg"), strict=True):
        assert same(average, report[name])
    assert found.figures["exact_match"] == pytest.approx(metrics.accuracy_score(labels, outputs > 0.5))
    assert found.figures["accuracy"] == pytest.approx(1 - metrics.hamming_loss(labels, outputs > 0.5))


@pytest.mark.parametrize("one_hot", [False, True])
def test_maps_are_counted_place_by_place(one_hot: bool) -> None:
    labels = np.random.default_rng(0).integers(0, 4, (9, 5, 6))
    outputs = outputs_for(labels, 4)
    targets = np.eye(4, dtype=np.float32)[labels] if one_hot else labels
    found = counted(Head("classes"), targets, outputs, maps=True)
    flat, answers = labels.ravel(), outputs.argmax(axis=-1).ravel()
    ious = metrics.jaccard_score(flat, answers, average=None)
    assert found.count == flat.size
    assert [score.iou for score in found.classes] == pytest.approx(ious)
    assert found.figures["mean_iou"] == pytest.approx(ious.mean())
    assert found.figures["accuracy"] == pytest.approx(metrics.accuracy_score(flat, answers))


@pytest.mark.parametrize("shape", [(60,), (60, 1), (60, 3), (12, 4, 5, 2)])
@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_quantities(shape: tuple[int, ...], offset: float) -> None:
    rng = np.random.default_rng(0)
    true = (rng.normal(size=shape) * rng.uniform(1, 3, shape[-1] if len(shape) > 1 else 1) + offset).astype(np.float32)
    outputs = (true + rng.normal(size=shape) / 2).astype(np.float32)
    found = counted(Head("quantities", None), true, outputs)
    flat = [a.reshape(-1, shape[-1] if len(shape) > 1 else 1).astype(np.float64) for a in (true, outputs)]
    assert found.figures == pytest.approx(
        {
            "mse": metrics.mean_squared_error(*flat), "rmse": metrics.mean_squared_error(*flat) ** 0.5,
            "mae": metrics.mean_absolute_error(*flat), "r2": metrics.r2_score(*flat),
        },
        rel=1e-9,
    )  # fmt: skip


def test_quantities_that_are_all_the_same_have_no_r2() -> None:
    assert counted(Head("quantities", None), np.ones((5, 1)), np.zeros((5, 1))).figures["r2"] is None


def test_probabilities() -> None:
    outputs = np.array([[1000.0, 0.0], [-1000.0, 0.0], [1.0, 2.0]], np.float32)
    softened = Head("classes", "softmax").probabilities(outputs)
    assert softened.tolist() == [[1, 0], [0, 1], pytest.approx([1 / (1 + np.e), np.e / (1 + np.e)])]
    assert Head("labels", "sigmoid").probabilities(outputs)[:, 0].tolist() == pytest.approx(
        [1, 0, 1 / (1 + np.exp(-1))]
    )
    assert (Head("classes").probabilities(outputs) == outputs).all()
