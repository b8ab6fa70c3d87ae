"""Pairs and triplets of examples: of which classes they are, what is held back, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnspec.train.data.examples import Held, Raw, make_raw_part
from cnnspec.train.data.prepare import Data, prepare
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.plan import make_plan
from cnnspec.train.section import resolve
from tests.support import network

PAIRS = "input a 2\ninput b 2\nsubtract(a, b) -> abs -> dense(1, sigmoid)\n"
TRIPLETS = "input a 2\ninput b 2\ninput c 2\nadd(a, b, c) -> dense(1, relu)\n"
DRAWINGS = {"pairs": (PAIRS, ""), "triplets": (TRIPLETS, "; loss = mae")}


def draw(labels: Any, word: str = "pairs", more: str = "", **overrides: Any) -> Data:
    """What is drawn of examples that hold their own number and class."""
    text, loss = DRAWINGS[word]
    net = network(f'{text}train {{ data = {word}("x.npz"{more}){loss} }}\n')
    assert not net.errors
    found, wrong = resolve(net.train, overrides)
    assert not wrong
    labels = np.asarray(labels)
    examples = np.stack([np.arange(len(labels)), labels], axis=1).astype(np.float32)
    return prepare(Raw(make_raw_part(Held(examples), labels)), make_plan(net.graph, found))


def take(part: Any) -> tuple[list[np.ndarray[Any, Any]], list[np.ndarray[Any, Any]], Any]:
    """The numbers and the classes of the examples of each input, and the targets, in the order of the part."""
    x, y = part.take(slice(None))
    return [one[:, 0] for one in x], [one[:, 1] for one in x], y


CLASSES = st.lists(st.integers(0, 4), max_size=60).map(lambda more: [0] * 5 + [1] * 5 + more)


@settings(max_examples=40, deadline=None)
@given(CLASSES, st.integers(0, 9), st.integers(1, 3))
def test_pairs_are_of_one_class_or_of_two(labels: list[int], seed: int, each: int) -> None:
    data = draw(labels, more=f", each={each}", seed=seed)
    seen = []
    for part in filter(None, (data.train, data.validation, data.test)):
        (first, second), (left, right), same = take(part)
        assert ((left == right) == (same[:, 0] == 1)).all() and (first != second).all()
        assert (same == 1).sum() == (same == 0).sum() == len(part) / 2
        assert set(np.unique(first[same[:, 0] == 1], return_counts=True)[1]) == {each}
        seen.append({*first, *second})
    assert not any(one & other for n, one in enumerate(seen) for other in seen[:n]), "an example is in two parts"


@settings(max_examples=25, deadline=None)
@given(CLASSES, st.integers(0, 9))
def test_triplets_are_an_anchor_another_of_its_class_and_one_of_another(labels: list[int], seed: int) -> None:
    data = draw(labels, "triplets", seed=seed)
    for part in filter(None, (data.train, data.validation, data.test)):
        (first, second, _), (anchor, positive, negative), target = take(part)
        assert (anchor == positive).all() and (anchor != negative).all() and (first != second).all()
        assert not target.any()


def test_the_seed_alone_decides() -> None:
    labels = np.arange(60) % 3
    one, same, other = (draw(labels, seed=seed) for seed in (1, 1, 2))
    assert one.fingerprint == other.fingerprint  # the data are the same, however they are paired
    assert all(np.array_equal(x, y) for x, y in zip(take(one.train)[0], take(same.train)[0], strict=True))
    assert not all(np.array_equal(x, y) for x, y in zip(take(one.train)[0], take(other.train)[0], strict=True))


def test_what_is_said() -> None:
    (said,) = [note for note in draw([0] * 10 + [1] * 10 + [2]).notes if "drawn" in note]
    assert said.startswith("pairs of x.npz: 28 to train, 8 to test, drawn by the seed")
    notes = draw([0] * 10 + [1] * 10 + [2]).notes
    assert "in x.npz, 1 class of one example, without a partner: 2" in notes


REFUSED = {
    "one class": ([0] * 9, "pairs", "x.npz has no two examples of a class beside one of another to train on"),
    "no two of a class": ([0, 1, 2, 3], "pairs", "x.npz has no two examples of a class beside one of another to train on"),
    "quantities": ([0.5, 1.5] * 5, "triplets", "x.npz has no classes that triplets could be drawn from"),
}  # fmt: skip


@pytest.mark.parametrize(("labels", "word", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(labels: Any, word: str, message: str) -> None:
    with pytest.raises(TrainingFailed) as caught:
        draw(labels, word)
    assert caught.value.message == message


def test_a_network_of_other_inputs_is_refused_before_a_file_is_read() -> None:
    net = network('input 2\ndense(1, sigmoid) as same\ntrain { data = pairs("nowhere.npz") }\n')
    found, _ = resolve(net.train)
    with pytest.raises(TrainingFailed, match="pairs are for a network of 2 inputs, this one has 1: input1"):
        make_plan(net.graph, found)
