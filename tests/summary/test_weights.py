"""`summary --columns weights`: the shapes of every layer's weight tensors. `agree` in tests/support.py holds names, shapes and
order to the built Keras model of every example and every layer."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnspec.api import loads
from cnnspec.cli import main
from cnnspec.tables.figures import show_weights

CELLS = {  # the last layer of a text, and its cell
    "input ?x?x3\nconv(4, 5x5)": "kernel[5x5x3x4], bias[4]",  # lecture 2: "4 filters, kernel 5, RGB"
    "input 8x8x4\nconv(8, 3x3, groups=2, bias=false)": "kernel[3x3x2x8]",
    "input 8x8x4\nseparable_conv(8, 3x3)": "depthwise_kernel[3x3x4x1], pointwise_kernel[1x1x4x8], bias[8]",
    "input 8x8x4\nbn": "gamma[4], beta[4], moving_mean[4], moving_variance[4]",
    "input 8x8x4\nnormalization": "mean[4], variance[4], count[]",
    "input 8x8x4\nprelu": "alpha[8x8x4]",
    "input 20x3\nconv(4, 5)": "kernel[5x3x4], bias[4]",
    "input 8x8x8x1\nconv(2, 3)": "kernel[3x3x3x1x2], bias[2]",
    "input 8x8x4\nconv_transpose(2, 3x3)": "kernel[3x3x2x4], bias[2]",
    "input 784\ndense(10)": "kernel[784x10], bias[10]",
    "input 12\nembedding(50, 8)": "embeddings[50x8]",
    "input 8x8x4\nmaxpool(2)": "-",
    "input 8x8x3\nshared c = conv(3, 3x3, padding=same)\nc -> c": "shared with conv1",
    'input 8x8x3\nopaque("deform", 8x8x3, params=7)': "?",  # its number is stated, its shapes are not
    'input 8x8x3\nopaque("shift", 8x8x3)': "-",
    "input 8x8x3\nconv(3, 9x9)": "?",
}


@pytest.mark.parametrize(("text", "cell"), CELLS.items(), ids=[text.rpartition("\n")[2] for text in CELLS])
def test_the_cell_has_every_tensor(text: str, cell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.cnn"
    path.write_text(text)
    main(["summary", str(path), "--columns", "name,weights", "--format", "csv"])
    last = capsys.readouterr().out.splitlines()[-1].partition(",")[2].strip('"')
    assert last == cell.replace("?", "")
    row = loads(text).layers[-1]
    assert row.shared_with or show_weights(row.weights) == cell


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_tensor_is_never_broken(width: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "input 32x32x3\nconv(512, 3x3, bias=false) -> bn -> separable_conv(1024, 3x3)"
    path = tmp_path / "net.cnn"
    path.write_text(text)
    main(["summary", str(path), "--columns", "weights", "--width", str(width)])
    shown = capsys.readouterr().out.split()
    for row in loads(text).layers:
        assert not row.weights or set(show_weights(row.weights).split()) <= set(shown)


def test_the_json_has_every_tensor() -> None:
    rows = loads("input 8x8x3\nconv(4, 3x3, trainable=false) -> bn(scale=false)").to_data()["layers"]
    assert [row["weights"] for row in rows] == [
        [],
        [{"name": "kernel", "shape": [3, 3, 3, 4], "trainable": False}, {"name": "bias", "shape": [4], "trainable": False}],
        [
            {"name": "beta", "shape": [4], "trainable": True},
            {"name": "moving_mean", "shape": [4], "trainable": False},
            {"name": "moving_variance", "shape": [4], "trainable": False},
        ],
    ]  # fmt: skip
