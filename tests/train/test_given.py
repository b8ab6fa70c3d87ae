"""Data that are given in Python: whatever holds or yields the same examples gives the same data set. Keras is not needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from cnnspec.train.data import given as given_data
from cnnspec.train.errors import TrainingFailed
from tests.train.given_data import ONE, SAME, TWO, X, Y, read, refused


class Tensor:
    """A tensor of PyTorch, as NumPy sees it."""

    def __init__(self, array: Any) -> None:
        self.array = array

    def detach(self) -> Tensor:
        return self

    def cpu(self) -> Any:
        return self.array


class Loader:
    """A DataLoader of PyTorch: batches in lists, channels first."""

    def __len__(self) -> int:
        return 4

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, 30, 8):
            yield [Tensor(np.moveaxis(X[start : start + 8], -1, 1)), Tensor(Y[start : start + 8])]


class Sequence:
    """A PyDataset of Keras, or a data set of PyTorch: what stands at each place."""

    def __init__(self, count: int, take: Callable[[int], Any]) -> None:
        self.count, self.take = count, take

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, place: int) -> Any:
        return self.take(place)


SOURCES: dict[str, Callable[[], Any]] = {
    "arrays": lambda: (X, Y),
    "lists": lambda: (X.tolist(), Y.tolist()),
    "tensors": lambda: (Tensor(X), Tensor(Y)),
    "by name": lambda: ({"input1": X}, {"dense1": Y}),
    "channels first": lambda: (np.moveaxis(X, -1, 1), Y),
    "a loader": Loader,
    "a generator": lambda: ((X[i : i + 7], Y[i : i + 7]) for i in range(0, 30, 7)),
    "batches by place": lambda: Sequence(3, lambda i: (X[10 * i : 10 * i + 10], Y[10 * i : 10 * i + 10])),
    "examples by place": lambda: Sequence(30, lambda i: (np.moveaxis(X[i], -1, 0), int(Y[i]))),
    "dicts": lambda: [({"input1": X[:9]}, {"dense1": Y[:9]}), ({"input1": X[9:]}, {"dense1": Y[9:]})],
    "class names": lambda: (X, np.array(["ant", "bee", "cat"])[Y]),
    "class names in a list": lambda: (X, [["ant", "bee", "cat"][y] for y in Y]),
}


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_gives_the_same_examples(name: str) -> None:
    data, arrays = read(ONE, SOURCES[name]()), read(ONE, (X, Y))
    for mine, theirs in ((data.train, arrays.train), (data.test, arrays.test)):
        assert mine is not None
        assert theirs is not None
        for own, other in zip(mine.take(slice(None)), theirs.take(slice(None)), strict=True):
            np.testing.assert_array_equal(own, other)
    assert data.names == (("ant", "bee", "cat") if "names" in name else None)
    assert ("the channels of data given in Python, 3x4x4, come first and are moved to the end" in data.notes) == (
        name in ("channels first", "a loader", "examples by place")
    )


def test_several_inputs_and_outputs_by_name_and_in_order() -> None:
    by_name = read(TWO, ({"right": 1 - X, "left": X}, {"kind": Y, "same": SAME}))
    in_order = read(TWO, ((X, 1 - X), (SAME, Y)))
    batches = read(TWO, [((X[:9], 1 - X[:9]), (SAME[:9], Y[:9])), ((X[9:], 1 - X[9:]), (SAME[9:], Y[9:]))])
    for data in (in_order, batches):
        for own, other in zip(data.train.take(slice(None)), by_name.train.take(slice(None)), strict=True):
            for a, b in zip(own, other, strict=True):
                np.testing.assert_array_equal(a, b)
    assert by_name.fingerprint == in_order.fingerprint == batches.fingerprint


def test_an_input_may_have_the_name_of_an_argument() -> None:
    text = "input x 4x4x3\ninput y 4x4x3\nconcat(x, y) -> flatten -> dense(3, softmax)\n"
    inputs, targets = read(text, ({"x": X, "y": 1 - X}, Y)).train.take(slice(None))
    plain = read(ONE, (X, Y)).train
    np.testing.assert_array_equal(inputs[0], plain.take(slice(None))[0])
    np.testing.assert_array_equal(inputs[1], 1 - inputs[0])
    np.testing.assert_array_equal(targets, plain.take(slice(None))[1])


def test_parts_that_are_given_are_those() -> None:
    data = read(ONE, (X, Y), validation=(X[:6], Y[:6]), test=(X[6:15], Y[6:15]))
    assert [len(part) if part else 0 for part in (data.train, data.validation, data.test)] == [30, 6, 9]
    np.testing.assert_array_equal(data.test.take(slice(None))[0], X[6:15])  # type: ignore[union-attr]


def test_no_group_stands_in_two_parts() -> None:
    patients = np.arange(30) // 5
    data = read(ONE, (X, Y), groups=patients)
    parts = [set(patients[part.places]) for part in (data.train, data.validation, data.test) if part]
    assert sum(map(len, parts)) == len(set().union(*parts)) == 6
    assert any(note.startswith("data given in Python has 6 groups, none in two parts") for note in data.notes)
    with pytest.raises(TrainingFailed, match=r"^data given in Python has 6 groups, too few for 7 folds"):
        read(ONE, (X, Y), groups=patients, folds=7)


def test_a_class_that_one_part_alone_has_is_one_of_all() -> None:
    names, some = np.array(["ant", "bee", "cat"])[Y], Y != 1
    data = read(ONE, (X[some], names[some]), test=(X, names))
    assert data.names == ("ant", "bee", "cat") and data.test is not None
    np.testing.assert_array_equal(data.test.targets, Y)


REFUSED: list[tuple[str, Any, dict[str, Any], str]] = [
    (ONE, X, {}, "x comes without y, and a ndarray yields no batches; give x and y, or what yields pairs of them"),
    (ONE, 5, {}, "x comes without y, and a int yields no batches"),
    (ONE, (X, Y[:5]), {}, "data given in Python has x of shape (30, 4, 4, 3), but y of shape (5,)"),
    (ONE, (X, None), {}, "y holds nothing, not numbers; give an array with a row for each example"),
    (ONE, ([[1, 2], [3]], [0, 1]), {}, "x cannot be made an array"),
    (ONE, ({"inputs": X}, Y), {}, 'x names "inputs", which is no input of the network; did you mean "input1"?'),
    (
        TWO,
        ((X, X), {"same": SAME, "kind": Y}),
        {"loss": "{same: mse}"},
        'y names "kind", which is no output that is trained; it has same',
    ),
    (TWO, (X, (SAME, Y)), {}, "x is one array, and the network has 2 inputs: left and right"),
    (TWO, ((X,), (SAME, Y)), {}, "x has 1 array, and the network 2 inputs: left and right"),
    (TWO, ({"left": X}, (SAME, Y)), {}, "x has nothing for the input right; give x all: left and right"),
    (ONE, iter([]), {}, "there is no batch to train on; a generator that was read once is empty"),
    (ONE, [(X, Y, Y)], {}, "a batch to train on is 3 parts, not examples and targets; yield pairs (x, y)"),
    (ONE, [(X, Y), (X[:, :2], Y)], {}, "the batches differ in shape, or in what they hold"),
    (ONE, (X, Y), {"groups": Y[:3]}, "groups has the shape (3,), for 30 examples"),
    (ONE, (X, Y), {"groups": Y, "test": (X, Y)}, "groups say what is to be held back, and other parts are given"),
    (ONE, (X, Y), {"group": "patient"}, "group = patient keeps examples together, and arrays have no such column"),
    (ONE, (X, ["a"] * 30), {"test": (X, Y)}, "y holds texts, and other parts numbers"),
    (ONE, (X * np.nan, Y), {}, "30 of 30 examples in x of data given in Python hold NaN or infinity, the first is 0"),
    (ONE, (X[..., :2], Y), {}, "the network takes 4x4x3, an example of data given in Python is 4x4x2"),
]


@pytest.mark.parametrize(("text", "data", "more", "said"), REFUSED, ids=[said[:40] for *_, said in REFUSED])
def test_what_cannot_be_trained_on(text: str, data: Any, more: dict[str, Any], said: str) -> None:
    assert refused(text, data, **more).startswith(said)


def test_batches_without_end_are_not_read_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given_data, "find_free_memory", lambda: 10 * X.nbytes)
    endless = ((X, Y) for _ in iter(int, 1))
    assert refused(ONE, endless).startswith("the batches to train on take more than there is room for in memory")
