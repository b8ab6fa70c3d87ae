"""What is written for others computes what Keras computes: ONNX, LiteRT, SavedModel, opened by their own runtimes.

The outputs are equal to 1e-5 of the largest, with random weights, for a batch of another size than any that was seen
while the model was written. Layers that a format has no words for are named in `LACKING`, with what is said.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cnnspec.compile.export import ExportFailed, export
from cnnspec.compile.keras_model import import_keras, to_keras
from tests.compile.export_harness import (
    EXAMPLES_OF_LAYERS,
    LACKING,
    LAYERS,
    LECTURES,
    NAMES,
    randomised,
    ready,
    run_onnx,
    same,
)
from tests.example_files import EXAMPLES, networks
from tests.support import THOROUGH, legal, outputs


def layer_by_layer(text: str, format: str, folder: Path) -> None:
    ready(format)
    model = randomised(to_keras(legal(text)))
    lacking = [said for part, said in LACKING[format].items() if part in text]
    if not lacking:
        same(model, format, folder)
        return
    with pytest.raises(ExportFailed) as refused:
        export(model, str(folder / NAMES[format]), format)
    assert f"this model cannot be written as {format}: {lacking[0]}" in str(refused.value)
    assert list(folder.iterdir()) == []


# By default one example of every layer, and what ONNX has no words for.
ONNX = [
    text for text in LAYERS if THOROUGH or text in EXAMPLES_OF_LAYERS or any(part in text for part in LACKING["onnx"])
]


@pytest.mark.kernels
@pytest.mark.parametrize("text", ONNX)
def test_every_layer_in_onnx(text: str, tmp_path: Path) -> None:
    layer_by_layer(text, "onnx", tmp_path)


@pytest.mark.skipif(not THOROUGH, reason="with HYPOTHESIS_PROFILE=thorough")
@pytest.mark.parametrize("format", ["litert", "saved_model"])
@pytest.mark.parametrize("text", LAYERS)
def test_every_layer_in_the_others(text: str, format: str, tmp_path: Path) -> None:
    layer_by_layer(text, format, tmp_path)


# ---- networks ----------------------------------------------------------------------------------------------
def legal_networks(path: Path) -> list[Any]:
    return [network.graph for network in networks(path).values() if not network.broken]


# A dense layer there adds up 871,200 products of float32, whose sum depends on their order: 1.01e-5 was seen.
LONG_SUMS = {"lecture4_dense_scaling": 4e-5}


# The lectures' networks are all of the same few layers: by default one of each kind is written.
OF_EACH_KIND = (
    "lecture0_more_layers", "lecture0_padding", "lecture1_classifier", "lecture2_pooling", "lecture2_stride", "lecture3_prototypes",
    "lecture4_cifar", "lecture4_dense_scaling",
)  # fmt: skip
WRITTEN = [path for path in LECTURES if THOROUGH or path.stem in OF_EACH_KIND]


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_the_lectures_networks_in_onnx(path: Path, tmp_path: Path) -> None:
    for graph in legal_networks(path):
        same(randomised(to_keras(graph)), "onnx", tmp_path, share=LONG_SUMS.get(path.stem, 1e-5))


SMALL = [(name, format) for name in ("lectures/lecture2_text", "lectures/lecture3_deep_mnist") for format in NAMES]
LARGE = (
    "unet_any_size",
    "mobilenet_v2",
    "alexnet",
    "resnet18",
    "densenet121",
    "inception_v3",
    "efficientnet_b0",
    "zoo/MobileNetV3Small",
    "zoo/ConvNeXtTiny",
)
EVERY = [
    *SMALL,
    *((name, format) for name in LARGE for format in NAMES),
]


@pytest.mark.parametrize(("name", "format"), EVERY if THOROUGH else SMALL)
def test_networks(name: str, format: str, tmp_path: Path) -> None:
    (graph,) = legal_networks(EXAMPLES / f"{name}.cnn")
    same(randomised(to_keras(graph)), format, tmp_path)
    import_keras().backend.clear_session(free_memory=False)


@pytest.mark.parametrize("format", NAMES)
def test_several_inputs_and_outputs_keep_their_order_and_names(format: str, tmp_path: Path) -> None:
    text = "input z 4x4x1\ninput a 3\nz -> flatten -> dense(2) as y\na -> dense(5) as b\nconcat(y, b) as c\noutput c, y, b, z"
    same(randomised(to_keras(legal(text))), format, tmp_path)


def test_a_changed_weight_would_be_seen(tmp_path: Path) -> None:
    """A comparison that cannot fail is none: with one weight changed, `same` sees it."""
    import numpy as np

    ready("onnx")
    model = to_keras(legal("input 4x4x1\nconv(2, 3x3) -> flatten -> dense(3)"))
    export(model, str(tmp_path / "m.onnx"), "onnx")
    model.weights[0].assign(model.weights[0] * 1.01)
    x = np.ones((1, 4, 4, 1), "float32")
    (found,), (expected,) = run_onnx(tmp_path / "m.onnx", model, [x]), outputs(model, x)
    assert abs(expected - found).max() > 1e-5 * abs(expected).max()
