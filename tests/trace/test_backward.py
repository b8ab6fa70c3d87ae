"""The way back through a whole network: its gradients are its Keras model's, a step moves its weights, and the board says so."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from cnnspec.base.source import Source
from cnnspec.pipeline import analyse
from cnnspec.trace.backward import Start, trace_back
from cnnspec.trace.backward_board import draw_backward
from cnnspec.trace.losses import find_loss
from cnnspec.trace.reference.arrays import make_exact
from cnnspec.trace.trace import Trace, trace_network
from cnnspec.trace.weights import WeightsFound
from tests.trace.boards import count_up, trace_text
from tests.trace.reference.drawing import differ
from tests.trace.test_values import draw_inputs, draw_weights, to_double


def trace_whole(text: str, layers: tuple[str, ...] = ()) -> Trace:
    """A trace of the inputs 0, 1, 2, … and the weights 1, 2, 3, … up to the outputs."""
    return trace_text(text, layers=layers, whole=True)


def start(trace: Trace, gradient: int = 1) -> Start:
    """The same gradient for every output value."""
    return Start(
        {index: count_up(trace.values[index].shape, 0) * 0 + gradient for index in trace.network.graph.outputs}
    )  # type: ignore[union-attr]


NETWORK = "input 6x6x1\nconv(3, 3x3, activation=relu) -> maxpool(2) -> bn -> flatten -> dense(4, softmax)"


@pytest.mark.kernels
def test_the_gradients_of_a_loss_are_those_of_the_model() -> None:
    import keras
    import tensorflow as tf

    (network,) = analyse(Source("net.cnn", NETWORK)).networks
    graph, random = network.graph, np.random.default_rng(1)
    weights, inputs = draw_weights(graph, random), draw_inputs(graph, random, 1)
    model = to_double(graph, weights)
    with tf.GradientTape() as tape:
        made = model(inputs[0])
        loss = keras.losses.SparseCategoricalCrossentropy(dtype="float64")(tf.constant([2]), made)
    wanted = tape.gradient(loss, [v.value for v in model.trainable_variables])
    trace = trace_network(network, inputs, WeightsFound(weights, {}), range(len(graph.nodes)), whole=True)
    (last,) = graph.outputs
    found = find_loss("sparse_categorical_crossentropy", {}, trace.values[last], np.array([2.0]))
    back = trace_back(trace, Start({last: found.gradient}, {last: found}))
    assert found.value == pytest.approx(float(loss), rel=1e-10)
    named = [variable.path.split("/")[0] for variable in model.trainable_variables]
    assert {*back.gradients.weights} == {*named}
    for layer, own in back.gradients.weights.items():
        there = [gradient for gradient, name in zip(wanted, named, strict=True) if name == layer]
        for here, other in zip(own.values(), there, strict=True):
            assert not differ(here, other.numpy(), 1e-9)
    # before the softmax: output less target
    formulas = {f.name: f for section in draw_backward(trace, back) for f in section.formulas}
    output = trace.values[last][0]
    assert [formulas[f"dE/dh[{i}]"].value for i in range(4)] == pytest.approx(output - np.eye(4)[2], abs=1e-12)


# ---- what is shown -------------------------------------------------------------------------------------------
def show(trace: Trace, back: Any) -> dict[str, Any]:
    """The sections, by their layers."""
    return {section.title.split()[1]: section for section in draw_backward(trace, back)}


def test_sections_come_from_the_last_layer_to_the_first() -> None:
    trace = trace_whole("input 4x4x1\nconv(1, 2x2) -> relu -> flatten -> dense(1)")
    assert [*show(trace, trace_back(trace, start(trace)))] == ["dense1", "flatten1", "relu1", "conv1"]


def test_layers_that_are_named_are_shown_with_what_comes_from_all_behind() -> None:
    text = "input 4x4x1\nconv(1, 2x2) -> relu -> flatten -> dense(1)"
    whole, part = trace_whole(text), trace_whole(text, ("conv1",))
    found = show(part, trace_back(part, start(part)))
    assert found == {"conv1": show(whole, trace_back(whole, start(whole)))["conv1"]}


def test_a_value_that_several_read_gets_the_sum() -> None:
    trace = trace_whole("input 2\nrelu as x\ny = x -> dense(2, bias=false)\nadd(x, y)")
    section = show(trace, trace_back(trace, start(trace)))["x"]
    assert "dE/da is the sum of what comes back from dense1 and add1" in section.notes
    assert [str(n) for n in section.groups[0].grids[0].rows[0]] == ["4", "8"]  # 1 + (1 + 2), 1 + (3 + 4)


def test_an_input_has_a_section_where_several_read_it() -> None:
    trace = trace_whole("input 2\nadd(in, in -> dense(2, bias=false))")
    found = show(trace, trace_back(trace, start(trace)))
    assert found["input1"].notes == ("dE/dX is the sum of what comes back from dense1 and add1",)
    assert [str(n) for n in found["input1"].groups[0].grids[0].rows[0]] == ["4", "8"]


def test_an_output_that_is_read_gets_from_the_error_and_from_its_reader() -> None:
    trace = trace_whole("input 2\ndense(2, bias=false) as a -> rescaling(3) as b\noutput a, b")
    section = show(trace, trace_back(trace, start(trace)))["a"]
    assert "dE/dh is the sum of what comes back from b and the error itself" in section.notes
    assert [str(n) for n in section.groups[0].grids[0].rows[0]] == ["4", "4"]


@pytest.mark.parametrize(("line", "note"), [
    ("relu", "relu' is 1 where relu takes a number above 0, else 0: no gradient passes there"),
    ("dense(2, relu)", "relu' is 1 where relu takes a number above 0, else 0: no gradient passes there"),
    ("relu(max_value=1/2)", ""), ("relu(threshold=1)", ""), ("tanh", "tanh'(x) = 1 - tanh(x)^2"),
    ("softmax", "da1/dX1 = a1*(1 - a1), da1/dX2 = -a1*a2, and so on"),
    ("dense(2, softmax)", "da1/dh1 = a1*(1 - a1), da1/dh2 = -a1*a2, and so on"),
])  # fmt: skip
def test_the_slope_of_a_function_is_told(line: str, note: str) -> None:
    trace = trace_whole(f"input 2\n{line}")
    (section,) = show(trace, trace_back(trace, start(trace))).values()
    slopes = [said for said in section.notes if "' is" in said or "'(x)" in said or "and so on" in said]
    assert slopes == [note] * bool(note)


# ---- a step --------------------------------------------------------------------------------------------------
def test_a_step_moves_what_is_trained() -> None:
    trace = trace_whole("input 2\ndense(1) as d -> affine(trainable=false) as a")
    found = show(trace, trace_back(trace, start(trace), Fraction("0.1")))
    lines = [formula.name for formula in found["d"].formulas if formula.name.startswith("next")]
    assert lines == ["next W1", "next W2", "next b"]
    assert [str(formula.value) for formula in found["d"].formulas[-3:]] == ["1", "19/10", "9/10"]
    assert not [formula for formula in found["a"].formulas if formula.name.startswith("next")]
    assert found["a"].notes[-1] == "a step leaves its weights as they are: trainable=false"
    assert [group.title for group in found["d"].groups][-2:] == ["next W", "next b"]


def test_weights_that_are_used_twice_move_by_both_gradients() -> None:
    trace = trace_whole("model M {\n shared f = dense(2, bias=false)\n input 2\n f -> f\n}")
    found = show(trace, trace_back(trace, start(trace), Fraction(1)))
    second, first = found.values()
    assert first.notes[-1] == second.notes[-1] == "dense1 and dense2 have the same weights, whose gradients add up"
    titles = [group.title for group in first.groups]
    assert titles[-2:] == ["dE/dW of all uses", "next W"]
    assert not [title for title in [group.title for group in second.groups] if title.startswith("next")]
    total, moved = first.groups[-2].grids[0].rows, first.groups[-1].grids[0].rows
    own = [first.groups[1].grids[0].rows, second.groups[1].grids[0].rows]
    assert np.array_equal(np.array(own[0]) + np.array(own[1]), np.array(total))
    assert np.array_equal(np.array([[1, 3], [2, 4]]) - np.array(total), np.array(moved))


def test_a_float_and_a_fraction_meet_in_a_sum() -> None:
    """One branch is exact and one is not: what comes back to their fork is floats, not both at once."""
    trace = trace_whole("input 2\nrelu as x\nx -> rescaling(2) as a\nx -> sigmoid as b\noutput a, b")
    back = trace_back(trace, start(trace))
    assert back.gradients.values[1].dtype == float  # type: ignore[union-attr]


def test_floats_and_fractions_meet_in_a_weight() -> None:
    trace = trace_whole("shared f = dense(2, bias=false)\ninput x 2\nx -> f as a\nx -> sigmoid -> f as b\noutput a, b")
    back = trace_back(trace, start(trace))
    assert [array.dtype for own in back.gradients.weights.values() for array in own.values()] == [float]


# ---- losses --------------------------------------------------------------------------------------------------
def begin(trace: Trace, word: str, targets: list[Any]) -> Start:
    outputs = trace.network.graph.outputs
    losses = {i: find_loss(word, {}, trace.values[i], make_exact([t])) for i, t in zip(outputs, targets, strict=True)}
    return Start({index: loss.gradient for index, loss in losses.items()}, losses)


def test_the_losses_of_several_outputs_add_up() -> None:
    trace = trace_whole("input x 2\nx -> dense(1, bias=false) as a\nx -> rescaling(2) as b\noutput a, b")
    sections = list(draw_backward(trace, trace_back(trace, begin(trace, "mean_squared_error", [[1], [0, 0]]))))
    assert [section.title for section in sections[:2]] == [f"back: mean_squared_error of {name}" for name in "ab"]
    assert [section.formulas[0].name for section in sections[:2]] == ["E(a)", "E(b)"]
    assert [str(section.formulas[0].value) for section in sections[:2]] == ["1", "2"]
    assert sections[0].notes[-1] == "the error is the sum of the losses of all outputs"


def test_the_loss_is_shown_whichever_layers_are() -> None:
    trace = trace_whole("input 2\nrelu as x -> dense(2)", ("x",))
    sections = list(draw_backward(trace, trace_back(trace, begin(trace, "mean_squared_error", [[0, 0]]))))
    assert [section.title for section in sections] == ["back: mean_squared_error of dense1", "back: x (ReLU) 2"]


@pytest.mark.parametrize(("activation", "word", "target", "note"), [
    ("softmax", "categorical_crossentropy", [1, 0], "a probability nearer to 0 or 1 than 1e-07 counts as that far away, as in Keras, and gets no gradient"),
    ("sigmoid", "binary_crossentropy", [1, 0], "a probability nearer to 0 or 1 than 1e-07 counts as that far away, as in Keras, and gets no gradient"),
    ("sigmoid", "mean_squared_error", [1, 0], ""),
])  # fmt: skip
def test_what_keras_keeps_away_from_0_and_1_is_told(activation: str, word: str, target: Any, note: str) -> None:
    trace = trace_text(f"input 2\ndense(2, {activation}, kernel_values=[[99, 0], [0, 99]])", [[9, -9]], whole=True)
    section = next(draw_backward(trace, trace_back(trace, begin(trace, word, [target]))))
    assert [said for said in section.notes if said.startswith("a probability")] == [note] * bool(note)


def test_a_pool_says_where_each_gradient_goes() -> None:
    trace = trace_whole("input 4x4x1\nmaxpool(2)")
    (section,) = draw_backward(trace, trace_back(trace, start(trace)))
    assert section.notes[-1] == (
        "each gradient goes to the largest value of its window: dE/dh11 to X22, dE/dh12 to X24, dE/dh21 to X42, dE/dh22 to X44"
    )
    assert section.groups[-1].title == "X"
    assert section.groups[-1].grids[0].marked == {(1, 1), (1, 3), (3, 1), (3, 3)}


@pytest.mark.parametrize("size", [4, 10])
def test_a_pool_of_overlapping_windows(size: int) -> None:
    """A cell that wins some of its windows gets their gradients alone; where there are too many windows, no line is wrong."""
    numbers = [[(7 * row + 5 * column) % 11 for column in range(size)] for row in range(size)]
    trace = trace_text(f"input {size}x{size}x1\nmaxpool(2, stride=1)", [numbers], whole=True)
    (section,) = draw_backward(trace, trace_back(trace, start(trace)))
    given = section.groups[1].grids[0].rows
    for formula in section.formulas:
        row, column = [int(n) for n in formula.name.removeprefix("dE/dX").strip("[]").replace(",", "")]
        back = 1 if size == 4 else 0  # subscripts count from 1
        assert formula.value == given[row - back][column - back] == sum([term[0] for term in formula.steps[0].terms])  # type: ignore[union-attr]


def test_a_pool_needs_no_word_of_what_is_written_out() -> None:
    trace = trace_whole("input 4x4x1\ngmp")
    (section,) = draw_backward(trace, trace_back(trace, start(trace)))
    assert section.notes[-1] == "each gradient goes to the largest value of its window: dE/dh to X44"


@pytest.mark.parametrize(("text", "note"), [
    ("input 3\ndense(2)", "subscripts count from 1: W by unit and input"),
    ("input 3x1\nconv(1, 2)", "subscripts count from 1"),
    ("input 3x3x1\nconv(1, 2x2)", "subscripts count rows and columns from 1"),
    ("input 1x1x3\nconv(2, 1x1)", "places count from 0: h[row,column,channel], X[row,column,channel], W[filter,channel,row,column], b[channel]"),
    ("input 10x3x1\nconv(1, 2x2, bias=false)", "places count from 0: h[row,column], X[row,column], W[row,column]"),
    ("input 2x2x2x1\nconv(1, 2x2x2, bias=false)", "places count from 0: h[slice,row,column], X[slice,row,column], W[slice,row,column]"),
])  # fmt: skip
def test_the_names_of_numbers_are_told(text: str, note: str) -> None:
    trace = trace_whole(text)
    section = next(draw_backward(trace, trace_back(trace, start(trace))))
    assert section.notes[1] == note


def test_of_many_numbers_the_first_is_written_out() -> None:
    trace = trace_whole("input 13\ndense(1, bias=false)")
    (section,) = draw_backward(trace, trace_back(trace, start(trace)))
    assert section.notes[-1] == "written out: the first of the 13 numbers of dE/dW and of the 13 numbers of dE/dX"
    assert [formula.name for formula in section.formulas] == ["dE/dW[0]", "dE/dX[0]"]


def test_of_sums_that_nobody_reads_the_first_is_written_out() -> None:
    trace = trace_whole("input 9x9x1\nconv(2, 1x1)")
    (section,) = draw_backward(trace, trace_back(trace, start(trace)))
    assert [formula.name for formula in section.formulas] == ["dE/dW[0,0,0]", "dE/db[0]", "dE/dX[0,0]"]
    assert section.notes[-1] == (
        "written out: the first of the 2 numbers of dE/dW, of the 2 numbers of dE/db and of the 81 numbers of dE/dX"
    )
