"""The picture of a network as volumes: which boxes there are, what holds of their coordinates, what stands at them."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cnnspec.base.source import Source
from cnnspec.draw.outline.outline import TooLarge
from cnnspec.draw.question import DrawQuestion
from cnnspec.draw.volumes import draw_volumes
from cnnspec.draw.volumes.blocks import Block, Fork
from cnnspec.draw.volumes.building import find_boxes
from cnnspec.layers.base import show_shape
from cnnspec.network import AnalysedNetwork
from cnnspec.pictures.drawing import Drawing, Group, Text
from cnnspec.pictures.drawing import Path as Outline
from cnnspec.pictures.files import write_picture
from cnnspec.pictures.svg import write_svg
from cnnspec.pipeline import analyse
from tests.draw.volume_faults import faults, find_outline
from tests.draw.volume_webs import write_web
from tests.example_files import EXAMPLES, FILES, SMALLEST, TRIED, networks, relative
from tests.fuzz.writer import sound
from tests.support import IN_THOROUGH, THOROUGH

RANDOM = 600 if THOROUGH else 40
SOME = [path for path in FILES if path.parent == EXAMPLES] + SMALLEST  # of the lectures every fifth
PATHS = TRIED if THOROUGH else SOME + [path for path in FILES if path.parent != EXAMPLES][::5]


def analysed(text: str) -> AnalysedNetwork:
    (network,) = analyse(Source("net.cnn", text)).networks
    return network


def load(name: str) -> AnalysedNetwork:
    (network,) = networks(EXAMPLES / f"{name}.cnn").values()
    return network


def draw(network: AnalysedNetwork, *shown: str, color: str = "kind") -> Drawing:
    return draw_volumes(network, DrawQuestion(shown=shown, color=color))


def find_groups(drawing: Drawing, kind: str) -> list[Group]:
    return [shape for shape in drawing.shapes if isinstance(shape, Group) and kind in shape.classes]


def read_words(group: Group) -> list[str]:
    return [shape.words for shape in group.shapes if isinstance(shape, Text)]


# ---- which boxes there are ---------------------------------------------------------------------------------------
def sketch(items: Sequence[Block | Fork]) -> str:
    """The boxes of a row: shape and words, with arcs for residual blocks; lanes in brackets."""
    made = []
    for item in items:
        if isinstance(item, Block):
            words = " + ".join([word + f" ×{times}" * (times > 1) for word, times in item.words.items()])
            parts = "|".join([f"{kind[:4]} {channels}" for kind, channels in item.parts])
            made.append(f"{show_shape(item.shape)} {words}" + f" ({parts})" * bool(parts))
        else:
            made.append(f"[{' || '.join(map(sketch, item.rows))}]")
    return ", ".join(made)


SIAMESE = """
tower = conv(32, 5x5) -> maxpool(2) -> flatten -> dense(128)
block siamese(a, b) { concat(a -> tower, b -> tower) }
model Siamese {
  input a 64x64x1
  input b 64x64x1
  concat(a -> conv(8, 3x3) -> gap, b -> conv(8, 3x3) -> gap) -> dense(1, sigmoid)
}
"""
DETECTOR = """
model Detector {
  input 64x64x3
  conv(8, 3x3, padding=same, stride=2) -> conv(16, 3x3, padding=same, stride=2) as c3
  conv(32, 3x3, padding=same, stride=2) as c4
  conv(21, 1x1) as large
  c4 -> conv(8, 1x1) -> upsample(2) as u
  concat(u, c3) -> conv(21, 1x1) as small
  output large, small
}
"""
RESIDUAL = """
input 32x32x3
conv(16, 3x3, padding=same) -> bn -> relu as a
add(a -> conv(16, 3x3, padding=same) -> bn -> relu -> conv(16, 3x3, padding=same) -> bn, a) -> relu as b
add(b -> conv(32, 3x3, stride=2, padding=same), b -> conv(32, 1x1, stride=2))
"""
GATED = """
input 32x32x8
conv(8, 3x3) as a
multiply(a, a -> gap -> dense(8, sigmoid) -> reshape(1x1x8)) -> conv(4, 3x3)
"""
SKETCHES = {
    "lenet5": "32x32x1 input, 28x28x6 conv 5x5, 14x14x6 avgpool 2x2, /2, 10x10x16 conv 5x5, 5x5x16 avgpool 2x2, /2,"
    " 120 dense, 84 dense, 10 dense",
    "vgg16": "224x224x3 input, 224x224x64 conv 3x3 ×2, 112x112x64 maxpool 2x2, /2, 112x112x128 conv 3x3 ×2,"
    " 56x56x128 maxpool 2x2, /2, 56x56x256 conv 3x3 ×3, 28x28x256 maxpool 2x2, /2, 28x28x512 conv 3x3 ×3,"
    " 14x14x512 maxpool 2x2, /2, 14x14x512 conv 3x3 ×3, 7x7x512 maxpool 2x2, /2, 4096 dense ×2, 1000 dense",
    "resnet50": "224x224x3 image, 112x112x64 conv 7x7, /2, 56x56x64 maxpool 3x3, /2, 56x56x256 bottleneck ×3,"
    " 28x28x512 bottleneck ×4, 14x14x1024 bottleneck ×6, 7x7x2048 bottleneck ×3, 2048 gap, 1000 dense",
    "densenet121": "224x224x3 input, 112x112x64 conv 7x7, /2, 56x56x64 maxpool 3x3, /2, 56x56x256 dense_layer ×6,"
    " 56x56x128 conv 1x1, 28x28x128 avgpool 2x2, /2, 28x28x512 dense_layer ×12, 28x28x256 conv 1x1,"
    " 14x14x256 avgpool 2x2, /2, 14x14x1024 dense_layer ×24, 14x14x512 conv 1x1, 7x7x512 avgpool 2x2, /2,"
    " 7x7x1024 dense_layer ×16, 1024 gap, 1000 dense",
    "inception_v3": "299x299x3 input, 149x149x32 conv 3x3, /2, 147x147x32 conv 3x3, 147x147x64 conv 3x3,"
    " 73x73x64 maxpool 3x3, /2, 73x73x80 conv 1x1, 71x71x192 conv 3x3, 35x35x192 maxpool 3x3, /2,"
    " 35x35x288 4 branches ×3, 17x17x768 3 branches, 17x17x768 4 branches ×4, 8x8x1280 3 branches,"
    " 8x8x2048 4 branches ×2, 2048 gap, 1000 dense",
    "unet_any_size": "HxWx1 input, HxWx64 conv 3x3 ×2, (H//2)x(W//2)x64 maxpool 2x2, /2, (H//2)x(W//2)x128 conv 3x3 ×2,"
    " (H//4)x(W//4)x128 maxpool 2x2, /2, (H//4)x(W//4)x256 conv 3x3 ×2, (H//8)x(W//8)x256 maxpool 2x2, /2,"
    " (H//8)x(W//8)x512 conv 3x3 ×2, (H//4)x(W//4)x512 conv_transpose 2x2, stride 2 + concat (upsa 256|inpu 256),"
    " (H//4)x(W//4)x256 conv 3x3 ×2, (H//2)x(W//2)x256 conv_transpose 2x2, stride 2 + concat (upsa 128|inpu 128),"
    " (H//2)x(W//2)x128 conv 3x3 ×2, HxWx128 conv_transpose 2x2, stride 2 + concat (upsa 64|inpu 64),"
    " HxWx64 conv 3x3 ×2, HxWx2 conv 1x1",
    "efficientnet_b0": "224x224x3 input, 112x112x32 conv 3x3, /2 + depthwise_conv 3x3, 112x112x16 conv 1x1, 56x56x24 mbconv ×2,"
    " 28x28x40 mbconv ×2, 14x14x80 mbconv ×3, 14x14x112 mbconv ×3, 7x7x192 mbconv ×4, 7x7x320 mbconv, 7x7x1280 conv 1x1,"
    " 1280 gap, 1000 dense",
    SIAMESE: "[64x64x1 a, 62x62x8 conv 3x3, 8 gap || 64x64x1 b, 62x62x8 conv 3x3, 8 gap], 16 concat, 1 dense",
    DETECTOR: "64x64x3 input, 32x32x8 conv 3x3, /2, 16x16x16 conv 3x3, /2, 8x8x32 conv 3x3, /2,"
    " [8x8x21 conv 1x1 || 8x8x8 conv 1x1, 16x16x24 upsample + concat (upsa 8|inpu 16), 16x16x21 conv 1x1]",
    RESIDUAL: "32x32x3 input, 32x32x16 conv 3x3, 32x32x16 conv 3x3 ×2, 16x16x32 conv 3x3, /2",
    GATED: "32x32x8 input, 30x30x8 conv 3x3, 28x28x4 conv 3x3",
}  # fmt: skip


@pytest.mark.parametrize("name", SKETCHES, ids=lambda name: name.split("\n")[-2] if "\n" in name else name)
def test_boxes(name: str) -> None:
    network = analysed(name) if "\n" in name else load(name)
    assert sketch(find_boxes(network).items) == SKETCHES[name]


def test_what_goes_over_the_row() -> None:
    """From which layer to which, by way of which: the copies of a U-Net, a shortcut, and a shortcut with a convolution."""
    found = {}
    for name in ("unet", RESIDUAL, GATED):
        network = analysed(name) if "\n" in name else load(name)
        names = [node.name for node in network.graph.nodes]
        edges = [dict(group.data) for group in find_groups(draw(network), "over")]
        found[name] = [
            [" ".join([names[int(i)] for i in edge.get(key, "").split()]) for key in ("from", "layers", "to")]
            for edge in edges
        ]
    assert found["unet"] == [
        ["crop1", "crop1", "concat1"],
        ["crop2", "crop2", "concat2"],
        ["crop3", "crop3", "concat3"],
        ["crop4", "crop4", "concat4"],
    ]
    assert found[GATED] == []
    assert found[RESIDUAL] == [["a", "", "add1"], ["conv5", "conv5", "add2"]]


def test_lanes_to_which_lines_lead_stand_above() -> None:
    boxes = find_groups(draw(analysed(DETECTOR)), "box")
    large, small = [min(y for _, y in find_outline(box)) for box in boxes if dict(box.data)["layers"] in ("4", "8")]
    assert [box.id for box in boxes][-1] == "layer-small" and small < large


# ---- coordinates -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", PATHS, ids=relative)
def test_coordinates(path: Path) -> None:
    for network in networks(path).values():
        assert not (found := [*faults(network, draw(network, "params", "rf"))]), found[:5]
        assert draw(network).width < 2000


def test_coordinates_of_networks_by_chance() -> None:
    for seed in (2794, *range(RANDOM)):  # the first has a way that begins and ends in one box
        text = write_web(seed) if seed % 3 else sound(random.Random(seed))
        for network in analyse(Source("net.cnn", text)).networks:
            assert not (found := [*faults(network, draw(network))]), (seed, found[:5])


def test_a_u_stands_on_levels() -> None:
    drawing = draw(load("unet"))
    tops = [min(y for _, y in find_outline(box)) for box in find_groups(drawing, "box")]
    assert len(tops) == 28
    assert tops[0] < tops[3] < tops[6] < tops[9] < tops[12] > tops[15] > tops[18] > tops[21] > tops[24]


def test_boxes_are_to_scale() -> None:
    """Heights by the square roots of the maps' sides; thickness by those of the channels; VGG's pools are single slices."""
    boxes = [find_outline(box) for box in find_groups(draw(load("vgg16")), "box")]
    heights = [max(y for _, y in corners) - min(y for x, y in corners if x == corners[0][0]) for corners in boxes]
    thicknesses = [max(x for x, y in corners if y == max(y for _, y in corners)) - corners[0][0] for corners in boxes]
    for at, side in ((0, 224), (1, 224), (2, 112), (4, 56), (6, 28), (8, 14), (10, 7)):
        assert heights[at] / heights[0] == pytest.approx((side / 224) ** 0.5)
    for at, channels in ((2, 64), (4, 128), (6, 256), (8, 512)):
        assert thicknesses[at] / thicknesses[8] == pytest.approx((channels / 512) ** 0.5)
    assert thicknesses[1] == pytest.approx(2 * thicknesses[2]) and thicknesses[7] == pytest.approx(3 * thicknesses[8])
    assert heights[11] / heights[12] == pytest.approx(4.096**0.5)


# ---- what stands at a box ----------------------------------------------------------------------------------------
def test_words_at_boxes() -> None:
    drawing = draw(analysed("input 27x27x1\nconv(8, 3x3, stride=2, activation=relu) as first\n"), "params")
    assert [read_words(box) for box in find_groups(drawing, "box")] == [
        ["1", "27", "27", "input"],
        ["8", "13", "13", "conv 3x3 /2", "80 params"],
    ]
    first = find_groups(drawing, "box")[1]
    assert first.title.startswith("first\nconv(8, 3x3, stride=2, activation=relu), net.cnn:2:1\noutput: 13x13x8\n")
    assert first.id == "layer-first" and dict(first.data) == {"layers": "1"}


def test_a_broken_network_is_drawn_as_far_as_it_is_known() -> None:
    drawing = draw(analysed("input 28x28x1\nconv(8, 31x31) -> maxpool(2)\nflatten -> dense(10)\n"))
    boxes = find_groups(drawing, "box")
    assert [read_words(box) for box in boxes] == [
        ["1", "28", "28", "input"],
        ["8", "?", "conv 31x31", "E101"],
        ["?", "maxpool 2 /2"],
        ["10", "dense"],
    ]
    assert "refused" in boxes[1].classes and "error E101" in boxes[1].title
    dashed = [any([isinstance(shape, Outline) and shape.look.dash for shape in box.shapes]) for box in boxes]
    assert dashed == [False, True, True, True]


def test_what_colors_mean() -> None:
    drawing = draw(load("lenet5"), color="cost")
    (legend,) = find_groups(drawing, "legend")
    assert read_words(legend)[:2] == ["MACs of one example: 0", "240 k"]
    fills = [box.shapes[0].look.fill for box in find_groups(drawing, "box") if isinstance(box.shapes[0], Outline)]
    assert fills[0] == "level-0" and fills[3] == "level-9"


def test_too_many_boxes_are_refused_in_a_sentence() -> None:
    text = "".join([f"input i{number} 8x8x1\n" for number in range(401)])
    with pytest.raises(
        TooLarge, match=r"^net would be 401 volumes, more than the 400 that a picture shows: draw it as a flow$"
    ):
        draw(analysed(text))


def test_long_networks_become_few_boxes() -> None:
    for text, boxes in (
        ("input 8x8x3\n(conv(8, 3x3, padding=same) -> relu) * 3000\n", 2),
        ("input 10\n" + "".join([f"dense({number})\n" for number in range(10, 910)]), 2),
        ("input 8x8x3\nconv(8, 1x1)\nadd(conv(8, 3x3, padding=same), in) * 1500\n", 3),
    ):
        drawing = draw(analysed(text))
        assert len(find_groups(drawing, "box")) == boxes and drawing.width < 600


# ---- files -------------------------------------------------------------------------------------------------------
CODE = """
import sys, cnnspec
from cnnspec.draw.question import DrawQuestion
from cnnspec.draw.volumes import draw_volumes
from cnnspec.pictures.svg import write_svg
sys.stdout.buffer.write(write_svg(draw_volumes(cnnspec.load(sys.argv[1]).analysed, DrawQuestion())).encode())
"""


def test_equal_bytes() -> None:
    command = [sys.executable, "-c", CODE, str(EXAMPLES / "unet.cnn")]
    done = subprocess.run(command, env={"PYTHONHASHSEED": "7"}, capture_output=True, check=True)
    assert done.stdout == write_svg(draw(load("unet"))).encode()


def test_hostile_names_stay_words() -> None:
    network = analysed("input 9x9x1\nconv(1, 3x3) -> flatten -> dense(3)\n")
    for node in network.graph.nodes:
        node.name = node.label = "</text><script>alert(1)</script>"
    root = ElementTree.fromstring(write_svg(draw(network)))
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    assert len({element.get("id") for element in root.iter() if element.get("id")}) == 3


@IN_THOROUGH
@pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not installed")
@pytest.mark.parametrize("name", ["lenet5", "unet", "resnet50", "inception_v3", "mobilenet_v2"])
def test_tikz_compiles(name: str, tmp_path: Path) -> None:
    (tmp_path / "net.tex").write_bytes(write_picture(draw(load(name)), "tex"))
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "net.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=100)
    assert done.returncode == 0, done.stdout[-2000:]
