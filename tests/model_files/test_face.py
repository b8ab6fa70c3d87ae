"""The face of `model_files`: one way in for the verbs and the api, whatever the framework."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

import cnnspec
from cnnspec.compile.keras_model import import_keras
from cnnspec.model_files import ModelRefused, convert_model, list_endings, read_graph, read_named_graph
from cnnspec.model_files.kinds import READERS
from cnnspec.pipeline import analyse_model
from tests.model_files.written_models import resnet, several

PACKAGE = Path(cnnspec.__file__).parent


@pytest.mark.parametrize("ending", [".keras", ".json"])
def test_a_model_file_is_a_network_like_any_other(ending: str, tmp_path: Path) -> None:
    model = resnet(import_keras())
    path = tmp_path / f"net{ending}"
    model.save(path) if ending == ".keras" else path.write_text(model.to_json())
    (network,) = analyse_model(str(path)).networks
    assert (network.name, network.facts.total.parameters, network.broken) == ("resnet", model.count_params(), False)
    assert (network.source.name, network.source.text, network.diagnostics) == (str(path), "", ())
    names = [node.name for node in network.graph.nodes]
    assert all(names) and len(set(names)) == len(names)
    assert {node.given for node in network.graph.nodes} == {"", "image", "logits"}, "the names of a person alone"


def test_every_kind_that_is_read_has_its_reader() -> None:
    for ending in list_endings():
        kind = READERS[ending]
        assert callable(getattr(import_module(kind.reader), kind.function)), ending


def test_a_file_and_the_live_model_are_one_graph(tmp_path: Path) -> None:
    model = several(import_keras())
    model.save(tmp_path / "net.keras")
    graphs = [read_graph(str(tmp_path / "net.keras")), convert_model(model)]
    first, second = [[(n.layer, n.inputs, n.shape, n.name, n.shares) for n in graph.nodes] for graph in graphs]
    assert first == second


def test_a_refusal_has_a_line_for_every_layer(tmp_path: Path) -> None:
    k = import_keras()
    x = k.Input((4, 2))
    k.Model(x, k.layers.LSTM(2, name="memory")(x)).save(tmp_path / "lstm.keras")
    with pytest.raises(ModelRefused) as refused:
        read_named_graph(str(tmp_path / "lstm.keras"), "lstm.keras")
    assert refused.value.lines == [
        "this model has a layer that the language cannot express:",
        "  memory (LSTM): no layer of the language is Keras's LSTM",
    ]


def test_other_rooms_ask_the_face() -> None:
    for path in PACKAGE.rglob("*.py"):
        if path.is_relative_to(PACKAGE / "model_files"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                assert not node.module.startswith("cnnspec.model_files."), f"{path} imports {node.module}"
