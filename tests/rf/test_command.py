"""`cnnspec rf`: its JSON, its picture, what is unknown, what is refused."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cnnspec.api import load, loads
from cnnspec.cli import main
from cnnspec.pictures.drawing import Path as Line
from cnnspec.pictures.drawing import Text
from cnnspec.rf import find_picture
from cnnspec.rf.drawing import make_drawing
from tests.example_files import EXAMPLES

MNIST = EXAMPLES / "lectures" / "lecture4_mnist.cnn"


def run(capsys: pytest.CaptureFixture[str], *arguments: Any) -> tuple[int, str, str]:
    status = main([str(a) for a in arguments])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def test_the_json_has_every_layer_and_the_unit(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "rf", MNIST, "conv3", "--at", "0,2", "--format", "json")
    found = json.loads(out)
    assert (status, found["schema_version"], len(found["layers"])) == (0, 1, len(load(MNIST).layers))
    (unit,) = found["units"]
    assert (unit["at"], unit["box"], unit["inputs"][0]["read"]) == ([0, 2], [[0, 17], [8, 25]], 324)
    status, out, _ = run(capsys, "lost", MNIST, "--format", "json")
    found = json.loads(out)
    assert found["tensors"][0]["axes"][0]["never_read"] == [[26, 27]]
    assert found["totals"]["macs_lost"] == sum(t["macs_lost"] for t in found["tensors"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["conv9"], 'no layer "conv9"'), (["conv3", "--at", "3,0"], "no position 3,0: it has 0 to 2,2"),
        (["conv3", "--at", "1"], "conv3 has 2 axes: height, width"), (["--at", "1,1"], "name the layer"),
        (["dense1", "--picture"], "its field is the whole input"), (["-o", "rf.gif"], "must end in .svg, .pdf, .png, .tex or .html"),
        (["--picture", "--format", "json"], "choose one"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "rf", MNIST, *arguments)
    assert (status, out) == (2, "") and message in err


@pytest.mark.parametrize("text", ["input 10\ndense(3)", "input 8x8x1\ngap", "input 8x8x4\npermute((2, 1, 3))"])
def test_what_has_no_box_is_not_drawn(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.cnn"
    path.write_text(text)
    status, out, err = run(capsys, "rf", path, "--picture")
    assert (status, out, err) == (2, "", 'cnnspec: "net" has no layer with a receptive field to draw\n')


def test_unknown_sizes_leave_fields_and_take_coverage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "any.cnn"
    path.write_text("input ?x?x3\nconv(8, 3x3, padding=1) -> maxpool(2)\nconv(8, 3x3)\n")
    status, out, _ = run(capsys, "rf", path)
    rows = {line.split()[0]: line.split() for line in out.splitlines() if line.startswith(" ")}
    assert status == 0 and rows["conv2"][-5:] == ["8x8", "2", "-1", "2.5", "?"]
    status, out, _ = run(capsys, "rf", path, "conv2", "--at", "0,3")
    assert status == 0 and "height -1 to 6, width 5 to 12: 8x8" in out
    assert run(capsys, "lost", path)[0] == 0
    assert run(capsys, "rf", path, "--picture")[0] == 0


PICTURES = ["vgg16.cnn", "resnet50_keras.cnn", "unet.cnn", "lectures/lecture4_mnist.cnn", "inception_v3.cnn"]


@pytest.mark.parametrize("name", PICTURES)
def test_the_picture_draws_its_boxes(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As many columns as there are, no more; every box inside the picture, in proportion, apart from the others, and with a name."""
    out = tmp_path / "rf.svg"
    arguments = ["--model", "UNet"] if name == "unet.cnn" else []
    status, shown, _ = run(capsys, "rf", EXAMPLES / name, "--picture", "-o", out, *arguments)
    assert status == 0 and max(map(len, shown.splitlines())) < 80
    root = ElementTree.parse(out).getroot()
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    words = [text.text or "" for text in root.findall(".//{*}text")]
    legend = [line.split() for line in shown.splitlines() if line[1:3] == "  " and line[0].isalpha()]
    rects = [[float(r.attrib[k]) for k in ("x", "y", "width", "height")] for r in root.findall(".//{*}g/{*}rect")]
    assert len(rects) == len(legend) > 2
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in rects)
    assert {f"{name} {size}" for _, name, size, *_ in legend} <= set(words)
    scale = rects[0][2] / int(legend[0][2].split("x")[1])
    for (_, _, size, *_), (_, _, w, _) in zip(legend, rects, strict=True):
        assert w == pytest.approx(int(size.split("x")[1]) * scale, abs=6 * len(rects))
    sides = [(x, y, x + w, y + h) for x, y, w, h in rects]
    for i, (x0, y0, x1, y1) in enumerate(sides):
        for left, top, right, bottom in sides[:i]:
            if min(x1 - x0, y1 - y0) > 10 and left <= x0 <= x1 <= right and top <= y0 <= y1 <= bottom:
                assert min(x0 - left, right - x1, y0 - top, bottom - y1) > 2


