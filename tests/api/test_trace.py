"""`net.trace`: what it takes, its arrays, and that it shows itself as its command does."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnspec
from tests.api.answered import look_at
from tests.api.test_answers import said

EDGES = (
    "input 3x3x1\nconv(2, 2x2, kernel_values=[[[1, 2], [1/2, 0]], [[0, 1], [0, 0]]]) -> relu -> flatten -> dense(2)\n"
)
TWO = "input a 2\ninput b 2\nadd(a, b)\n"
SQUARE = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]

# A spec, the options of the command, and the same in Python.
QUESTIONS: list[tuple[str, list[str], dict[str, Any]]] = [
    (EDGES, [], {}),
    (EDGES, ["--layers", "conv1,relu1"], {"layers": ["conv1", "relu1"]}),
    (EDGES, ["conv1", "--at", "0,1"], {"layers": "conv1", "at": (0, 1)}),
    (EDGES, ["--input", str(SQUARE), "--seed", "3"], {"input": SQUARE, "seed": 3}),
    (EDGES, ["--loss", "mse", "--target", "[0,1]", "--step", "0.1"], {"loss": "mse", "target": [0, 1], "step": 0.1}),
    (EDGES, ["--gradient", "ones"], {"gradient": "ones"}),
    (TWO, ["--input", "b=[1,2]", "--input", "[1/3,0]"], {"input": {"b": np.array([1, 2]), "a": [Fraction(1, 3), 0]}}),
    (TWO, ["--input", "[0.5,1]", "--input", "ones"], {"input": [[Fraction(1, 2), 1], "ones"]}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "options", "given"), QUESTIONS)
def test_a_trace_says_what_the_command_says(
    text: str, options: list[str], given: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.cnn"
    path.write_text(text)
    answer = cnnspec.load(path).trace(**given)
    for form in ("text", "markdown", "latex", "html"):
        assert said(capsys, "trace", str(path), *options, "--format", form) == answer.to_text(form)
    assert said(capsys, "trace", str(path), *options, "--decimals") == answer.to_text(decimals=True)
    printed = said(capsys, "trace", str(path), *options, "--format", "json")
    assert printed == answer.to_json() == answer.to_text("json") and json.loads(printed) == answer.to_data()
    assert str(answer) == answer.to_text().rstrip("\n") and len(repr(answer)) < 200
    assert len(answer.to_rows()) == len(answer.to_data()["layers"])
    look_at(answer._repr_html_())


def test_the_arrays_are_those_of_the_layers() -> None:
    net, x = cnnspec.loads(EDGES), np.arange(9).reshape(3, 3)
    trace = net.trace(x, loss="mse", target=[0, 1])
    first = x[:-1, :-1] + 2 * x[:-1, 1:] + x[1:, :-1] / 2
    assert np.array_equal(trace.values["conv1"][..., 0], first) and trace.values["conv1"].dtype == float
    assert trace.exact["conv1"][0, 0, 0] == Fraction(7, 2) and "dense1" not in trace.exact
    assert trace.weights["conv1"]["kernel"].shape == (2, 2, 1, 2)
    flat = trace.values["flatten1"]
    assert np.allclose(trace.values["dense1"], flat @ trace.weights["dense1"]["kernel"])
    assert np.allclose(trace.gradients["dense1"], trace.values["dense1"] - [0, 1])  # 2/2 (y - t)
    assert np.allclose(trace.weight_gradients["dense1"]["kernel"], np.outer(flat, trace.gradients["dense1"]))


@pytest.mark.parametrize(
    "given", [SQUARE, np.array(SQUARE), np.array(SQUARE)[..., None], np.array(SQUARE)[None, ..., None], str(SQUARE)]
)
def test_an_input_may_have_a_batch_and_a_channel(given: Any) -> None:
    trace = cnnspec.loads(EDGES).trace(given)
    assert trace.values["input1"][..., 0].tolist() == SQUARE and "input1" in trace.exact


def test_what_is_given_may_be_floats_or_exact() -> None:
    net = cnnspec.loads(EDGES)
    assert "conv1" not in net.trace(np.array(SQUARE) / 7).exact
    assert net.trace(np.array(SQUARE) == 1).exact["conv1"][1, 1, 0] == 0
    assert net.trace([[Fraction(1, 3)] * 3] * 3).exact["conv1"][0, 0, 0] == Fraction(7, 6)


@pytest.mark.parametrize("loss", ["mse", "mae", "huber", "huber(0.5)", "log_cosh", "poisson", "binary_crossentropy"])
@pytest.mark.parametrize("target", [1, Fraction(1, 3)])
def test_parentheses_of_a_loss_are_closed(loss: str, target: Any) -> None:
    """That of one number, whose slope stands alone, too."""
    for spec in ("input 2\ndense(1, sigmoid)\n", "input 2\ndense(2, sigmoid)\n"):
        net = cnnspec.loads(spec)
        for line in net.trace("ones", loss=loss, target=[target] * net.outputs[0][0]).to_text("markdown").split("\n"):  # type: ignore[index]
            assert line.count("(") == line.count(")"), line


def test_weights_of_a_dict() -> None:
    net = cnnspec.loads(EDGES)
    kernel = np.zeros((8, 2), dtype=int)
    kernel[0] = 1, 2
    trace = net.trace(SQUARE, weights={"dense1": {"kernel": kernel}})
    assert trace.exact["dense1"].tolist() == [7, 14]
    assert "weights: kernel given; else kernel drawn by glorot_uniform, seed 1; bias filled with zeros" in " ".join(
        str(trace).split()
    )
    assert "weights: given" in str(net.trace(SQUARE, weights={"dense1": {"kernel": kernel, "bias": [0, 0]}}))
    assert net.trace(SQUARE).weights["dense1"]["kernel"].any()  # what was found before is as it was


def test_weights_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no\.keras"):
        cnnspec.loads(EDGES).trace(weights=tmp_path / "no.keras")


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (EDGES, {"input": [[1, 2], [3]]}, "the input input1 must be numbers in an array, or in lists of the same length"),
    (EDGES, {"input": np.zeros((4, 4))}, "the input input1 takes 3x3x1, not 4x4"),
    (EDGES, {"input": np.full((3, 3), np.nan)}, "NaN or infinity"),
    (EDGES, {"input": [["a"] * 3] * 3}, "the input input1 must be numbers, not ['a']"),
    (EDGES, {"input": np.zeros((3, 3), complex)}, "the input input1 must be numbers"),
    (EDGES, {"layers": "conv9"}, 'has no layer "conv9"'),
    (EDGES, {"layers": "conv1", "at": (5, 0)}, "conv1 has no value at 5,0"),
    (EDGES, {"layers": "conv1", "at": (0, 0), "loss": "mse"}, "at writes out one value of the way forward"),
    (EDGES, {"weights": {"conv9": {}}}, "conv9 has no weights of its own"),
    (EDGES, {"weights": {"conv1": {"gamma": 1}}}, "conv1 has no gamma, but kernel and bias"),
    (EDGES, {"weights": {"conv1": {"bias": [1]}}}, "the bias of conv1 is 2, not 1"),
    (EDGES, {"loss": "mse"}, "compares the output with a target"),
    (TWO, {"input": {"a": [1, 2]}}, "the network has a, b"),
    (TWO, {"input": [[1, 2]]}, "nothing is given for b"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "given", "says"), REFUSED)
def test_what_does_not_fit_is_refused_in_a_sentence(text: str, given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError) as refused:
        cnnspec.loads(text).trace(**given)
    assert says in str(refused.value) and "\n" not in str(refused.value)


def test_a_broken_network_is_refused() -> None:
    with pytest.raises(cnnspec.SpecError, match="cannot be traced"):
        cnnspec.loads("input 3x3x1\nconv(1, 9x9)\n").trace()


def test_a_large_network_has_its_numbers_and_is_not_printed() -> None:
    trace = cnnspec.loads("input 40x40x3\nconv(8, 3x3)\n").trace("ones")
    assert trace.values["conv1"].shape == (38, 38, 8)
    with pytest.raises(ValueError, match="too large to print"):
        trace.to_text()
    assert "too large to print" in trace._repr_html_()
    with pytest.raises(ValueError, match='no format is called "svg": text, markdown, latex, html or json'):
        trace.to_text("svg")


def test_one_number_is_that_of_one_value() -> None:
    net = cnnspec.loads("input 1\ndense(1)")
    assert net.trace(3).values["input1"].tolist() == [3]
    same = [net.trace(3, loss="mse", target=target).gradients["input1"].tolist() for target in (1, np.int64(1), [1])]
    assert same[0] == same[1] == same[2]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"dense1": 3}, "the weights of dense1 are given by their names: {'kernel': …}"),
        (
            {"dense1": {"kernel": [[1, 2], [3]]}},
            "the kernel of dense1 must be numbers in an array, or in lists of the same length",
        ),
    ],
)
def test_weights_that_are_none(given: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        cnnspec.loads("input 1\ndense(1)").trace(3, weights=given)
