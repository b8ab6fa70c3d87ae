"""Where the way back begins: gradients and targets as numbers, words and files; the losses of the language; what is refused."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.trace.errors import NoTrace
from cnnspec.trace.start import read_start, read_step
from tests.trace.test_backward import trace_whole

VECTOR = "input 2\ndense(3) as d"
CLASSES = "input 2\ndense(3, softmax) as d"
MAP = "input 3x3x1\nconv(2, 2x2, activation=softmax) as c"
TWO = "input x 2\nx -> dense(1) as a\nx -> dense(2) as b\noutput a, b"
TRAINED = CLASSES + "\ntrain {\n data = mnist\n loss = sparse_categorical_crossentropy\n}"
BEGIN = (
    "the way back begins with the gradient of the output, as in --gradient ones, or with a loss and a target, as in "
    '--loss mse --target "[0, 1]"'
)


def begin(text: str, gradient: Any = (), loss: str | None = None, target: Any = ()) -> Any:
    return read_start(trace_whole(text), gradient, loss, target, 1)


def test_gradients_are_numbers_words_or_files(tmp_path: Path) -> None:
    np.save(tmp_path / "g.npy", [1, 2, 3])
    given = {"[1, -1/2, 0]": "1 -1/2 0", "ones": "1 1 1", "ramp": "0 1 2", str(tmp_path / "g.npy"): "1 2 3"}
    for text, numbers in given.items():
        ((array,), losses) = begin(VECTOR, [text]).gradients.values(), begin(VECTOR, [text]).losses
        assert " ".join([str(number) for number in array[0]]) == numbers
        assert not losses


def test_several_outputs_have_each_their_own() -> None:
    graph = trace_whole(TWO).network.graph
    for given in (["7", "[8, 9]"], ["b=[8, 9]", "a=7"], ["b=[8, 9]", "7"]):
        found = begin(TWO, given).gradients
        assert [[int(n) for n in found[index][0]] for index in graph.outputs] == [[7], [8, 9]]
    found = begin(TWO, (), "mse", ["a=7", "b=[8, 9]"])
    assert [*found.losses] == [*found.gradients] == [*graph.outputs]


@pytest.mark.parametrize(("loss", "target", "word", "wanted"), [
    ("mse", "[0, 0, 1]", "mean_squared_error", "0 0 1"),
    ("MeanSquaredError", "zeros", "mean_squared_error", "0 0 0"),
    ("huber(0.5)", "[0, 1/2, 1]", "huber", "0 1/2 1"),
    ("categorical_crossentropy(from_logits=true)", "[0, 0, 1]", "categorical_crossentropy", "0.0 0.0 1.0"),
    ("sparse_categorical_crossentropy", "2", "sparse_categorical_crossentropy", "0.0 0.0 1.0"),
    ("sparse_categorical_crossentropy", "[2]", "sparse_categorical_crossentropy", "0.0 0.0 1.0"),
])  # fmt: skip
def test_a_loss_as_the_language_writes_it(loss: str, target: str, word: str, wanted: str) -> None:
    (found,) = begin(VECTOR, (), loss, [target]).losses.values()
    assert found.word == word
    assert " ".join([str(number) for number in found.target[0]]) == wanted


def test_the_loss_of_the_train_section() -> None:
    (found,) = begin(TRAINED, (), None, ["1"]).losses.values()
    assert found.word == "sparse_categorical_crossentropy"
    (found,) = begin(TRAINED, (), "mae", ["[0, 1, 0]"]).losses.values()
    assert found.word == "mean_absolute_error"


def test_classes_of_positions() -> None:
    (found,) = begin(MAP, (), "sparse_categorical_crossentropy", ["[[0, 1], [1, 0]]"]).losses.values()
    assert found.target[0].tolist() == [[[1, 0], [0, 1]], [[0, 1], [1, 0]]]
    assert found.share == 0.25


@pytest.mark.parametrize(("text", "gradient", "loss", "target", "sentence"), [
    (VECTOR, (), None, (), BEGIN),
    (VECTOR, (), None, ["[0, 0, 1]"], "a target is compared with the output by a loss: name it, as in --loss mse or --loss categorical_crossentropy"),
    (VECTOR, (), None, ["2"], "a target is compared with the output by a loss: name it, as in --loss mse or --loss sparse_categorical_crossentropy"),
    (CLASSES, (), "sparse_categorical_crossentropy", ["[0, 1, 0]"], "the target of d takes a list of 1 number, not 3 numbers; sparse_categorical_crossentropy takes the number of a class, categorical_crossentropy a number for each class"),
    (VECTOR, ["ones"], "mse", (), "--gradient and --loss both say where the way back begins: leave one of them out"),
    (VECTOR, ["[1, 2]"], None, (), "the gradient of d takes a list of 3 numbers, not 2 numbers"),
    (VECTOR, ["e=[1, 2]"], None, (), 'the network has no output "e": it has d'),
    (TWO, ["[1]"], None, (), "nothing is given for b: give numbers such as [[1, 0], [0, 1]], a .csv, .npy or image file, or ramp, ones, zeros or random"),
    (VECTOR, (), "mse", (), 'mean_squared_error compares the output with a target: give it, as in --target "[0, 0, 1]"'),
    (CLASSES, (), "sparse_categorical_crossentropy", (), "sparse_categorical_crossentropy compares the output with a target: give it, as in --target 2"),
    (MAP, (), "mse", (), "mean_squared_error compares the output with a target: give it, as in --target zeros"),
    (VECTOR, (), "mse", ["[1, 2]"], "the target of d takes a list of 3 numbers, not 2 numbers"),
    (CLASSES, (), "categorical_crossentropy", ["2"], "the target of d takes a list of 3 numbers, not 1 number; sparse_categorical_crossentropy takes the number of a class, categorical_crossentropy a number for each class"),
    (CLASSES, (), "sparse_categorical_crossentropy", ["3"], "a target of sparse_categorical_crossentropy is the number of a class, from 0 to 2"),
    (VECTOR, (), "msee", ["ones"], '--loss: there is no loss "msee"; did you mean "mse"?'),
    (VECTOR, (), "huber(1, 2, 3, 4, 5, 6)", ["ones"], "--loss: huber takes 4 arguments, 6 are given; write huber(delta, reduction, name, dtype)"),
    (VECTOR, (), "7", ["ones"], "--loss must be a loss, such as sparse_categorical_crossentropy"),
    (VECTOR, (), "(((", ["ones"], None),
    (VECTOR, (), "", ["ones"], None),
])  # fmt: skip
def test_what_is_refused(text: str, gradient: Any, loss: Any, target: Any, sentence: str | None) -> None:
    with pytest.raises(NoTrace) as refused:
        begin(text, gradient, loss, target)
    assert sentence is None or str(refused.value) == sentence
    assert "\n" not in str(refused.value)


def test_a_step_is_exact() -> None:
    assert [read_step(text) for text in ("0.1", "1/3", "1e-3", ".5", "2", "0")] == [
        Fraction(1, 10), Fraction(1, 3), Fraction(1, 1000), Fraction(1, 2), 2, 0,
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["-0.1", "nan", "inf", "1/0", "", "0.1.2", "1e999", "ten", "0x10", "1" * 40])
def test_what_is_no_step(text: str) -> None:
    with pytest.raises(NoTrace, match=r"--step must be a number from 0, such as 0\.1 or 1/10, not"):
        read_step(text)
