"""Balanced sampling: which examples an epoch draws, by seed and epoch alone, and where it means nothing."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.train.data.batches import make_batches
from cnnspec.train.data.sampling import draw_balanced
from cnnspec.train.section import resolve
from tests.support import network
from tests.train.class_sets import LINE, lopsided
from tests.train.image_sets import read, refused

BALANCED = {"sampling": "balanced", "validation": 0, "test": 0}


@given(st.lists(st.integers(0, 4), min_size=1, max_size=80), st.integers(0, 9), st.integers(0, 9))
def test_every_class_is_drawn_equally_often(labels: list[int], seed: int, epoch: int) -> None:
    """As many examples as there are; of a class each one as often as the others, but for one."""
    classes = np.array(labels)
    drawn = draw_balanced(classes, seed, epoch)
    assert len(drawn) == len(classes)
    by_class = [int((classes[drawn] == c).sum()) for c in set(labels)]
    assert max(by_class) - min(by_class) <= 1
    for c in set(labels):
        times = [Counter(drawn.tolist())[place] for place in np.flatnonzero(classes == c)]
        assert max(times) - min(times) <= 1
    np.testing.assert_array_equal(drawn, draw_balanced(classes, seed, epoch))


def test_epochs_differ_and_see_all_in_the_end() -> None:
    classes = np.repeat([0, 1, 2], [50, 15, 5])
    epochs = [draw_balanced(classes, 3, epoch) for epoch in range(8)]
    assert len({tuple(one) for one in epochs}) == 8
    assert set(np.concatenate(epochs).tolist()) == set(range(70))
    assert (draw_balanced(classes, 4, 0) != epochs[0]).any()
    assert all(len(np.unique(classes[one[:20]])) == 3 for one in epochs)  # classes are mixed within an epoch
    assert {int(np.bincount(classes[one]).argmax()) for one in epochs} == {
        0,
        1,
        2,
    }  # and one more is each one's in turn


def test_batches_are_those_of_the_draw_and_go_on_within_an_epoch() -> None:
    keras = pytest.importorskip("keras")
    data = read(LINE, lopsided(), **BALANCED)
    drawn = "each epoch draws 70 examples of a.npz, 23 or 24 of each of 3 classes; the rarest, 2, has 5"
    assert data.notes[-1] == drawn
    batches = make_batches(keras, data.train, 8, 1)
    batches.begin(2)
    seen = [batches[i] for i in range(len(batches))]
    assert sorted(np.bincount(np.concatenate([y for _, y in seen])).tolist()) == [23, 23, 24]
    batches.begin(2, 5)
    np.testing.assert_array_equal(batches[0][0], seen[5][0])
    plain = make_batches(keras, data.train, 8)
    assert np.bincount(np.concatenate([plain[i][1] for i in range(len(plain))])).tolist() == [50, 15, 5]


def test_classes_in_every_form_are_balanced() -> None:
    two = np.repeat([0, 1], [60, 10])
    for text, labels, loss in (
        (LINE, np.eye(3)[np.repeat([0, 1, 2], [50, 15, 5])], "categorical_crossentropy"),
        ("input 8x8\nflatten -> dense(1, sigmoid)", two, None),
        ("input 8x8\nflatten -> dense(1, sigmoid)", two[:, None].astype(float), "binary_crossentropy"),
    ):
        part = read(text, lopsided(y_train=labels), **BALANCED, **({"loss": loss} if loss else {})).train
        assert part.classes is not None
        counts = np.bincount(part.classes[draw_balanced(part.classes, 0, 0)])
        assert np.ptp(counts) <= 1


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("input 8x8\nflatten -> dense(1)\ntrain { loss = mse }", np.linspace(0, 1, 70)),
        ("input 8x8\nflatten -> dense(1)\ntrain { loss = mse }", np.arange(70) % 5),
        ("input 8x8\nflatten -> dense(3, sigmoid)", np.random.default_rng(0).integers(0, 2, (70, 3))),
        ("input 8x8x1\nconv(3, 1x1, activation=softmax)", np.zeros((70, 8, 8), int)),
    ],
)
def test_examples_without_a_class_are_refused(text: str, labels: np.ndarray) -> None:
    said = refused(text, lopsided(y_train=labels), **BALANCED)
    assert str(said) == (
        "an example of a.npz has no class of its own, so that sampling = balanced means nothing; leave it out"
    )


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ("class_weights = balanced", "sampling = balanced shows each class equally often, and class_weights would count them once more"),
        ("shuffle = false", "sampling = balanced draws other examples in each epoch, and shuffle = false keeps their order"),
    ],
)  # fmt: skip
def test_sections_that_contradict_themselves(settings: str, sentence: str) -> None:
    section = network(f"{LINE}\ntrain {{ data = digits; sampling = balanced; {settings} }}").train
    (found,) = resolve(section)[1]
    assert (found.message, found.help) == (sentence, "leave one out")
    (wrong,) = resolve(network(f"{LINE}\ntrain {{ sampling = balance }}").train)[1]
    assert (wrong.message, wrong.help) == ('sampling must be balanced, not "balance"', 'did you mean "balanced"?')
    (several,) = resolve(network(f"{LINE}\ntrain {{ sampling = balanced }}").train, outputs=("a", "b"))[1]
    assert several.message == "sampling is for a network of one output, this one has 2"
