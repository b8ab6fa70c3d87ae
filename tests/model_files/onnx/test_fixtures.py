"""Files of torch's exporters and of our own, without their weights: figures are torch's and the files' own, and text reads back.

`make_fixtures.py` makes them.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.facts.facts import Facts
from cnnspec.graph import Graph
from cnnspec.model_files.onnx.model_reader import read_model
from cnnspec.model_files.onnx.to_graph import convert_model
from cnnspec.spec_writer import to_text
from tests.support import THOROUGH

FIXTURES = Path(__file__).parent / "fixtures"
FIGURES: dict[str, dict[str, int]] = json.loads((FIXTURES / "figures.json").read_text())
TORCH = [name for name in FIGURES if not name.startswith("example_")]
EXAMPLES = [name for name in FIGURES if name.startswith("example_")]
ANY_SIZE = ["example_unet_any_size"]  # whose sizes are open: not read yet
ROOT = Path(__file__).parents[3]


@cache
def graph_of(name: str) -> Graph:
    data = gzip.decompress((FIXTURES / f"{name}.onnx.gz").read_bytes())
    graph = convert_model(read_model(data), name)
    for node in graph.nodes:
        node.given = node.name
    graph.assign_names()
    return graph


@pytest.mark.parametrize("name", TORCH)
def test_figures_are_those_of_torch(name: str) -> None:
    """MACs as torch counts them while the model runs; parameters as many as the file holds (batch norms are folded in most)."""
    figures, total = FIGURES[name], Facts(graph_of(name)).total
    assert total.macs == figures["macs"]
    assert total.parameters == figures["numbers"]
    if "unoptimised" in name:
        assert total.parameters == figures["parameters"] + figures["statistics"]
        assert total.frozen == figures["statistics"]


@pytest.mark.parametrize("name", TORCH if THOROUGH else TORCH[::3])
def test_text_reads_back(name: str) -> None:
    """`to_text` compares what it wrote with the graph; here with the figures, too."""
    network = cnnspec.loads(to_text(graph_of(name)))
    assert (network.macs, network.params) == (FIGURES[name]["macs"], FIGURES[name]["numbers"])


def test_resnet18_is_a_text_that_a_person_would_write() -> None:
    assert to_text(graph_of("torchvision_resnet18-script-9-1")).count("\n") <= 20


# ---- where things come from --------------------------------------------------------------------------------------
def test_a_layer_has_the_path_of_its_module() -> None:
    for name in ("own_Small-dynamo-18-n", "own_Small-script-15-1"):
        nodes = {node.site.module: node for node in graph_of(name).nodes}
        assert [nodes[path].label for path in ("gate.down", "grouped", "slopes", "head")] == [
            "conv",
            "conv",
            "prelu",
            "dense",
        ], name
        assert nodes["gate.down"].name == "gate.down"


def test_a_layer_has_its_line_in_the_users_file() -> None:
    source = (Path(__file__).parent / "torch_models.py").read_text().split("\n")
    lines = {node.site.module: node.site for node in graph_of("own_Small-unoptimised-20-1").nodes}
    for module, code in (("gate.up", "self.up(y)"), ("grouped", "self.grouped(x)"), ("head", "self.head(x)")):
        site = lines[module]
        assert site.source.name.endswith("tests/model_files/onnx/torch_models.py")
        assert code in source[site.line - 1]
        assert site.origin == f"{site.source.name}:{site.line}"


def test_a_library_is_nobodys_own_file() -> None:
    """torchvision's models lie in a library: no line is named there."""
    assert {node.site.line for node in graph_of("torchvision_mobilenet_v3_small-dynamo-18-n").nodes} == {0}


def test_the_same_model_of_two_exporters_is_one_graph() -> None:
    """But for what one of them has folded."""
    made = [
        [(n.label, n.shape) for n in graph_of(f"torchvision_convnext_tiny-{kind}").nodes]
        for kind in ("script-17-n", "dynamo-18-n")
    ]
    assert made[0] == made[1]


# ---- our own exports ---------------------------------------------------------------------------------------------
FOLDED = {"bn"}  # tf2onnx puts a batch norm into the convolution before it


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name not in ANY_SIZE])
def test_an_export_of_an_example_is_the_example(name: str) -> None:
    network, graph = cnnspec.load(ROOT / f"examples/{name.removeprefix('example_')}.cnn"), graph_of(name)
    total = Facts(graph).total
    assert total.macs == network.macs
    print(total.parameters, FIGURES[name]["numbers"], network.params)


def note(value: Any) -> Any:
    return value
