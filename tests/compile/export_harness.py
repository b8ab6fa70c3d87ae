"""The harness of the tests of exports: a model is written, opened by the format's own runtime, and compared with Keras."""

from __future__ import annotations

import functools
import math
from pathlib import Path
from typing import Any

import pytest

from cnnspec.compile import to_litert
from cnnspec.compile.export import export, prepare
from tests.example_files import EXAMPLES
from tests.layer_examples import COMPILED_TEXTS, FIRST_COMPILED
from tests.support import outputs

tf = pytest.importorskip("tensorflow", reason="SavedModel, ONNX and LiteRT are written on TensorFlow")

EXAMPLES_OF_LAYERS = FIRST_COMPILED
LAYERS = COMPILED_TEXTS
LECTURES = sorted((EXAMPLES / "lectures").glob("*.cnn"))
LACKING = {
    "onnx": {"antialias=true": "ONNX has no operation ScaleAndTranslate"},
    "litert": {
        "antialias=true": "LiteRT has no operation ScaleAndTranslate",
        "conv_transpose(4, 3, dilation=2)": "LiteRT has no operation Conv2DBackpropInput",
        "input 9x8x7x2\nmaxpool(2)": "LiteRT has no operation MaxPool3D",
        "input 9x4\nlayer_scale(1)": "LiteRT cannot run it",  # the converter mistakes its product
        "adaptive_maxpool(2)": "LiteRT has no operation MaxPool3D",
        "adaptive_avgpool(2)": "LiteRT has no operation AvgPool3D",
        "avgpool(3, padding=1)": "LiteRT has no operation AvgPool3D",
    },
    "saved_model": {},
}
NAMES = {"onnx": "model.onnx", "litert": "model.tflite", "saved_model": "model"}


@functools.cache
def ready(format: str) -> None:
    if format == "onnx":
        pytest.importorskip("tf2onnx", reason='ONNX is written with tf2onnx: pip install "cnnspec[onnx]"')
        pytest.importorskip("onnxruntime", reason="what was written is opened with onnxruntime")
    prepare(format)


def run_onnx(path: Path, model: Any, given: list[Any]) -> list[Any]:
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert [value.name for value in session.get_inputs()] == [tensor.name for tensor in model.inputs]
    assert [value.name for value in session.get_outputs()] == [
        f"{n}_output" if n == "z" else n for n in model.output_names
    ]
    for value, tensor in zip(session.get_inputs(), model.inputs, strict=True):
        open_sizes = [f"{tensor.name}_{axis}" if axis else "batch" for axis in range(len(tensor.shape))]
        assert value.shape == [n or name for n, name in zip(tensor.shape, open_sizes, strict=True)]
    return list(session.run(None, {t.name: x for t, x in zip(model.inputs, given, strict=True)}))


def run_litert(path: Path, model: Any, given: list[Any]) -> list[Any]:
    return to_litert.run_litert(str(path), [tensor.name for tensor in model.inputs], given)


def run_saved_model(path: Path, model: Any, given: list[Any]) -> list[Any]:
    loaded = tf.saved_model.load(str(path))
    made = loaded.serve(given if len(given) > 1 else given[0])
    return list(made) if isinstance(made, (list, tuple)) else [made]


RUN = {"onnx": run_onnx, "litert": run_litert, "saved_model": run_saved_model}


def randomised(model: Any) -> Any:
    """A model none of whose weights is zero or one by chance, and whose activations neither vanish nor explode."""
    import numpy as np

    random = np.random.default_rng(3)
    for weight in model.weights:
        if len(weight.shape) < 2 or "variance" in weight.path:
            weight.assign(random.uniform(0.5, 1.5, weight.shape))
        else:  # the same at each run: by chance an output may be so small that rounding shows
            weight.assign(random.normal(0, math.prod(weight.shape[:-1]) ** -0.5, weight.shape))
    return model


def same(model: Any, format: str, folder: Path, batch: int = 3, size: int = 64, share: float = 1e-5) -> None:
    """Writes a model, opens it, and compares what it computes, to a share of the largest output."""
    import numpy as np

    ready(format)
    random = np.random.default_rng(7)
    shapes = [(batch, *[n or size for n in tensor.shape[1:]]) for tensor in model.inputs]
    given = [random.normal(size=shape).astype("float32") for shape in shapes]
    export(model, str(folder / NAMES[format]), format)
    found = [np.asarray(y) for y in RUN[format](folder / NAMES[format], model, given)]
    expected = outputs(model, given if len(given) > 1 else given[0])
    assert [y.shape for y in found] == [y.shape for y in expected]
    for here, there in zip(expected, found, strict=True):
        assert abs(here - there).max() <= share * abs(here).max()
        assert here.std() > 0 or here.size <= 3 or format != "onnx", "an output that says nothing"


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