@pytest.mark.parametrize("name", PICTURES)
def test_lines_to_names_do_not_cross(name: str) -> None:
    picture = find_picture(load(EXAMPLES / name, **({"model": "UNet"} if name == "unet.cnn" else {})).analysed)
    lines = [shape.steps for shape in make_drawing(picture).shapes if isinstance(shape, Line)]
    assert len(lines) > len(picture.boxes)
    names = sorted([shape.y for shape in make_drawing(picture).shapes if isinstance(shape, Text) and shape.size == 13])
    assert names[0] > 40 and all(below - y >= 17 for y, below in pairwise(names))
    for before, after in pairwise(lines):  # in the order of the names, from the top
        assert all(y < below for (_, y), (_, below) in zip(before, after, strict=True))


def test_boxes_lie_around_one_centre() -> None:
    """Each inside the one before, and none further from the middle of the input than half a step of its layer."""
    net = load(EXAMPLES / "vgg16.cnn")
    picture, fields = find_picture(net.analysed), net.receptive_fields()
    for box, outer in zip(picture.boxes, [*picture.boxes[:1], *picture.boxes], strict=False):
        assert outer.rows[0] <= box.rows[0] <= box.rows[1] <= outer.rows[1]
        (stride,) = {layer.field.stride[0] for layer in fields.layers if layer.name == box.name and layer.field}
        assert abs(sum(box.rows) / 2 - 111.5) <= stride / 2


def test_boxes_are_of_units_that_the_larger_ones_read() -> None:
    """Also where two units lie as near to the middle: maxpool1 reads the upper of them."""
    network = loads("input 20x20x1\nconv(1, 1x1)\nconv(1, 1x1, stride=2)\nmaxpool(2)\n").analysed
    boxes = find_picture(network, ["conv1", "conv2", "maxpool1"]).boxes
    for box, outer in zip(boxes[1:], boxes, strict=False):
        assert outer.rows[0] <= box.rows[0] <= box.rows[1] <= outer.rows[1]


def test_equal_boxes_have_lines_and_names_of_their_own() -> None:
    layers = ["conv1", "relu1", "bn1", "dropout1"]
    network = loads("input 224x224x3\nconv(8, 3x3) -> relu -> bn -> dropout(0.5) -> conv(8, 3x3)\n").analysed
    drawing = make_drawing(find_picture(network, layers))
    lines = [shape.steps for shape in drawing.shapes if isinstance(shape, Line)]
    names = sorted([shape.y for shape in drawing.shapes if isinstance(shape, Text) and shape.size == 13])
    assert len(lines) == len(names) == 5  # the input's, too
    for before, after in pairwise(lines):
        assert all(y < below for (_, y), (_, below) in zip(before, after, strict=True))
    assert names[0] > 40 and all(below - y >= 17 for y, below in pairwise(names))


def test_what_is_clipped_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.cnn"
    path.write_text("input 8x20x1\nconv(4, 5x5, padding=same)\nconv(4, 7x7, padding=same)\n")
    status, out, _ = run(capsys, "rf", path, "--picture")
    assert status == 0 and "A  conv2  11x11  position 3,9, 8x11 of it on the input" in out
    assert "B  conv1    5x5  position 3,9\n" in out and "what lies outside the input is padding" in out


def test_a_broken_network_is_drawn_as_far_as_it_is_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.cnn"
    path.write_text("input 28x28x1\nconv(8, 5x5) -> maxpool(2) -> conv(16, 30x30) -> conv(4, 3x3)\ndense(10)\n")
    status, out, err = run(capsys, "rf", path, "--picture")
    assert status == 1 and "A  maxpool1  6x6" in out and "of the layers before the mistakes" in out and "E101" in err


def test_the_page_has_the_picture_and_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One file that loads nothing and runs nothing; names are words."""
    source, out = tmp_path / "net.cnn", tmp_path / "rf.html"
    source.write_text('input 8x8x1\nconv(4, 3x3, name="a<b")\n')
    assert run(capsys, "rf", source, "-o", out)[0] == 0
    page = out.read_text()
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    assert f'content="{policy}"' in page and "<script" not in page and "http://www.w3.org/2000/svg" in page
    assert not re.search(r"(?:src|href)=|url\(|@import", page)
    assert "a&lt;b 3x3</text>" in page and "<th" in page and "Receptive fields of" in page and "<b " not in page


@pytest.mark.parametrize(("text", "words"), [
    ("input 9x3\nconv(4, 3)\nconv(4, 3)\n", ["input 9", "conv2 5", "conv1 3"]),
    ("input 7x8x9x2\nconv(4, 3x3x3)\n", ["input 7x8x9", "conv1 3x3x3", "drawn: height and width"]),
    ("input ?x?x3\nconv(4, 3x3)\n", ["conv1 3x3", "the input's size is unknown"]),
    ("input a 8x8x1\ninput b 9x9x1\nc = a -> conv(2, 3x3)\nd = b -> conv(2, 4x4)\nadd(c, d) -> conv(2, 2x2)\n", ["inputs 8x8 and 9x9"]),
    ("input 500x3x1\nconv(4, 9x3)\n", ["input 500x3", "conv1 9x3"]),
])  # fmt: skip
def test_every_kind_of_network_is_drawn(
    text: str, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "net.cnn", tmp_path / "rf.svg"
    path.write_text(text)
    assert run(capsys, "rf", path, "-o", out)[0] == 0
    shown = [element.text for element in ElementTree.parse(out).getroot().findall(".//{*}text")]
    assert set(words) <= set(shown)
