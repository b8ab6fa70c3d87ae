"""The effective field: against paths counted one by one, against built models, and as what is printed and drawn."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnspec.api import load, loads
from cnnspec.cli import main
from cnnspec.facts.facts import Facts
from cnnspec.facts.geometry import Geometry
from cnnspec.network import AnalysedNetwork
from cnnspec.pictures.drawing import Group, Rect
from cnnspec.rf import find_effective_field, find_unit_field
from cnnspec.rf.effective import EffectiveField, shrink_map
from cnnspec.rf.effective_drawing import MOST, draw_levels, make_drawing
from tests.example_files import EXAMPLES
from tests.rf.webs import members, webs

MNIST = EXAMPLES / "lectures" / "lecture4_mnist.cnn"
BRANCHES = """
input 13x11x2
a = conv(4, 3x3, padding=same)
b = a -> conv(6, 5x3, stride=2, padding=same)
c = a -> avgpool(2x2, padding=same) -> conv(2, 3x3, dilation=2, padding=2)
d = concat(b, c)
e = d -> conv_transpose(3, 3x3, stride=2, padding=same)
f = e -> upsample(2)
g = f -> avgpool(3x3, stride=2, padding=same) -> depthwise_conv(3x3, padding=1)
average(e, g) -> conv(5, 3x3, padding=1, stride=2)
"""


def find(text: str, at: tuple[int, ...] | None = None, layer: str = "") -> tuple[AnalysedNetwork, EffectiveField]:
    network = loads(text).analysed
    return network, find_effective_field(network, layer or network.graph.nodes[-1].name, at)


def weights(field: EffectiveField, number: int = 0) -> np.ndarray[Any, Any]:
    """The weights of a whole input."""
    one = field.inputs[number]
    whole = np.zeros(one.size)
    box = tuple([slice(first, first + n) for first, n in zip(one.map.first, one.map.sizes, strict=True)])
    whole[box] = np.array(one.map.rows).reshape(one.map.sizes)
    return whole


# ---- the weights -----------------------------------------------------------------------------------------------------------
@st.composite
def windows(draw: st.DrawFn) -> list[tuple[int, int, int, int]]:
    """Kernel, stride, dilation and padding of some convolutions behind one another: 43 positions are enough for all."""
    made = []
    for _ in range(draw(st.integers(1, 3))):
        kernel, stride, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 2)), draw(st.integers(1, 2))
        made.append((kernel, stride, dilation, draw(st.integers(0, min(2, dilation * (kernel - 1))))))
    return made


@given(windows(), st.booleans())
def test_weights_are_shares_of_paths(layers: list[tuple[int, int, int, int]], corner: bool) -> None:
    """Every path is followed by itself: one tap of each window along each axis. The input is as large as the largest windows need."""
    lines = [f"conv(2, {k}x{k}, stride={s}, dilation={d}, padding={p})" for k, s, d, p in layers]
    _, field = find("\n".join(["input 47x45x1", *lines]), (0, 0) if corner else None)
    ends = [
        [follow(layers, n, at, taps) for taps in product(*[range(k) for k, *_ in layers])]
        for n, at in zip((47, 45), field.at, strict=True)
    ]
    counted = np.zeros((47, 45))
    for y, x in product(*ends):
        if y is not None and x is not None:
            counted[y, x] += 1
    paths = len(ends[0]) * len(ends[1])
    np.testing.assert_allclose(weights(field), counted / paths, atol=1e-12)
    assert field.padding == pytest.approx(1 - counted.sum() / paths, abs=1e-9)


def follow(layers: list[tuple[int, int, int, int]], size: int, at: int, taps: tuple[int, ...]) -> int | None:
    """Where on an input of a size the path ends that takes these taps; None in padding."""
    sizes = [size]
    for k, s, d, p in layers:
        sizes.append((sizes[-1] + 2 * p - d * (k - 1) - 1) // s + 1)
    for tap, (_, s, d, p), n in zip(reversed(taps), reversed(layers), sizes[-2::-1], strict=True):
        at = s * at - p + d * tap
        if not 0 <= at < n:
            return None
    return at


def make_equal(kernel: np.ndarray[Any, Any], kind: str) -> np.ndarray[Any, Any]:
    """A kernel of one over the number of values that an output sums up; of a bias nothing."""
    if kernel.ndim == 1:
        return np.zeros_like(kernel)
    numbers = {"DepthwiseConv2D": 9, "Conv2DTranspose": 9 / 4 * kernel.shape[-1]}  # which paints with a stride of 2
    return np.full_like(kernel, 1 / numbers.get(kind, np.prod(kernel.shape[:-1])))


def test_weights_are_those_of_the_built_model() -> None:
    """Kernels of equal weights, one over their number, and each position of the input lit alone."""
    network, field = find(BRANCHES, (3, 2))
    model = loads(BRANCHES).to_keras()
    for layer in model.layers:
        layer.set_weights([make_equal(kernel, type(layer).__name__) for kernel in layer.get_weights()])
    lit = np.repeat(np.eye(13 * 11, dtype="float32").reshape(-1, 13, 11, 1), 2, axis=3)
    seen = np.asarray(model(lit)).mean(-1)
    for at in ((3, 2), (0, 0), (6, 5)):
        truth = seen[:, at[0], at[1]].reshape(13, 11)
        own = weights(find_effective_field(network, field.layer, at))
        np.testing.assert_allclose(own / own.sum(), truth / truth.sum(), atol=1e-6)


@given(webs())
@settings(max_examples=30)
def test_what_is_read_has_a_weight_and_nothing_else(text: str) -> None:
    network = loads(text).analysed
    name = network.graph.nodes[-1].name
    with suppress(ValueError):  # all that it reads is padding
        check_what_is_read(network, find_effective_field(network, name))


def check_what_is_read(network: AnalysedNetwork, field: EffectiveField) -> None:
    assert field.padding + sum([one.share for one in field.inputs]) == pytest.approx(1)
    (read,) = find_unit_field(network, field.layer, field.at).inputs
    if read.region is not None:
        np.testing.assert_array_equal(weights(field) > 0, members(read.region, field.inputs[0].size))


def test_the_extent_is_that_of_the_estimate() -> None:
    """Four standard deviations, where nothing branches and nothing is clipped; and 95 % lie between the ends of `core`."""
    network = load(EXAMPLES / "vgg16.cnn").analysed
    index = network.find_layer("maxpool5")
    (route, _) = Geometry(Facts(network.graph)).routes(True)[index] or ()
    (axis, other) = find_effective_field(network, "maxpool5").inputs[0].axes
    assert 4 * axis.deviation == pytest.approx(route.effective)
    assert axis.weights == pytest.approx(other.weights)
    first, last = (end - axis.first for end in axis.core)
    assert sum(axis.weights[first : last + 1]) >= 0.95 > sum(axis.weights[first + 1 : last])
    assert sum(axis.weights[:first]) <= 0.025 and sum(axis.weights[last + 1 :]) <= 0.025


@pytest.mark.parametrize(("text", "shares"), [
    ("input a 9x9x1\ninput b 9x9x1\nc = a -> conv(4, 3x3)\nd = b -> conv(12, 3x3)\nconcat(c, d) -> conv(1, 3x3)\n", [0.25, 0.75]),
    ("input a 9x9x1\ninput b 9x9x1\nadd(a, b) -> conv(1, 3x3)\n", [0.5, 0.5]),
    ("input a 9x9x1\ninput b 9x9x1\na -> conv(1, 3x3)\n", [1.0]),
    ("input 9x9x4\nx = conv(4, 3x3)\ng = x -> gap -> dense(4) -> sigmoid\nmultiply(x, g)\n", [1.0]),  # a gate is left out
    ("input 20\ndense(4)\n", [1.0]),
])  # fmt: skip
def test_branches_share_by_their_channels(text: str, shares: list[float]) -> None:
    _, field = find(text)
    assert [one.share for one in field.inputs] == pytest.approx(shares)


def test_behind_a_flatten_all_positions_count_alike() -> None:
    _, field = find("input 12x10x1\nconv(2, 3x3) -> flatten -> dense(3)\n")
    ones = np.ones((10, 8)) / 80
    truth = np.zeros((12, 10))
    for y, x in product(range(3), range(3)):
        truth[y : y + 10, x : x + 8] += ones / 9
    np.testing.assert_allclose(weights(field), truth, atol=1e-12)


# ---- what is printed and drawn ---------------------------------------------------------------------------------------------
def run(capsys: pytest.CaptureFixture[str], *arguments: Any) -> tuple[int, str, str]:
    status = main([str(a) for a in arguments])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def test_the_map_in_characters(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "rf", MNIST, "--effective", "conv3", "--at", "0,0")
    assert status == 0 and 'Effective field of position 0,0 of conv3 in "lecture4_mnist"' in out
    assert re.search(r"Positions read +height 0 to 17, width 0 to 17: 18x18\n", out)
    assert re.search(r"95 % of the weight +height 1 to 16, width 1 to 16: 16x16, along each axis\n", out)
    rows = [line[2:] for line in out.splitlines() if line.startswith("  ·")]
    assert len(rows) == 18 and rows == rows[::-1] and all(row == row[::-1] for row in rows) and "█" in rows[9]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--effective", "conv9"], 'no layer "conv9"'), (["--effective", "conv3", "--at", "9,9"], "no position 9,9"),
        (["--effective", "conv3", "--picture"], "about that layer alone"), (["conv1", "--effective", "conv3"], "about that layer alone"),
        (["--effective", "conv3", "--in", "conv3"], "about that layer alone"),
        (["--effective", "conv3", "--format", "json"], "choose one"), (["--effective", "conv3", "-o", "a.jpg"], "must end in .svg"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "rf", MNIST, *arguments)
    assert (status, out) == (2, "") and message in err


@pytest.mark.parametrize(("text", "status", "message"), [
    ("input ?x?x1\nconv(2, 3x3) -> conv(2, 3x3)\n", 2, "where sizes are not known"),
    ("input 8x8x4\npermute((2, 1, 3)) -> conv(2, 3x3) -> conv(2, 3x3)\n", 2, "what permute1 reads is not followed"),
    ("input 8x8x4\nconv(2, 9x9) -> conv(2, 3x3)\n", 1, "it has no positions"),
    ("input 30000x30000x1\nglobal_avgpool -> dense(2)\n", 2, "would take too many steps"),
    ("input 9x1\nconv_transpose(1, 1, stride=3) -> crop(1) -> crop(((0, 24),))\nconv(2, 1) -> conv(2, 1)\n", 2, "reads nothing of an input"),
    ("input 900000000x1\nconv(2, 800000000) -> conv(2, 3)\n", 2, "would take too many steps"),
    ("input 4x4x1\npad(9) -> conv(2, 3x3)\n", 0, ""),
])  # fmt: skip
def test_what_cannot_be_told_is_said(
    text: str, status: int, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.cnn"
    path.write_text(text)
    found, _, err = run(
        capsys, "rf", path, "--effective", "dense1" if "dense" in text else "conv1" if "pad" in text else "conv2"
    )
    assert found == status and message in err


def test_the_drawing_has_the_color_of_each_cell() -> None:
    """The rectangles painted one over another give every cell its level."""
    _, field = find(BRANCHES)
    (one,) = field.inputs
    cells = shrink_map(one, MOST, MOST)
    painted = np.zeros((len(cells.rows), len(cells.rows[0])), int)
    for rect in draw_levels(cells, 100.0, 50.0, 4):
        x, y, w, h = ((v - shift) / 4 for v, shift in ((rect.x, 100), (rect.y, 50), (rect.width, 0), (rect.height, 0)))
        painted[int(y) : int(y + h), int(x) : int(x + w)] = int(rect.look.fill.split("-")[1])
    levels = np.minimum(9, np.array(cells.rows) / np.max(cells.rows) * 10).astype(int)
    np.testing.assert_array_equal(painted, levels)


@pytest.mark.parametrize("layer", ["concat13", "conv1", "dense1"])
def test_a_large_map_is_drawn_in_few_cells(layer: str) -> None:
    network = load(EXAMPLES / "inception_v3.cnn").analysed
    field = find_effective_field(network, layer)
    drawing = make_drawing(network, field)
    rects = [shape for group in drawing.shapes if isinstance(group, Group) for shape in group.shapes]
    assert 2 <= len(rects) < 2500
    for rect in rects:
        assert isinstance(rect, Rect)
        assert min(rect.x, rect.y) >= 0
        assert rect.x + rect.width <= drawing.width and rect.y + rect.height <= drawing.height
    cells = shrink_map(field.inputs[0], MOST, MOST)
    assert cells.step & (cells.step - 1) == 0 and len(cells.rows) <= MOST
