"""Values of weights: how they are nested, what is refused, and which exact numbers they are."""

from __future__ import annotations

import pickle
from fractions import Fraction
from itertools import product
from math import gcd
from typing import Any

import numpy as np
import pytest

from cnnspec.layers import CATALOGUE
from cnnspec.layers.exact_numbers import pair_numbers, read_exact, write_number
from cnnspec.layers.named_filters import find_filter
from cnnspec.layers.weight import FILTERS, kernel_numbers, numbers
from tests.support import legal, network


def written(text: str) -> dict[str, Any]:
    """The weights of the last layer of a spec that are written down, as arrays of exact numbers in Keras's layout."""
    graph = legal(text)
    node = graph.nodes[-1]
    shapes = graph.input_shapes(node)
    assert node.layer is not None and shapes is not None
    found = node.layer.written_weights(shapes)
    wanted = {w.name: w.shape for w in node.layer.weights(shapes)}
    assert all(array.shape == wanted[name] for name, array in found.items())
    return {name: np.array(array.numbers, object).reshape(array.shape) for name, array in found.items()}


# ---- how they are nested -------------------------------------------------------------------------------------
M, N = "[[1, 2], [3, 4]]", "[[5, 6], [7, 8]]"
SAME = [  # spellings of one weight
    ("input 5x5x1", "conv(1, 2x2, {})", "kernel_values", [M, f"[{M}]", f"[[{M}]]"]),
    ("input 5x5x1", "conv(2, 2x2, {})", "kernel_values", [f"[{M}, {N}]", f"[[{M}], [{N}]]"]),
    ("input 5x5x2", "conv(1, 2x2, {})", "kernel_values", [f"[{M}, {N}]", f"[[{M}, {N}]]"]),
    ("input 5x5x4", "conv(2, 2x2, groups=2, {})", "kernel_values", [f"[[{M}, {N}], [{N}, {M}]]"]),
    ("input 5x5x2", "conv(2, 1x1, {})", "kernel_values", [M, "[[[[1]], [[2]]], [[[3]], [[4]]]]"]),
    ("input 5x1", "conv(1, 3, {})", "kernel_values", ["[1, 2, 3]", "[[1, 2, 3]]", "[[[1, 2, 3]]]"]),
    ("input 5x5x1", "conv(1, 1x1, {})", "kernel_values", ["7", "[7]", "[[7]]", "[[[[7]]]]"]),
    ("input 3x3x3x1", "conv(1, 2, {})", "kernel_values", [f"[{M}, {N}]", f"[[[{M}, {N}]]]"]),
    ("input 5x5x2", "depthwise_conv(2x2, {})", "kernel_values", [f"[{M}, {M}]", M, f"[[{M}], [{M}]]"]),
    ("input 5x5x2", "depthwise_conv(2x2, {})", "depthwise_values", ["box", "[box, box]", "[[1/4, 1/4], [0.25, 2/8]]"]),
    ("input 5x5x1", "depthwise_conv(2x2, multiplier=2, {})", "kernel_values", [f"[{M}, {N}]", f"[[{M}, {N}]]"]),
    ("input 5x5x2", "separable_conv(2, 2x2, {})", "pointwise_values", [M, "[[[[1]], [[2]]], [[[3]], [[4]]]]"]),
    ("input 5x5x2", "conv_transpose(1, 2x2, {})", "kernel_values", [f"[{M}, {N}]", f"[[{M}, {N}]]"]),
    ("input 2", "dense(2, {})", "kernel_values", [M]),
    ("input 2", "dense(1, {})", "kernel_values", ["[1, 2]", "[[1, 2]]"]),
    ("input 1", "dense(2, {})", "kernel_values", ["[1, 2]", "[[1], [2]]"]),
    ("input 2", "dense(1, {})", "bias_values", ["[1/3]", "1/3"]),
    ("input 5x5x1", "conv(1, 3x3, {})", "kernel_values", ["sharpen", "[[0, -1, 0], [-1, 5, -1], [0, -1, 0]]"]),
    ("input 5x5x1", "conv(2, 3x3, {})", "kernel_values", ["[box, box]", "[box] * 2"]),
    ("input 6x5x2", "prelu(shared_axes=(1, 2), {})", "alpha_values", ["[1, 2]", "[[[1]], [[2]]]"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("head", "call", "name", "spellings"), SAME, ids=[f"{call} {name}" for _, call, name, _ in SAME]
)
def test_what_stands_alone_needs_no_brackets(head: str, call: str, name: str, spellings: list[str]) -> None:
    texts = [f"{head}\n{call.format(f'{name}={spelling}')}" for spelling in spellings]
    first, *others = [written(text) for text in texts]
    assert first and all((first[name] == other[name]).all() for other in others for name in first)
    forms = set()
    for text in texts:
        graph = legal(text)
        node = graph.nodes[-1]
        assert node.layer is not None
        forms.add(node.layer.canonical(graph.input_shapes(node)))
    assert len(forms) == 1


def test_filters_and_channels_come_before_rows() -> None:
    """A number tells of each weight in Keras's layout where it stood in the text."""
    rows = np.arange(2 * 3 * 2 * 2).reshape(2, 3, 2, 2)
    drawn = str(rows.tolist())
    conv = written(f"input 5x5x3\nconv(2, 2x2, kernel_values={drawn})")["kernel"]
    transposed = written(f"input 5x5x3\nconv_transpose(2, 2x2, kernel_values={drawn})")["kernel"]
    apart = written(f"input 5x5x2\ndepthwise_conv(2x2, multiplier=3, kernel_values={drawn})")["kernel"]
    for a, b, y, x in np.ndindex(rows.shape):
        assert conv[y, x, b, a] == transposed[y, x, a, b] == apart[y, x, a, b] == rows[a, b, y, x]


# ---- what is refused -----------------------------------------------------------------------------------------
REFUSED = [
    ("kernel_values=[[0, -1], [-1, 5]]", "conv's kernel_values must be 1 filter of 1 channel of 3x3 numbers, not 2x2 numbers"),
    ("kernel_values=[1, 2, 3, 4, 5, 6, 7, 8, 9]", "conv's kernel_values must be 1 filter of 1 channel of 3x3 numbers, not 9 numbers"),
    ("kernel_values=[[0, 1, 0], [1, 5], [0, 1, 0]]",
     "conv's kernel_values must be 1 filter of 1 channel of 3x3 numbers, but they are uneven: of 3 lists the first has 3 numbers, number 2 has 2 numbers"),
    ("kernel_values=[box, 1]",
     "conv's kernel_values must be 1 filter of 1 channel of 3x3 numbers, but they are uneven: of 2 lists the first has 3x3 numbers, number 2 has 1 number"),
    (f"kernel_values={'[' * 90}1{']' * 90}", "conv's kernel_values must be 1 filter of 1 channel of 3x3 numbers, not numbers 90 lists deep"),
    ("bias_values=[1, 2]", "conv's bias_values must be 1 number, not 2 numbers"),
    ("bias_values=[1], bias=false", "bias_values has no weight to fill: with bias=false conv has no bias"),
    ("kernel_values=box, kernel_initializer=he_normal", "kernel_values and kernel_initializer both say how the kernel begins"),
    ("kernel_values=[[0, 1/0, 0], [1, 1, 1], [0, 1, 0]]", "division by zero"),
    *[(f"kernel_values={value}", f"conv's kernel_values must be numbers in [ ], edge, sharpen, box, gaussian, sobel_x or sobel_y, not {said}")
      for value, said in [
          ("sharpne", '"sharpne"'), ("3x3", "3x3"), ("((1, 2), (3, 4))", "(1x2, 3x4)"), ("[]", "a list"), ("[[], []]", "a list"),
          ('[[1, "a"]]', "a list"), ("[[1, nan]]", "a list"), ("[[true]]", "a list"), ("gaussian(2)", '"gaussian(2)"'),
          ("[conv(1, 1x1)]", "a list"), ("conv(1, 1x1)", "a layer function"),
      ]],
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "sentence"), REFUSED, ids=[arguments[:60] for arguments, _ in REFUSED])
def test_what_does_not_fit_is_one_sentence(arguments: str, sentence: str) -> None:
    (error,) = network(f"input 5x5x1\nconv(1, 3x3, {arguments})").errors
    assert error.message == sentence


@pytest.mark.parametrize(
    ("step", "help"),
    [
        ("conv(1, 3x3, kernel_values=[1])", "write, for example, [[0, 0, 0], [0, 0, 0], [0, 0, 0]]"),
        ("conv(3, 3x3, kernel_values=box)", "write, for example, [box, box, box]"),
        ("conv(40, 3x3, kernel_values=box)", "write 40 lists, one for each filter"),
        ("conv(1, 5x5, kernel_values=sobel_x)", "box and gaussian have any size"),
        ("conv(1, 3x3, kernel_values=gausian)", 'did you mean "gaussian"?'),
        ("conv(1, 3x3, kernel_values=[[1, 2, 3], [x, 5, 6], [7, 8, 9]])", "x in it is no number"),
        ("conv(1, 3x3, kernel_values=((0, 1, 0), (1, 1, 1), (0, 1, 0)))", "write [ ] for ( )"),
        ("conv(1, 3x3, kernel_initializer=sharpen)", "did you mean kernel_values=sharpen?"),
    ],
)
def test_the_help_says_what_to_write(step: str, help: str) -> None:
    (error,) = network(f"input 9x9x1\n{step}").errors
    assert error.help == help


def test_weights_of_unknown_size_are_one_error() -> None:
    (error,) = network("input ?x?x1\nflatten -> dense(1, kernel_values=[1, 2])").errors
    assert error.code == "E107"


def test_every_weight_that_may_begin_otherwise_may_be_written_down() -> None:
    for cls in CATALOGUE:
        begin = {name.removesuffix("_initializer") for name in cls.arguments if name.endswith("_initializer")}
        kinds = {
            name.removesuffix("_values") for name, a in cls.arguments.items() if a.kind in (numbers, kernel_numbers)
        }
        assert begin == kinds, cls.__name__


# ---- which numbers they are ----------------------------------------------------------------------------------
def test_a_quotient_is_that_fraction() -> None:
    for above, below in product(range(-40, 41), range(1, 400)):
        assert read_exact(above / below) == Fraction(above, below)
    for above, below in [(1, 999_983), (999_979, 999_983), (12_345, 1_000_000), (22, 7), (1234, 97)]:
        assert read_exact(above / below) == Fraction(above, below)


@pytest.mark.parametrize(
    "decimal", ["0.1", "1e-3", "-2.5", "0.333", "3.14159265358979", "1e-9", "123456.789", "0.0625"]
)
def test_a_decimal_is_that_decimal(decimal: str) -> None:
    assert read_exact(float(decimal)) == Fraction(decimal)
    assert float(read_exact(float(decimal))) == float(decimal)


def test_an_exact_number_rounds_to_the_float_that_it_was_read_from() -> None:
    generator = np.random.default_rng(7)
    for number in [*generator.normal(size=2000), *(0.1 + 0.2, 1e17, 1 / 3e7, 5e-324, 1.7e308, 2 / 3 * 1e6)]:
        assert float(read_exact(float(number))) == number
        assert eval(write_number(float(number))) == number


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (3, "3"),
        (2.0, "2"),
        (0.5, "0.5"),
        (1 / 3, "1/3"),
        (-2 / 7, "-2/7"),
        (1 / 9, "1/9"),
        (0.1, "0.1"),
        (1 / 16, "0.0625"),
    ],
)
def test_numbers_are_written_as_they_are_read_best(number: float, text: str) -> None:
    assert write_number(number) == text


