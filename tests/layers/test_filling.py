"""Constant initialisers: numbers that fill their weight, against Keras's own; and what is written is opened again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cnnspec.cli import main
from cnnspec.compile.export import ExportFailed, export
from cnnspec.compile.keras_model import to_keras
from tests.support import legal, network

keras = pytest.importorskip("keras")

FITTING = [
    "conv(1, 3x3, kernel_initializer=constant([[[[0]], [[1]], [[0]]], [[[1]], [[0]], [[-1]]], [[[0]], [[1]], [[0]]]]))",
    "conv(4, 3x3, kernel_initializer=constant([1, 2, 3, 4]))",
    "conv(4, 3x3, bias_initializer=constant([1, 2, 3, 4]))",
    "conv(4, 3x3, bias_initializer=constant([7]))",
    "conv(4, 3x3, kernel_initializer=constant(0.5))",
    "depthwise_conv(3x3, multiplier=2, depthwise_initializer=constant([[1, 2]]))",
    "separable_conv(4, 3x3, pointwise_initializer=constant([1, 2, 3, 4]))",
    "separable_conv(4, 3x3, depthwise_initializer=constant([[2]]))",
    "conv_transpose(4, 3x3, kernel_initializer=constant([[[[3]]]]))",
    "bn(gamma_initializer=constant([2]), moving_mean_initializer=constant([5]))",
    "flatten -> dense(3, kernel_initializer=constant([1, 2, 3]))",
    "prelu(alpha_initializer=constant([[[3]]]))",
]
NOT = [
    ("conv(1, 3x3, kernel_initializer=constant([[0, 1, 0], [1, 0, -1], [0, 1, 0]]))", "3x3", "kernel of 3x3x1x1"),
    ("conv(4, 3x3, kernel_initializer=constant([1, 2, 3]))", "3", "kernel of 3x3x1x4"),
    ("conv(4, 3x3, bias_initializer=constant([1, 2, 3]))", "3", "bias of 4"),
    ("conv(4, 3x3, bias_initializer=constant([[1, 2, 3, 4]]))", "1x4", "bias of 4"),
    ("conv(4, 3x3, bias=true, bias_initializer=constant([1, 2, 3, 4, 5]))", "5", "bias of 4"),
    ("depthwise_conv(3x3, depthwise_initializer=constant([[0, 1, 0], [1, 0, -1], [0, 1, 0]]))", "3x3", "kernel of 3x3x1x1"),
    ("separable_conv(4, 3x3, pointwise_initializer=constant([1, 2]))", "2", "pointwise_kernel of 1x1x1x4"),
    ("separable_conv(4, 3x3, depthwise_initializer=constant([1, 2]))", "2", "depthwise_kernel of 3x3x1x1"),
    ("conv_transpose(4, 3x3, kernel_initializer=constant([[1, 2, 3, 4]]))", "1x4", "kernel of 3x3x4x1"),
    ("bn(gamma_initializer=constant([2, 3]))", "2", "gamma of 1"),
    ("bn(moving_variance_initializer=constant([2, 3]))", "2", "moving_variance of 1"),
    ("flatten -> dense(3, kernel_initializer=constant([[1, 2], [3, 4]]))", "2x2", "kernel of 36x3"),
    ("prelu(alpha_initializer=constant([1, 2]))", "2", "alpha of 6x6x1"),
]  # fmt: skip


@pytest.mark.parametrize("step", FITTING)
def test_numbers_that_fill_a_weight(step: str, tmp_path: Path) -> None:
    graph = legal(f"input 6x6x1\n{step}")
    export(to_keras(graph), str(tmp_path / "net.keras"), "keras")
    model = keras.models.load_model(tmp_path / "net.keras")
    assert [tuple(w.shape) for w in model.weights] == [
        w.shape for node in graph.nodes if node.layer for w in node.layer.weights(graph.input_shapes(node) or ())
    ]
    assert all(np.isfinite(w).all() for w in model.get_weights())


@pytest.mark.parametrize(("step", "given", "weight"), NOT)
def test_numbers_that_do_not(step: str, given: str, weight: str) -> None:
    (error,) = network(f"input 6x6x1\n{step}").errors
    assert (error.code, error.message) == ("E011", f"a constant of {given} does not fill {weight}")


@pytest.mark.parametrize("rows", ["[[1, 2], [3]]", "[1, [2]]", "[[1], 2]", "[[[1]], [[1, 2]]]", "[]"])
def test_rows_of_different_lengths_are_no_constant(rows: str) -> None:
    (error,) = network(f"input 6x6x1\nconv(1, 3x3, kernel_initializer=constant({rows}))").errors
    assert error.code in ("E011", "E012")


def test_what_keras_cannot_open_again_is_not_written(tmp_path: Path) -> None:
    """Keras's own constant of a wrong shape: the fault that such a file has."""
    layer = keras.layers.Conv2D(
        1, 3, kernel_initializer=keras.initializers.Constant([[0, 1, 0], [1, 0, -1], [0, 1, 0]])
    )
    model = keras.Sequential([keras.Input((6, 6, 1))])
    model.add(layer)
    with pytest.raises(ExportFailed, match="Keras cannot open what it has written"):
        export(model, str(tmp_path / "net.keras"), "keras")
    assert list(tmp_path.iterdir()) == []


def mixed(precision: str, folder: Path) -> str:
    keras.config.set_dtype_policy(precision)
    try:
        model = to_keras(legal("input 8x8x1\nconv(4, 3x3) -> bn -> relu -> gap -> dense(10, softmax)"))
    finally:
        keras.config.set_dtype_policy("float32")
    model.save(folder / "net.keras")
    return str(folder / "net.keras")


@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_models_in_half_precision_are_read(precision: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = mixed(precision, tmp_path)
    (tmp_path / "net.cnn").write_text("input 8x8x1\nconv(4, 3x3) -> bn -> relu -> gap -> dense(10, softmax)")
    assert main(["import", path]) == 0
    assert (
        f"layers compute in {precision}: write precision = {precision} into its train section"
        in capsys.readouterr().err
    )
    assert main(["diff", str(tmp_path / "net.cnn"), path]) == 0
    assert "are the same network" in capsys.readouterr().out


@pytest.mark.parametrize("model", ["Sequential", "Functional", "Model"])
@pytest.mark.parametrize("version", ["2.4.0", "2.15.0", "1.2"])
def test_files_of_keras_2_say_the_way_to_keras_3(
    model: str, version: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import zipfile

    config = {"class_name": model, "config": {"name": "m", "layers": []}, "keras_version": version}
    (tmp_path / "net.json").write_text(json.dumps(config))
    with zipfile.ZipFile(tmp_path / "net.keras", "w") as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", b"")
        archive.writestr("metadata.json", json.dumps({"keras_version": version}))
    for verb in (["import", "net.json"], ["import", "net.keras"], ["predict", "net.keras", "x.png"]):
        (tmp_path / "x.png").write_bytes(b"")
        assert main([verb[0], *[str(tmp_path / name) for name in verb[1:]]]) == 2
        said = capsys.readouterr().err
        assert f"was written by Keras {version}; Keras 3 cannot open it: write tf_keras.models." in said
        assert (
            'save("net.h5") with the package tf_keras, then keras.models.load_model("net.h5").save("net.keras")' in said
        )
        assert "class of its own" not in said
