"""`cnnspec rf`: its JSON, its picture, what is unknown, what is refused."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from cnnspec.api import load
from cnnspec.cli import main
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
        (["dense1", "--picture"], "its field is the whole input"), (["-o", "rf.png"], "must end in .svg"),
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


@pytest.mark.parametrize("name", ["vgg16.cnn", "resnet50_keras.cnn", "unet.cnn", "lectures/lecture4_mnist.cnn"])
def test_the_picture_draws_its_boxes(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As many columns as there are, no more; every box of the SVG inside its picture, in proportion, and with a name."""
    out = tmp_path / "rf.svg"
    arguments = ["--model", "UNet"] if name == "unet.cnn" else []
    status, shown, _ = run(capsys, "rf", EXAMPLES / name, "--picture", "-o", out, *arguments)
    assert status == 0 and max(map(len, shown.splitlines())) < 80
    root = ElementTree.parse(out).getroot()
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    boxes = [
        [float(r.attrib[k]) for k in ("x", "y", "width", "height")]
        for r in root.findall(".//{*}rect")
        if "x" in r.attrib
    ]
    names = [text.text for text in root.findall(".//{*}text")]
    assert len(names) - 1 == len(boxes) > 2
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in boxes)
    legend = [line.split() for line in shown.splitlines() if line[1:3] == "  " and line[0].isalpha()]
    sizes = [int(words[2].split("x")[1]) for words in legend]
    scale = boxes[1][2] / sizes[0]
    assert [round(w / scale) for _, _, w, _ in boxes[1:]] == sizes
