"""The lectures' filters, written down in their examples, give the numbers that the slides print."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from tests.example_files import EXAMPLES, networks

X = [[2 * (x in (y, 8 - y)) * (1 <= y <= 7) - 1 for x in range(9)] for y in range(9)]
CURVE = [
    [0, 0, 0, 0, 0, 0, 30],
    [0, 0, 0, 0, 50, 50, 50],
    [0, 0, 0, 20, 50, 0, 0],
    [0, 0, 0, 50, 50, 0, 0],
    [0, 0, 0, 50, 50, 0, 0],
    [0, 0, 0, 50, 50, 0, 0],
    [0, 0, 0, 50, 50, 0, 0],
]
IMAGE = [[1, 0, 1, 0, 1], [1, 0, 0, 1, 1], [0, 1, 1, 0, 0], [1, 0, 0, 1, 0], [0, 0, 1, 1, 0]]
THIRDS = [4, 3, 2, -5, 3, 5, 2, 5, 5, 6]
SLIDES = {  # of a file and its model: what enters, and what the slide prints
    ("lecture2_image_filter", ""): (
        [[-5, 3, 2, -5, 3], [4, 3, 2, 1, -3], [1, 0, 3, 3, 5], [-2, 0, 1, 4, 4], [5, 6, 7, 9, -1]],
        [[6, 1, 8], [-7, 9, 2], [-5, -9, 3]],
    ),
    ("lecture2_box_filter", "Shrink"): (THIRDS, [3, 0, 0, 1, Fraction(10, 3), 4, 4, Fraction(16, 3)]),
    ("lecture2_box_filter", "Pad"): (
        [0, *THIRDS, 0], [Fraction(7, 3), 3, 0, 0, 1, Fraction(10, 3), 4, 4, Fraction(16, 3), Fraction(11, 3)],
    ),
    ("lecture1_cross_correlation", ""): ([1, 3, 0, 1, 2, 2, 0, 2, 1, 0, 2, 1], [3, 10, 6, 6, 6, 9, 2, 6, 7]),
    ("lecture1_channels", ""): ([[[1, 1], [4, 2]], [[1, 0], [0, 2]]], [[7]]),
    ("lecture4_curve_filter", "Curve"): (CURVE, [[6600]]),
    ("lecture3_output_size", "Stride1"): (IMAGE, [[2, 1, -1], [-1, 1, 3], [2, 1, 1]]),
    ("lecture3_output_size", "Padding1"): (
        np.pad(IMAGE, 1).tolist(),
        [[1, 0, 0, 1, 1], [1, 2, 1, -1, 2], [1, -1, 1, 3, 1], [0, 2, 1, 1, 1], [1, -1, -1, 2, 1]],
    ),
}  # fmt: skip


def slide_over(image: Any, kernel: Any) -> Any:
    """The sums of a filter over an image, at every position: both with their channels last, the filter alone."""
    places = tuple([n - k + 1 for n, k in zip(image.shape[:-1], kernel.shape[:-1], strict=True)])
    made = np.empty(places, object)
    for at in np.ndindex(places):
        window = tuple([slice(a, a + k) for a, k in zip(at, kernel.shape[:-1], strict=True)])
        made[at] = (image[window] * kernel).sum()
    return made


def find_kernel(file: str, model: str) -> Any:
    """The kernel of the first convolution, as exact numbers in Keras's layout."""
    made = networks(EXAMPLES / "lectures" / f"{file}.cnn")
    network = made[model] if model else next(iter(made.values()))
    node = network.graph.nodes[1]
    shapes = network.graph.input_shapes(node)
    assert node.layer is not None and shapes is not None
    array = node.layer.written_weights(shapes)["kernel"]
    return np.array(array.numbers, object).reshape(array.shape)


@pytest.mark.parametrize(("file", "model"), SLIDES, ids=["/".join(filter(None, pair)) for pair in SLIDES])
def test_slides_have_these_numbers(file: str, model: str) -> None:
    image, printed = SLIDES[file, model]
    kernel = find_kernel(file, model)
    entering = np.array(image, object).reshape((*np.shape(image)[: kernel.ndim - 2], kernel.shape[-2]))
    assert slide_over(entering, kernel[..., 0]).tolist() == printed


def test_the_diagonal_of_x_is_found_by_the_diagonal() -> None:
    """Seven of nine products are 1 at the corner, all of them where the stroke runs through: 7/9, which the slide cuts to
    0.77, and 1."""
    kernel = find_kernel("lecture0_xo", "")
    map_of_first = slide_over(np.array(X, object)[..., None], kernel[..., 0])
    assert [map_of_first[0, 0], map_of_first[1, 1], map_of_first[0, 1]] == [Fraction(7, 9), 1, Fraction(-1, 9)]
    assert [[Fraction(n, 9) for n in row] for row in [[7, -1, 1, 3, 5, -1, 3]]] == [map_of_first[0].tolist()]
