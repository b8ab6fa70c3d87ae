"""The worked pages of the lectures: what is on the slide comes out of its file in examples/lectures, in exact numbers.

Each array of a slide is written here once. The input also stands in the head of the file, where a student takes it from, and the
kernel in the file alone.
"""

from __future__ import annotations

import re
import shlex
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from cnnspec.base.record import Record
from cnnspec.network import AnalysedNetwork
from cnnspec.trace.inputs import read_inputs
from cnnspec.trace.reference.arrays import make_exact
from cnnspec.trace.reference.compute import compute_gradients
from cnnspec.trace.values import compute_values
from tests.example_files import EXAMPLES, networks

LECTURES = EXAMPLES / "lectures"


class Slide(Record):
    """A worked page: the file, the model in it and the layer (the last one unless it is named), what enters, and what the slide
    prints of one channel of the output. A text is a decimal that the slide cuts or rounds: 7/9 is "0.77"."""

    file: str
    input: Any
    output: Any
    model: str = ""
    layer: str = ""
    channel: int = 0


# ---- what stands on the slides -----------------------------------------------------------------------------
BOX, SHARPEN = ["1/3", "1/3", "1/3"], [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
SIGNAL = [4, 3, 2, -5, 3, 5, 2, 5, 5, 6]
IMAGE = [[-5, 3, 2, -5, 3], [4, 3, 2, 1, -3], [1, 0, 3, 3, 5], [-2, 0, 1, 4, 4], [5, 6, 7, 9, -1]]
GRAY = [
    [95, 242, 186, 152, 39],
    [39, 14, 220, 153, 180],
    [5, 247, 212, 54, 46],
    [46, 77, 133, 110, 74],
    [156, 35, 74, 93, 116],
]
BITS = [[1, 0, 1, 0, 1], [1, 0, 0, 1, 1], [0, 1, 1, 0, 0], [1, 0, 0, 1, 0], [0, 0, 1, 1, 0]]
EDGE = [[1, 1, 0, 0, 0]] * 5
SLICE = [[3, 1, 3, 5], [6, 0, 7, 9], [3, 2, 1, 4], [0, 2, 4, 3]]
SQUARE = [[4, 123, 1, 34], [56, 99, 222, 253], [45, 122, 165, 12], [21, 187, 133, 124]]
BLOCK = [[[1, 1], [4, 2]], [[1, 0], [0, 2]]]  # rows of columns of channels
MOUSE = [[0, 0, 0, 0, 0, 0, 30], [0, 0, 0, 0, 50, 50, 50], [0, 0, 0, 20, 50, 0, 0], *[[0, 0, 0, 50, 50, 0, 0]] * 4]
BESIDE = [[*row, *[0] * 7] for row in MOUSE]  # the mouse's back, and to its right nothing that curves
X = [[2 * (x in (y, 8 - y)) * (1 <= y <= 7) - 1 for x in range(9)] for y in range(9)]
MATCHED = [
    "0.77 -0.11 0.11 0.33 0.55 -0.11 0.33", "-0.11 1.00 -0.11 0.33 -0.11 0.11 -0.11", "0.11 -0.11 1.00 -0.33 0.11 -0.11 0.55",
    "0.33 0.33 -0.33 0.55 -0.33 0.33 0.33", "0.55 -0.11 0.11 -0.33 1.00 -0.11 0.11", "-0.11 0.11 -0.11 0.33 -0.11 1.00 -0.11",
    "0.33 -0.11 0.55 0.33 0.11 -0.11 0.77",
]  # fmt: skip
RECTIFIED = [
    "0.77 0 0.11 0.33 0.55 0 0.33", "0 1.00 0 0.33 0 0.11 0", "0.11 0 1.00 0 0.11 0 0.55", "0.33 0.33 0 0.55 0 0.33 0.33",
    "0.55 0 0.11 0 1.00 0 0.11", "0 0.11 0 0.33 0 1.00 0", "0.33 0 0.55 0.33 0.11 0 0.77",
]  # fmt: skip
POOLED = [
    ["1.00 0.33 0.55 0.33", "0.33 1.00 0.33 0.55", "0.55 0.33 1.00 0.11", "0.33 0.55 0.11 0.77"],
    ["0.55 0.33 0.55 0.33", "0.33 1.00 0.55 0.11", "0.55 0.55 0.55 0.11", "0.33 0.11 0.11 0.33"],
    ["0.33 0.55 1.00 0.77", "0.55 0.55 1.00 0.33", "1.00 1.00 0.11 0.55", "0.77 0.33 0.55 0.33"],
]


def read_rows(rows: list[str]) -> list[list[str]]:
    return [row.split() for row in rows]


SLIDES = [
    Slide("lecture0_one_dimension", [10, 50, 60, 10, 20, 30, 40], [20, 40, 40, 30, 20, 30, "23.333"]),
    Slide("lecture0_xo", X, read_rows(MATCHED), layer="conv1"),
    Slide("lecture0_xo", X, read_rows(RECTIFIED), layer="relu1"),
    *[Slide("lecture0_xo", X, read_rows(rows), layer="maxpool1", channel=n) for n, rows in enumerate(POOLED)],
    Slide("lecture1_neuron", [1, 0], 1),
    Slide("lecture1_neuron", [0, 1], 0),
    Slide("lecture1_neuron", [-1, 0], -1),
    Slide("lecture1_cross_correlation", [1, 3, 0, 1, 2, 2, 0, 2, 1, 0, 2, 1], [3, 10, 6, 6, 6, 9, 2, 6, 7]),
    Slide("lecture1_channels", BLOCK, [[7]]),
    Slide("lecture2_box_filter", SIGNAL, [3, 0, 0, 1, Fraction(10, 3), 4, 4, Fraction(16, 3)], "Shrink"),
    Slide("lecture2_box_filter", SIGNAL, [Fraction(7, 3), 3, 0, 0, 1, Fraction(10, 3), 4, 4, Fraction(16, 3), Fraction(11, 3)], "Pad"),
    Slide("lecture2_image_filter", IMAGE, [[6, 1, 8], [-7, 9, 2], [-5, -9, 3]]),
    Slide("lecture2_pooling", SLICE, [[6, 9], [3, 4]], "Max"),
    Slide("lecture2_pooling", SLICE, [["2.5", 6], ["1.75", 3]], "Average"),
    Slide("lecture3_stride", GRAY, [[692, -315, -6], [-680, -194, 305], [153, -59, -86]], "Stride1"),
    Slide("lecture3_stride", GRAY, [[692, -6], [153, -86]], "Stride2"),
    Slide("lecture3_output_size", BITS, [[2, 1, -1], [-1, 1, 3], [2, 1, 1]], "Stride1"),
    Slide("lecture3_output_size", BITS, [[2, -1], [2, 1]], "Stride2"),
    Slide("lecture3_vertical_edge", EDGE, [[3, 3, 0]] * 3),
    Slide("lecture4_curve_filter", BESIDE, 6600, "Mouse"),
]  # fmt: skip

# What a slide prints wrong, and what is right.
WRONG = [
    (Slide("lecture0_one_dimension", [10, 50, 60, 10, 20, 40, 30], [20, 40, 40, 30, 20, 30, "23.333"]),
     [20, 40, 40, 30, Fraction(70, 3), 30, Fraction(70, 3)]),
    (Slide("lecture3_output_size", BITS, [[2, -1, 1], [2, 1, 0], [1, -1, 1]], "Stride1"), [[2, 1, -1], [-1, 1, 3], [2, 1, 1]]),
    (Slide("lecture3_output_size", BITS, [[2, -1, 1, 1, 0], [2, 1, 0, 1, 2], [1, -1, 1, 0, 1], [0, 1, 2, 1, 1], [2, 0, 1, 0, 2]], "Padding1"),
     [[1, 0, 0, 1, 1], [1, 2, 1, -1, 2], [1, -1, 1, 3, 1], [0, 2, 1, 1, 1], [1, -1, -1, 2, 1]]),
    (Slide("lecture3_pooling", SQUARE, [[123, 167], [187, 165]]), [[123, 253], [187, 165]]),
]  # fmt: skip
ALL = [*SLIDES, *[slide.replace(output=right) for slide, right in WRONG]]


def name(slide: Slide) -> str:
    return "/".join(filter(None, (slide.file, slide.model, slide.layer)))


# ---- what is computed --------------------------------------------------------------------------------------
def open_file(slide: Slide) -> AnalysedNetwork:
    made = networks(LECTURES / f"{slide.file}.cnn")
    return made[slide.model] if slide.model else next(iter(made.values()))


def find_written(network: AnalysedNetwork) -> dict[str, dict[str, Any]]:
    """The weights that stand in a file, of each layer."""
    found = {}
    for node in network.graph.nodes:
        written = node.layer.written_weights(network.graph.input_shapes(node) or ()) if node.layer is not None else {}
        found[node.name] = {own: make_exact(array.numbers).reshape(array.shape) for own, array in written.items()}
    return found


def find_index(slide: Slide, network: AnalysedNetwork) -> int:
    return network.find_layer(slide.layer) if slide.layer else network.graph.outputs[0]


def enter(slide: Slide, network: AnalysedNetwork) -> Any:
    shape: Any = network.graph.nodes[0].shape
    return make_exact(slide.input).reshape((1, *shape))


def compute_slide(slide: Slide) -> Any:
    """One channel of the layer's output."""
    network = open_file(slide)
    entering = enter(slide, network)
    index = find_index(slide, network)
    value: Any = compute_values(network.graph, [entering], find_written(network), [index])[index]
    return value[0, ..., slide.channel]


def stands_for(printed: Any, value: Fraction) -> bool:
    """Whether a number is the one that a slide prints, cut or rounded."""
    if not isinstance(printed, str):
        return bool(value == printed)
    digits = len(printed.partition(".")[2])
    return Fraction(printed) in (Fraction(int(value * 10**digits), 10**digits), round(value, digits))


def agrees(slide: Slide, value: Any) -> bool:
    """Whether an output is what a slide prints; a single figure is the first of the output."""
    printed = np.array(slide.output, dtype=object)
    if printed.ndim == 0:
        return stands_for(slide.output, value.ravel()[0] if isinstance(value, np.ndarray) else value)
    return printed.shape == value.shape and all(map(stands_for, printed.ravel(), value.ravel()))


@pytest.mark.parametrize("slide", ALL, ids=name)
def test_the_file_gives_what_the_slide_prints(slide: Slide) -> None:
    assert agrees(slide, compute_slide(slide)), compute_slide(slide).tolist()


@pytest.mark.parametrize("slide", [slide for slide, _ in WRONG], ids=name)
def test_what_a_slide_prints_wrong_is_said(slide: Slide) -> None:
    assert not agrees(slide, compute_slide(slide))
    assert re.search("# Slide errors?[:,]", (LECTURES / f"{slide.file}.cnn").read_text(encoding="utf-8"))


def test_where_nothing_curves_the_curve_detector_finds_nothing() -> None:
    assert compute_slide(Slide("lecture4_curve_filter", BESIDE, 0, "Mouse"))[0].tolist()[-1] == 0


def test_the_head_of_a_file_has_the_input() -> None:
    """As `cnnspec trace` takes it, so that it can be copied from there."""
    left = {slide.file for slide in ALL}
    for slide in ALL:
        given = re.search(r"^#   --input (.*)$", (LECTURES / f"{slide.file}.cnn").read_text(encoding="utf-8"), re.M)
        assert given is not None, slide.file
        network, (word,) = open_file(slide), shlex.split(given[1])
        (entering,) = read_inputs(network.graph, [str(LECTURES / word) if word.endswith(".csv") else word], 1)
        if np.array_equal(entering, enter(slide, network)):
            left.discard(slide.file)
    assert not left


# ---- the same, position by position --------------------------------------------------------------------------
def slide_over(image: Any, kernel: Any, stride: int, padding: int) -> Any:
    """The sums of a filter over an image: both with their channels last, the filter alone."""
    image = np.pad(image, [*[(padding, padding)] * (image.ndim - 1), (0, 0)])
    places = [(n - k) // stride + 1 for n, k in zip(image.shape[:-1], kernel.shape[:-1], strict=True)]
    made = np.empty(places, object)
    for at in np.ndindex(*places):
        window = tuple([slice(a * stride, a * stride + k) for a, k in zip(at, kernel.shape[:-1], strict=True)])
        made[at] = (image[window] * kernel).sum()
    return made


CONVOLUTIONS = [
    slide
    for slide in ALL
    if "kernel" in find_written(open_file(slide)).get("conv1", {}) and slide.layer in ("", "conv1")
]


@pytest.mark.parametrize("slide", CONVOLUTIONS, ids=name)
def test_a_filter_that_is_laid_over_the_image_gives_it(slide: Slide) -> None:
    network = open_file(slide)
    kernel = find_written(network)["conv1"]["kernel"]
    (entering,) = enter(slide, network)
    (window, *_) = network.facts.windows[find_index(slide, network)]
    made: Any = window
    assert agrees(slide, slide_over(entering, kernel[..., slide.channel], made.stride, made.before))


def test_most_slides_are_convolutions() -> None:
    assert len(CONVOLUTIONS) >= 13


# ---- and back ------------------------------------------------------------------------------------------------
def test_backpropagation_through_one_filter() -> None:
    """A 2x2 filter on a 3x3 input: dE/dW11 = dE/dh11 X11 + dE/dh12 X12 + dE/dh21 X21 + dE/dh22 X22, and so on."""
    (network,) = networks(LECTURES / "lecture0_backpropagation.cnn").values()
    layer: Any = network.graph.nodes[1].layer
    x, w, dh = (
        make_exact([[1, 2, 3], [4, 5, 6], [7, 8, 9]]),
        make_exact([[1, 0], [2, -1]]),
        make_exact([[1, 2], [3, "1/2"]]),
    )
    back = compute_gradients(layer, dh[None, ..., None], [x[None, ..., None]], {"kernel": w[..., None, None]})
    for row, column in np.ndindex(2, 2):
        slide = sum([dh[i, j] * x[i + row, j + column] for i, j in np.ndindex(2, 2)])
        assert back.weights["kernel"][row, column, 0, 0] == slide
    assert back.weights["kernel"][0, 0, 0, 0] == 1 * 1 + 2 * 2 + 3 * 4 + make_exact("5/2")[()]
    there: Any = back.inputs[0]
    assert there[0, ..., 0].tolist() == make_exact([[1, 2, 0], [5, "7/2", -2], [6, -2, "-1/2"]]).tolist()
    # each cell: the sum of dh times the weights that it met
