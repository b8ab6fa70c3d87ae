"""One output value is written as the lectures write it; and what is written adds up to it, for every layer that adds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnspec.trace.arithmetic import find_arithmetic, find_each
from cnnspec.trace.formula import LATEX, CallStep, SumStep, write_number, write_steps
from cnnspec.trace.nought import NOUGHT
from cnnspec.trace.reference.arrays import make_exact
from cnnspec.trace.reference.compute import compute, find_definition
from tests.support import legal
from tests.trace.reference.drawing import draw_inputs, draw_weights, list_cases
from tests.trace.reference.test_lectures import BOX, GRAY, IMAGE, SHARPEN, SIGNAL, SQUARE

# A spec of one layer, its input and weights, the place, the line.
LINES: list[tuple[str, Any, dict[str, Any], tuple[int, ...], str]] = [
    ("input 5x5x1\nconv(1, 3x3, bias=false)", IMAGE, {"kernel": SHARPEN}, (0, 0, 0, 0), "3*(-1) + 4*(-1) + 3*5 + 2*(-1) + 0*(-1) = 6"),
    ("input 5x5x1\nconv(1, 3x3, bias=false)", IMAGE, {"kernel": SHARPEN}, (0, 2, 2, 0), "3*(-1) + 1*(-1) + 4*5 + 4*(-1) + 9*(-1) = 3"),
    ("input 10x1\nconv(1, 3, bias=false)", SIGNAL, {"kernel": BOX}, (0, 4, 0), "3*(1/3) + 5*(1/3) + 2*(1/3) = 10/3"),
    ("input 10x1\nconv(1, 3, bias=false)", SIGNAL, {"kernel": BOX}, (0, 1, 0), "3*(1/3) + 2*(1/3) + (-5)*(1/3) = 0"),
    ("input 10x1\nconv(1, 3, padding=1, bias=false)", SIGNAL, {"kernel": BOX}, (0, 0, 0), "4*(1/3) + 3*(1/3) = 7/3"),
    ("input 3\ndense(2, relu)", [1, 2, 3], {"kernel": [[1, 0], [-1, 1], [0, 0]], "bias": ["1/2", -5]}, (0, 0),
     "1*1 + 2*(-1) + 1/2 = -1/2; relu(-1/2) = 0"),
    ("input 4x4x1\nmaxpool(2)", SQUARE, {}, (0, 0, 1, 0), "max(1, 34, 222, 253) = 253"),
    ("input 5x5x1\nmaxpool(3, dilation=2)", GRAY, {}, (0, 0, 0, 0), "max(95, 186, 39, 5, 212, 46, 156, 74, 116) = 212"),
    ("input 4x4x1\navgpool(2)", SQUARE, {}, (0, 0, 0, 0), "4*(1/4) + 123*(1/4) + 56*(1/4) + 99*(1/4) = 141/2"),
    ("input 5x5x1\nmaxpool(3, stride=2, padding=1)", GRAY, {}, (0, 0, 0, 0), "max(95, 242, 39, 14) = 242"),
    ("input 4x4x1\ngmp", SQUARE, {}, (0, 0), f"max({', '.join(map(str, np.ravel(SQUARE)))}) = 253"),
    ("input 4\nadd(in, in)", [1, -2, 3, 4], {}, (0, 1), "-2 + (-2) = -4"),
    ("input 4\nrescaling(1/255, offset=-1)", [51, 0, 0, 0], {}, (0, 0), "51*(1/255) + (-1) = -4/5"),
    ("input 4\nreshape(2x2)", [1, -2, 3, 4], {}, (0, 0, 1), "-2"),
    ("input 10x1\nconv(1, 3, bias=false)", SIGNAL, {"kernel": BOX}, (0, 3, 0), "-5*(1/3) + 3*(1/3) + 5*(1/3) = 1"),
    ("input 4\nreshape(2x2)", [1, -2, 3, 4], {}, (0, 1, 0), "3"),
    ("input 3\nsoftmax", [0, 0, 0], {}, (0, 1), "softmax(0, 0, 0)[1] = 0.333333"),
    ("input 3\ndense(3, softmax)", [1, 2, 3], {"kernel": [[0] * 3] * 3, "bias": [2, 2, 2]}, (0, 2), "2; softmax(2, 2, 2)[2] = 0.333333"),
    ("input 4x1\nleaky_relu(0.5)", [1, -3, 3, 4], {}, (0, 1, 0), "leaky_relu(-3) = -3/2"),
    ("input 2x1\npad(1)", [7, 8], {}, (0, 0, 0), "0"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "values", "given", "place", "line"), LINES)
def test_the_line_of_a_value(text: str, values: Any, given: dict[str, Any], place: Any, line: str) -> None:
    graph = legal(text)
    node: Any = graph.nodes[-1]
    shapes: Any = graph.input_shapes(node)
    x = make_exact(values).reshape(1, *shapes[0])
    weights = {w.name: make_exact(given[w.name]).reshape(w.shape) for w in node.layer.weights(shapes)}
    found: Any = find_arithmetic(node.layer, [x] * len(shapes), weights, place)
    assert write_steps(found.steps) == line


def test_decimals() -> None:
    layer: Any = legal("input 3x1\nconv(1, 3, bias=false)").nodes[-1].layer
    x, kernel = make_exact([3, 5, 2]).reshape(1, 3, 1), make_exact(BOX).reshape(3, 1, 1)
    found: Any = find_arithmetic(layer, [x], {"kernel": kernel}, (0, 0, 0))
    assert write_steps(found.steps, decimals=True) == "3*0.333333 + 5*0.333333 + 2*0.333333 = 3.33333"
    found = find_arithmetic(layer, [x.astype(float)], {"kernel": kernel.astype(float)}, (0, 0, 0))
    assert write_steps(found.steps) == "3*0.333333 + 5*0.333333 + 2*0.333333 = 3.33333"


def test_of_a_long_sum_the_ends_are_written() -> None:
    step = SumStep(tuple([(make_exact(i)[()], make_exact(2)[()]) for i in range(100)]), make_exact(9900)[()])
    assert write_steps([step]).startswith("0*2 + 1*2 + 2*2 + ")
    assert "31*2 + … 36 more … + 68*2" in write_steps([step])
    assert write_steps([step], LATEX).count(r"\cdot") == 64


def test_a_number_is_short_and_has_no_sign_of_a_zero() -> None:
    assert [write_number(value, decimals=True) for value in (make_exact(1_234_567)[()], make_exact("1/8")[()], -0.0, -1e-3, 2e9)] == [
        "1234567", "0.125", "0", "-0.001", "2e+09",
    ]  # fmt: skip


def test_a_number_with_very_many_digits_is_a_power_of_ten() -> None:
    """Without and with decimals, and where no float is as large or as small."""
    ten, third = make_exact(10)[()], make_exact("1/3")[()]
    for decimals in (False, True):
        written = [
            write_number(value, decimals=decimals)
            for value in (3 * ten**400, -(ten**400) * third, ten**-400 / 7, -4 * ten**5000)
        ]
        assert written == ["3e+400", "-3.33333e+399", "1.42857e-401", "-4e+5000"]
    assert write_number(ten**400 * third, LATEX) == r"3.33333 \cdot 10^{399}"


def test_what_floats_lose_is_no_offset() -> None:
    """Sums of tenths, which floats do not have, in another order than those of the layer: nothing is left over."""
    layer: Any = legal("input 40\ndense(1, bias=false)").nodes[-1].layer
    for seed in range(5):
        x, kernel = np.random.default_rng(seed).integers(-99, 99, size=(2, 40)) / 10
        found: Any = find_arithmetic(layer, [x.reshape(1, 40)], {"kernel": kernel.reshape(40, 1)}, (0, 0))
        assert len(found.steps[0].terms) == np.count_nonzero(kernel)


JOINED: Any = {"max": max, "min": min, "divide": lambda values: values[0] / values[1]}


@pytest.mark.parametrize("word", list_cases())
def test_what_is_written_adds_up(word: str) -> None:
    """A sum's products and offset are its total, and its offset does not depend on the inputs; a largest value is the largest of
    those read. What is neither is not written as one."""
    random = np.random.default_rng(3)
    smallest = sorted(list_cases()[word], key=lambda case: np.prod((case[1].input_shapes(case[2]) or ((),))[0]))
    for text, graph, node in smallest[:2]:
        layer: Any = node.layer
        shapes: Any = graph.input_shapes(node)
        weights, offsets = draw_weights(layer, shapes, random), []
        place = tuple([random.integers(n) for n in (2, *(node.shape or ()))])
        for _ in range(2):
            found = find_arithmetic(layer, draw_inputs(layer, shapes, random), weights, place)
            first = found.steps[0] if found is not None else None
            if isinstance(first, SumStep):
                total = sum([np.prod(term) for term in first.terms])
                assert abs(total - first.value) <= 1e-9 * max(1, abs(first.value)), text
                offsets += [total - sum([read.value * read.factor for read in found.reads])] * (word != "multiply")
            elif isinstance(first, CallStep) and first.function in JOINED:
                assert first.value == JOINED[first.function](first.arguments), text
        assert len(offsets) < 2 or abs(offsets[0] - offsets[1]) <= 1e-9 * max(1, abs(offsets[0])), text
        definition: Any = find_definition(layer)
        assert isinstance(first, SumStep) == (definition.sums is not None or definition.joins == "product")


@pytest.mark.parametrize("word", list_cases())
def test_many_values_at_once_are_as_each_alone(word: str) -> None:
    """Exact sums of many places are remembered, that of one is found by its gradient: they are the same, terms and all."""
    random = np.random.default_rng(5)
    smallest = sorted(list_cases()[word], key=lambda case: np.prod((case[1].input_shapes(case[2]) or ((),))[0]))
    for text, graph, node in smallest[:2]:
        layer: Any = node.layer
        shapes: Any = graph.input_shapes(node)
        inputs = [make_exact((np.floor(x * 4) + 0.5) / 4) for x in draw_inputs(layer, shapes, random)]
        weights = {
            name: make_exact((np.floor(w * 4) + 0.5) / 4) for name, w in draw_weights(layer, shapes, random).items()
        }
        places = [tuple([random.integers(n) for n in (2, *(node.shape or ()))]) for _ in range(3)]
        alone = [find_arithmetic(layer, inputs, weights, place) for place in places]
        assert list(find_each(layer, inputs, weights, places)) == alone, text


def test_a_value_that_a_sum_reads_on_several_ways_has_the_sum_of_their_factors() -> None:
    layer: Any = legal("input 3x1\nseparable_conv(1, 2, multiplier=2, bias=false)").nodes[-1].layer
    x = make_exact([5, 6, 7]).reshape(1, 3, 1)
    weights = {
        "depthwise_kernel": make_exact([[1, 2], [3, 4]]).reshape(2, 1, 2),
        "pointwise_kernel": make_exact([10, 1]).reshape(1, 2, 1),
    }
    lines = [write_steps(found.steps) for found in find_each(layer, [x], weights, [(0, 0, 0), (0, 1, 0)]) if found]
    assert lines == ["5*12 + 6*34 = 264", "6*12 + 7*34 = 310"]


@pytest.mark.parametrize("word", list_cases())
def test_exact_numbers_are_read_as_floats_are(word: str) -> None:
    """The same cells, by the same factors, and the same sum before an activation."""
    random = np.random.default_rng(4)
    text, graph, node = min(
        list_cases()[word], key=lambda case: np.prod((case[1].input_shapes(case[2]) or ((),))[0] or 1)
    )
    layer, shapes = node.layer, graph.input_shapes(node)
    assert layer is not None and shapes is not None
    inputs = [make_exact(np.round(x * 4) + (x == 0) + 9) / 4 for x in draw_inputs(layer, shapes, random)]
    if layer.indexes:
        return
    weights = {name: make_exact(np.round(w * 4) + 9) / 4 for name, w in draw_weights(layer, shapes, random).items()}
    floats = [x.astype(float) for x in inputs], {name: w.astype(float) for name, w in weights.items()}
    place = tuple([random.integers(n) for n in (2, *(node.shape or ()))])
    output = compute(layer, inputs, weights)
    here, there = next(find_each(layer, inputs, weights, [place], output)), find_arithmetic(layer, *floats, place)
    assert (here is None) == (there is None)
    if here is None or there is None:
        return
    assert [read.replace(value=0, factor=0) for read in here.reads] == [
        read.replace(value=0, factor=0) for read in there.reads
    ]
    for one, other in ((here.reads, there.reads), (here.steps, there.steps)):
        for mine, theirs in zip(one, other, strict=True):
            assert abs(mine.value - theirs.value) <= 1e-9 * max(1, abs(theirs.value)), text  # type: ignore[attr-defined]
    assert all([abs(a.factor - b.factor) <= 1e-9 for a, b in zip(here.reads, there.reads, strict=True)]), text
    assert all(
        [
            isinstance(step, CallStep) or len(step.terms) == len(other.terms)
            for step, other in zip(here.steps, there.steps, strict=True)
        ]
    )  # type: ignore[union-attr]


def test_a_nought_computes_as_0_does() -> None:
    half = make_exact("1/2")[()]
    assert [half + NOUGHT, NOUGHT + half, half - NOUGHT, NOUGHT - half] == [half, half, half, -half]
    assert [float(x) for x in (half * NOUGHT, NOUGHT * half, NOUGHT / half, -NOUGHT, NOUGHT + NOUGHT)] == [0] * 5
