"""The worked pages of the lectures, in exact numbers: what is on the slide comes out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnspec.trace.reference.arrays import make_exact
from cnnspec.trace.reference.compute import compute, compute_gradients
from tests.support import legal

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
EDGE = [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
BITS = [[1, 0, 1, 0, 1], [1, 0, 0, 1, 1], [0, 1, 1, 0, 0], [1, 0, 0, 1, 0], [0, 0, 1, 1, 0]]
CROSS = [[0, 1, 0], [1, 0, -1], [0, 1, 0]]
CURVE = [[0, 0, 0, 0, 0, 30, 0], [0, 0, 0, 0, 30, 0, 0], *[[0, 0, 0, 30, 0, 0, 0]] * 4, [0] * 7]
MOUSE = [[0, 0, 0, 0, 0, 0, 30], [0, 0, 0, 0, 50, 50, 50], [0, 0, 0, 20, 50, 0, 0], *[[0, 0, 0, 50, 50, 0, 0]] * 4]

# Image, kernel, options, and the slide's output.
CONVOLUTIONS: list[tuple[Any, Any, str, Any]] = [
    (SIGNAL, BOX, "", [3, 0, 0, 1, "10/3", 4, 4, "16/3"]),
    (SIGNAL, BOX, ", padding=1", ["7/3", 3, 0, 0, 1, "10/3", 4, 4, "16/3", "11/3"]),
    # the first slide has 40 before 30, which does not give its output; the next ones have 30 before 40
    ([10, 50, 60, 10, 20, 30, 40], BOX, ", padding=same", [20, 40, 40, 30, 20, 30, "70/3"]),
    ([1, 3, 0, 1, 2, 2, 0, 2, 1, 0, 2, 1], [2, 0, 2, 1], "", [3, 10, 6, 6, 6, 9, 2, 6, 7]),
    (IMAGE, SHARPEN, "", [[6, 1, 8], [-7, 9, 2], [-5, -9, 3]]),
    (GRAY, EDGE, "", [[692, -315, -6], [-680, -194, 305], [153, -59, -86]]),
    (GRAY, EDGE, ", stride=2", [[692, -6], [153, -86]]),
    # two later pages show another output for stride 1, and one for padding 1, which these figures do not give
    (BITS, CROSS, "", [[2, 1, -1], [-1, 1, 3], [2, 1, 1]]),
    (BITS, CROSS, ", stride=2", [[2, -1], [2, 1]]),
    (BITS, CROSS, ", padding=1", [[1, 0, 0, 1, 1], [1, 2, 1, -1, 2], [1, -1, 1, 3, 1], [0, 2, 1, 1, 1], [1, -1, -1, 2, 1]]),
    ([[1, 1, 0, 0, 0]] * 5, [[1, 0, -1]] * 3, "", [[3, 3, 0]] * 3),
    (MOUSE, CURVE, "", [[6600]]),
]  # fmt: skip


def exact(values: Any) -> Any:
    """One example of one channel."""
    return make_exact(values)[None, ..., None]


def conv(image: Any, kernel: Any, options: str) -> Any:
    sizes = ["x".join(map(str, np.shape(values))) for values in (image, kernel)]
    return legal(f"input {sizes[0]}x1\nconv(1, {sizes[1]}, bias=false{options})").nodes[-1].layer


@pytest.mark.parametrize(("image", "kernel", "options", "output"), CONVOLUTIONS)
def test_a_filter_over_an_image(image: Any, kernel: Any, options: str, output: Any) -> None:
    y = compute(conv(image, kernel, options), [exact(image)], {"kernel": make_exact(kernel)[..., None, None]})
    assert np.array_equal(y, exact(output))


SQUARE = [[4, 123, 1, 34], [56, 99, 222, 253], [45, 122, 165, 12], [21, 187, 133, 124]]


@pytest.mark.parametrize(("line", "output"), [
    ("maxpool(2)", [[123, 253], [187, 165]]),  # the slide has 167, which its image has nowhere
    ("avgpool(2)", [["141/2", "255/2"], ["375/4", "217/2"]]),
    ("relu", SQUARE),
])  # fmt: skip
def test_a_pool_of_an_image(line: str, output: Any) -> None:
    layer: Any = legal(f"input 4x4x1\n{line}").nodes[-1].layer
    assert np.array_equal(compute(layer, [exact(SQUARE)], {}), exact(output))


def test_backpropagation_through_one_filter() -> None:
    """A 2x2 filter on a 3x3 input: dE/dW11 = dE/dh11 X11 + dE/dh12 X12 + dE/dh21 X21 + dE/dh22 X22, and so on."""
    x, w, dh = (
        make_exact([[1, 2, 3], [4, 5, 6], [7, 8, 9]]),
        make_exact([[1, 0], [2, -1]]),
        make_exact([[1, 2], [3, "1/2"]]),
    )
    back = compute_gradients(conv(x, w, ""), dh[None, ..., None], [x[None, ..., None]], {"kernel": w[..., None, None]})
    for row, column in np.ndindex(2, 2):
        slide = sum([dh[i, j] * x[i + row, j + column] for i, j in np.ndindex(2, 2)])
        assert back.weights["kernel"][row, column, 0, 0] == slide
    assert back.weights["kernel"][0, 0, 0, 0] == 1 * 1 + 2 * 2 + 3 * 4 + make_exact("5/2")[()]
    assert np.array_equal(
        back.inputs[0], exact([[1, 2, 0], [5, "7/2", -2], [6, -2, "-1/2"]])
    )  # each cell: the sum of dh times the weights that it met
