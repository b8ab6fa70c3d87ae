"""Metrics that take targets in another form than the loss: refused before Keras is imported, where Keras itself refuses them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnspec.layers.argument import Term
from cnnspec.train.data_fit import Targets, match_output
from cnnspec.train.ends import find_ends
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.evaluation.head import Head
from cnnspec.train.evaluation.overlap import complete_overlap
from cnnspec.train.keras_objects import build
from cnnspec.train.section_values import read_word
from cnnspec.train.section_words import METRICS
from cnnspec.train.settings import TrainSettings
from tests.support import network

keras = pytest.importorskip("keras")
VALUES = {"num_classes": 4, "target_class_ids": [1], "k": 3}
SILENT = {"categorical_accuracy", "one_hot_iou", "one_hot_mean_iou"}  # which count something else of class numbers
LABELS = np.arange(12) % 4
FORMS = {"sparse_categorical_crossentropy": LABELS, "categorical_crossentropy": np.eye(4, dtype=np.float32)[LABELS]}


def find_required(word: str) -> dict[str, Any]:
    names = [name.rstrip("!") for name in METRICS[word][1].split() if name.endswith("!")]
    return {name: VALUES.get(name, 0.5) for name in names}


def find_refusal(word: str, loss: str, **more: Any) -> str:
    metric = read_word("metrics", Term(word, (), tuple((find_required(word) | more).items())))
    settings = TrainSettings(data="x.npz", loss=read_word("losses", loss), metrics=(metric,))
    (end,) = find_ends(network("input 3\ndense(4, softmax)").graph, settings).outputs
    try:
        match_output(end, settings, (3,), Targets((), 4))
    except TrainingFailed as why:
        return f"{why.message}; {why.help}"
    return ""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("loss", FORMS)
def test_what_keras_refuses_is_refused(loss: str) -> None:
    probabilities = np.random.default_rng(0).dirichlet(np.ones(4), 12).astype(np.float32)
    ours = {word for word in METRICS if find_refusal(word, loss).startswith(f"{word} takes ")}
    theirs = set()
    for word in METRICS.keys() - {"accuracy"}:  # which Keras fits to the targets
        given = read_word("metrics", Term(word, (), tuple(find_required(word).items())))
        form = "classes" if loss.startswith("sparse_") else "one-hot"
        metric = build(complete_overlap(given, Head("classes"), 4, form, read_word("losses", loss)), keras)
        try:
            metric.update_state(FORMS[loss], probabilities)
        except Exception:  # each backend has its own
            theirs.add(word)
    assert theirs and ours - theirs == (SILENT if loss.startswith("sparse_") else set()) and theirs <= ours


@pytest.mark.parametrize(("turn", "threshold"), [("", 0.5), ("sigmoid", 0.0)])
def test_the_overlap_of_one_output_is_taken_where_its_end_says_yes(turn: str, threshold: float) -> None:
    rng = np.random.default_rng(0)
    values, true = rng.normal(0.25, 0.5, (50, 1)).astype(np.float32), rng.integers(0, 2, (50, 1))
    loss = read_word("losses", "binary_crossentropy")
    metric = build(complete_overlap(read_word("metrics", "mean_iou"), Head("binary", turn), 1, "column", loss), keras)
    metric.update_state(true, values)
    said = values > threshold
    overlaps = [((true == c) & (said == c)).sum() / ((true == c) | (said == c)).sum() for c in (0, 1)]
    assert float(metric.result()) == pytest.approx(np.mean(overlaps))


def test_what_is_written_of_an_overlap_stays() -> None:
    loss = read_word("losses", Term("sparse_categorical_crossentropy", (), (("ignore_class", 255),)))
    for text, more in ((), {"ignore_class": 255}), ((("ignore_class", 0),), {"ignore_class": 0}):
        given = read_word("metrics", Term("mean_iou", (), text))
        found = dict(complete_overlap(given, Head("classes"), 4, "classes", loss).keywords)
        assert found == {"num_classes": 4, "sparse_y_pred": False, "sparse_y_true": True} | more


def test_the_sentences() -> None:
    by_number = "sparse_categorical_crossentropy"
    assert find_refusal("auc", by_number) == (
        "auc takes a share of every class, and the network is trained on class numbers; "
        "write loss = categorical_crossentropy, whose targets are shares"
    )
    assert find_refusal("top_k_categorical_accuracy", by_number).endswith("; write sparse_top_k_categorical_accuracy")
    assert find_refusal("sparse_categorical_accuracy", "categorical_crossentropy").endswith(
        "; write categorical_accuracy"
    )
    assert find_refusal("one_hot_mean_iou", by_number).endswith("; write mean_iou")
    assert find_refusal("mean_iou", by_number, sparse_y_pred=True).startswith("mean_iou takes a share of every class")
    assert not find_refusal("mean_iou", by_number)  # it takes class numbers
    metric = keras.metrics.MeanIoU(4, sparse_y_pred=False)
    metric.update_state(LABELS, FORMS["categorical_crossentropy"])
    assert float(metric.result()) == 1
