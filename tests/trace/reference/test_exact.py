"""What enters as fractions comes out as fractions, wherever a layer takes no root and no exponential; and is what floats give."""

from __future__ import annotations

from fractions import Fraction
from math import inf
from typing import Any

import numpy as np
import pytest

from cnnspec.trace.reference.arrays import find_fraction, is_exact, make_exact
from cnnspec.trace.reference.compute import compute, compute_gradients
from tests.support import THOROUGH, legal
from tests.trace.reference.drawing import differ, draw_inputs, draw_weights, list_cases

# Layers with a root or an exponential, and activations with one.
ROOTS = {
    "bn",
    "lrn",
    "reduce_l2",
    "layer_norm",
    "group_norm",
    "rms_norm",
    "unit_normalization",
    "normalization",
    "elu",
    "softmax",
    "gelu_tanh",
}
RATIONAL = {  # activations without
    None, "linear", "relu", "relu6", "leaky_relu", "hard_sigmoid", "hard_silu", "sparse_sigmoid", "hard_tanh", "soft_shrink",
    "hard_shrink", "sparse_plus", "softsign", "sparsemax",
}  # fmt: skip
CASES = list_cases()
MOST_WORK, STEP = (30_000, 1) if THOROUGH else (600, 4)  # products, or values; one case in so many


def stays_exact(layer: Any) -> bool:
    given = layer.argument_values()
    whole = float(given.get("exponent", 1)).is_integer()
    rational = given.get("activation", given.get("function")) in RATIONAL
    interpolated = str(given.get("interpolation")).startswith("lanczos")
    changed = given.get("normalize") or given.get("standardized")
    return layer.names[0] not in ROOTS and whole and rational and not interpolated and not changed


@pytest.mark.parametrize("word", CASES)
def test_fractions_stay_fractions(word: str) -> None:
    tried = 0
    for text, graph, node in CASES[word][::-STEP]:
        layer, shapes, random = node.layer, graph.input_shapes(node), np.random.default_rng(2)
        assert layer is not None and shapes is not None
        if max(int(layer.macs(shapes) or 0), *[int(np.prod(shape)) for shape in (*shapes, node.shape)]) > MOST_WORK:  # type: ignore[call-overload]
            continue
        tried += 1
        inputs = [make_exact(np.round(x * 4) / 4 + (word == "power")) for x in draw_inputs(layer, shapes, random)]
        weights = {name: make_exact(np.round(w * 4) / 4) for name, w in draw_weights(layer, shapes, random).items()}
        if word in ("power", "divide"):
            inputs = [np.where(x == 0, Fraction(1, 2), x) for x in inputs]
        y = compute(layer, inputs, weights)
        gradient = make_exact(random.integers(-3, 4, size=y.shape))
        back = compute_gradients(layer, gradient, inputs, weights)
        made = [y, *[g for g in back.inputs if g is not None], *back.weights.values()]
        floats = [x.astype(float) for x in inputs], {name: w.astype(float) for name, w in weights.items()}
        there = compute_gradients(layer, gradient.astype(float), *floats)
        wanted = [compute(layer, *floats), *[g for g in there.inputs if g is not None], *there.weights.values()]
        assert not [
            told for here, other in zip(made, wanted, strict=True) if (told := differ(here.astype(float), other, 1e-9))
        ]
        if stays_exact(layer):
            assert all([isinstance(value, Fraction) for array in made for value in array.ravel()]), text
        else:
            assert not is_exact(y), text
    assert tried or not THOROUGH


def test_a_float_stands_for_the_fraction_that_was_meant() -> None:
    assert find_fraction(1 / 3) == Fraction(1, 3) and find_fraction(0.1) == Fraction(1, 10)
    assert find_fraction(1 / 255) == Fraction(1, 255) and find_fraction(np.float64(0.75)) == Fraction(3, 4)
    assert find_fraction("1/3") == Fraction(1, 3) and find_fraction(2) == 2
    assert float(find_fraction(0.123456789123)) == 0.123456789123
    layer: Any = legal("input 2\nrescaling(1/3, offset=0.1)").nodes[-1].layer
    assert list(compute(layer, [make_exact([[1, 2]])], {})[0]) == [Fraction(13, 30), Fraction(23, 30)]


def test_whole_numbers_go_with_fractions_and_with_floats() -> None:
    layer: Any = legal("input 2\ndense(1)").nodes[-1].layer
    weights = {"kernel": np.array([[1], [2]]), "bias": np.array([1])}
    assert list(compute(layer, [make_exact([["1/3", "1/2"]])], weights)[0]) == [Fraction(7, 3)]
    assert compute(layer, [np.array([[1, 2]])], weights).dtype == float
    assert (
        compute(
            layer, [np.array([[1, 2]], dtype="float32")], {n: w.astype("float32") for n, w in weights.items()}
        ).dtype
        == "float32"
    )


def test_where_no_fraction_is_the_answer_floats_are() -> None:
    """As in Keras, one divided by 0 is infinite and 0 by 0 no number, with no warning; what nobody can read is a float."""
    power: Any = legal("input 2\npower(-1)").nodes[-1].layer
    assert [*compute(power, [make_exact([[0, 2]])], {})[0]] == [inf, 0.5]
    back = compute_gradients(power, make_exact([[1, 1]]), [make_exact([[0, 2]])], {})
    assert [*back.inputs[0][0]] == [-inf, -0.25]  # type: ignore[index]
    layer: Any = legal("input a 2\ninput b 2\ndivide(a, b)").nodes[-1].layer
    assert str(compute(layer, [make_exact([[0, 1]]), make_exact([[0, 0]])], {})) == "[[nan inf]]"
    high: Any = legal("input 2\npower(99)").nodes[-1].layer
    assert [*compute(high, [make_exact([[99, 10**20]])], {})[0]] == [Fraction(99**99), Fraction(10**1980)]
    assert [*compute(high, [make_exact([[1, 10**400]])], {})[0]] == [1, inf]
    highest: Any = legal("input 2\npower(1000000)").nodes[-1].layer
    assert compute(highest, [make_exact([[1, 0]])], {}).dtype == float