def test_numbers_are_paired_where_the_names_among_them_are_the_same() -> None:
    assert pair_numbers(("edge", (1, 2)), ("edge", (1, 3))) == [(1, 1), (2, 3)]
    assert pair_numbers(("edge", (1, 2)), ("box", (1, 3))) is None
    assert pair_numbers(("edge", 1), ((1, 2), 3)) is None and pair_numbers((1, 2), (1, 2, 3)) is None


def test_named_filters() -> None:
    assert find_filter("box", (3, 3)) == ((Fraction(1, 9),) * 3,) * 3
    assert find_filter("gaussian", (3, 3)) == tuple(
        [tuple([Fraction(n, 16) for n in row]) for row in ((1, 2, 1), (2, 4, 2), (1, 2, 1))]
    )
    assert find_filter("gaussian", (5,)) == tuple([Fraction(n, 16) for n in (1, 4, 6, 4, 1)])
    assert find_filter("box", (2, 2, 2)) == (((Fraction(1, 8),) * 2,) * 2,) * 2
    assert find_filter("sobel_y", (3, 3)) == tuple(zip(*find_filter("sobel_x", (3, 3)), strict=True))
    sums = {"edge": 0, "sharpen": 1, "box": 1, "gaussian": 1, "sobel_x": 0, "sobel_y": 0}
    assert {name: sum(map(sum, find_filter(name, (3, 3)))) for name in FILTERS} == sums
    assert all(find_filter(name, ()) is None for name in FILTERS)


def test_values_are_hashed_once_and_copied_without_their_hash() -> None:
    values = kernel_numbers([["box", [[1, 2], [3, 4]]]])
    assert values is not None and hash(values) == hash(kernel_numbers([["box", [[1, 2], [3, 4]]]]))
    assert pickle.loads(pickle.dumps(values)) == values and str(values) == "[[box, [[1, 2], [3, 4]]]]"


def test_denominators_that_are_read_are_unique() -> None:
    """The nearest floats of two fractions that may be meant are never the same: below 2^-53 of each other none are."""
    fractions = {Fraction(a, b) for b in range(1, 120) for a in range(b) if gcd(a, b) == 1}
    assert len({float(f) for f in fractions}) == len(fractions)
