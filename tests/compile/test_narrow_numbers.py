"""Every layer in int8 and float16, by LiteRT and by ONNX: what the file yields is what Keras yields, up to rounding.

The examples that int8 takes its ranges from are those that are compared, normally distributed, with random weights.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnspec.compile.export import export
from cnnspec.compile.export_options import ExportOptions
from cnnspec.compile.keras_model import to_keras
from cnnspec.compile.runtimes.opened import open_runtime_model
from tests.compile.export_harness import EXAMPLES_OF_LAYERS, NAMES, randomised, ready
from tests.support import THOROUGH, legal, outputs

np = pytest.importorskip("numpy")

WITHIN = {"int8": 0.1, "float16": 0.01}  # of the largest output
# What int8 does not bear: LiteRT has one scale for what a pool or a maximum reads and yields; a selu is made of an exp, whose
# values are of very different sizes; a norm may be rounded to 0, by which nothing is divided; and where values are nearly
# equal, a layer norm makes as much of their rounding as of them.
ROUGH = (
    "adaptive_avgpool(7x7)", "selu", "divide(in, reduce_l2", "maximum(in, conv", "minimum(in, conv",
    "conv(8, 3x3) -> layer_norm",
)  # fmt: skip


@pytest.mark.parametrize(("batch", "batches"), [(None, 7), (1, 7), (3, 3), (7, 1), (20, 1)])
def test_ranges_are_taken_from_every_example(batch: int | None, batches: int) -> None:
    """Of two inputs alike, however many the file takes at once, and though these be more than there are."""
    examples = np.arange(7.0), np.arange(7.0)[:, None] + 100
    made = [*ExportOptions(examples=examples, batch=batch).list_batches(["a", "b"], ["float32", "int32"])]
    a, b = (np.concatenate([one[name] for one in made]) for name in "ab")
    assert [len(one["a"]) for one in made] == [batch or 1] * batches
    assert (set(a), a.dtype, b.dtype) == ({*range(7)}, np.float32, np.int32) and (b[:, 0] == a + 100).all()


@pytest.mark.skipif(not THOROUGH, reason="with HYPOTHESIS_PROFILE=thorough")
@pytest.mark.parametrize("quantize", WITHIN)
@pytest.mark.parametrize("format", ["litert", "onnx"])
@pytest.mark.parametrize("text", EXAMPLES_OF_LAYERS)
def test_every_layer_in_narrow_numbers(text: str, format: str, quantize: str, tmp_path: Path) -> None:
    if quantize == "int8" and any(part in text for part in ROUGH):
        pytest.skip("int8 is too rough for it")
    ready(format)
    model = randomised(to_keras(legal(text)))
    random = np.random.default_rng(0)
    shapes = [(64, *[n or 16 for n in tensor.shape[1:]]) for tensor in model.inputs]
    given = tuple(
        [
            (random.integers(0, 3, shape) if "embedding" in text else random.normal(size=shape)).astype("float32")
            for shape in shapes
        ]
    )
    path = str(tmp_path / NAMES[format])
    export(model, path, format, ExportOptions({}, quantize, given))
    found = open_runtime_model(path).predict_on_batch(given)
    expected = outputs(model, list(given) if len(given) > 1 else given[0])
    for here, there in zip(expected, found, strict=True):
        assert here.shape == there.shape
        assert abs(here - there).max() <= WITHIN[quantize] * abs(here).max()
