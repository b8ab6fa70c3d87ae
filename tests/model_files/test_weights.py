"""Weights of a PyTorch or ONNX model in the Keras model of the same network: the outputs are torch's."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy
import pytest

import cnnspec
from cnnspec.cli import main
from cnnspec.model_files import read_graph
from tests.support import sample

WEIGHTED = Path(__file__).parent / "weighted"
FILES = sorted([*WEIGHTED.glob("*.pt2"), *WEIGHTED.glob("*.onnx")])
SCRIPTS = sorted(WEIGHTED.glob("*-script.onnx"))  # torch's older exporter, whose kin is the newer one


@cache
def answers() -> dict[str, Any]:
    with numpy.load(WEIGHTED / "answers.npz") as arrays:
        return dict(arrays)


def find_distance(model: Any, name: str) -> float:
    """How far the outputs of a Keras model are from torch's for the same input, of the largest."""
    told = answers()
    wanted, made = told[f"{name}_y"], numpy.asarray(model(told[f"{name}_x"].transpose(0, 2, 3, 1), training=False))
    made = made.transpose(0, 3, 1, 2) if made.ndim == 4 else made
    assert made.shape == wanted.shape
    return float(abs(made - wanted).max() / abs(wanted).max())


@pytest.mark.kernels
@pytest.mark.parametrize("path", sample(FILES, SCRIPTS), ids=lambda path: path.name)
def test_the_outputs_are_those_of_torch(path: Path) -> None:
    model = cnnspec.load(path).to_keras(weights=path)
    assert find_distance(model, path.stem.partition("-")[0]) < 1e-5


@pytest.mark.kernels
@pytest.mark.parametrize("name", sample(["windows", "rows", "last_axis", "views"], ["windows", "last_axis"]))
def test_the_spec_of_a_model_takes_its_weights(name: str) -> None:
    path = WEIGHTED / f"{name}.pt2"
    text = cnnspec.load(path).text
    assert find_distance(cnnspec.loads(text).to_keras(weights=str(path)), name) < 1e-5


@pytest.mark.kernels
def test_the_command_writes_a_model_with_weights(tmp_path: Path, capsys: Any) -> None:
    import keras

    target = tmp_path / "net.keras"
    path = str(WEIGHTED / "rows.pt2")
    assert main(["compile", path, "--weights", path, "-o", str(target)]) == 0
    assert capsys.readouterr().err == f"cnnspec: wrote {target}\n"
    assert find_distance(keras.models.load_model(target), "rows") < 1e-5


@pytest.mark.parametrize("name", ["last_axis", "views"])  # of which exporters merge nothing
def test_all_files_of_a_model_have_as_many_parameters(name: str) -> None:
    counts = {path.name: cnnspec.load(path).params for path in FILES if path.name.startswith(name)}
    assert len(counts) == 3 and len(set(counts.values())) == 1, counts


def test_parts_of_one_weight_are_no_shared_layer() -> None:
    graph = read_graph(str(WEIGHTED / "views.pt2"))
    shared = [(node.name, graph.nodes[node.shares].name) for node in graph.nodes if node.shares is not None]
    assert len(shared) == 1, "the two halves of a kernel are two layers; a layer that is called twice is one"
    assert shared[0][1] in ("again", "")
