"""Files of torch's exporters and of our own, without their weights: figures are torch's and the files' own, and text reads back.

`make_fixtures.py` makes them.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from onnx.backend import test as backend

import cnnspec
from cnnspec.facts.facts import Facts
from cnnspec.graph import Graph, Node
from cnnspec.layers import find_bare_layer
from cnnspec.layers.base import Layer
from cnnspec.model_files.onnx.model_reader import read_model
from cnnspec.model_files.onnx.to_graph import convert_model, read_onnx_file
from cnnspec.spec_writer import to_text
from tests.model_files.onnx import make_fixtures
from tests.support import THOROUGH, legal

FIXTURES = Path(__file__).parent / "fixtures"
FIGURES: dict[str, dict[str, int]] = json.loads((FIXTURES / "figures.json").read_text())
TORCH = [name for name in FIGURES if not name.startswith("example_")]
EXAMPLES = [name for name in FIGURES if name.startswith("example_")]
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


# Of the models that onnx has with it, written by Caffe2: parameters and MACs.
LIGHT = {
    "resnet50": (25_610_152, 4_089_184_256),
    "squeezenet": (1_235_496, 349_151_936),
    "vgg19": (143_667_240, 19_632_062_464),
}


@pytest.mark.parametrize("name", LIGHT)
def test_models_of_caffe2_have_the_figures_of_their_papers(name: str) -> None:
    path = Path(backend.__file__).parent / f"data/light/light_{name}.onnx"
    total = Facts(read_onnx_file(str(path))).total
    assert (total.parameters, total.macs) == LIGHT[name]


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
GONE = ("dropout", "identity", "stochastic_depth")  # from an export
UNSAID = (
    "initializer",
    "regularizer",
    "constraint",
    "momentum",
    "epsilon",
)  # of arguments, by a file whose batch norms are folded


class Comparison:
    """Numbers for what nodes compute, equal for equal layers on equal inputs, in two networks.

    What tf2onnx folds is folded here: a batch norm behind a convolution without a bias is the convolution with one, a
    concatenation of concatenations is one, and a depthwise convolution of one channel is a convolution. The figures of a
    Normalization stand in the file, where the text has its weights.
    """

    def __init__(self) -> None:
        self.numbers: dict[tuple[Any, ...], int] = {}
        self.behind: dict[int, tuple[Any, ...]] = {}  # what each reads
        self.joined: dict[int, tuple[int, ...]] = {}  # the parts of each concatenation

    def describe(self, graph: Graph) -> list[tuple[Any, ...]]:
        """What each output computes, and all layers, sorted."""
        readers, found, used = graph.consumers(), {}, graph.used()
        for node in graph.nodes:
            inputs = tuple([found[index] for index in node.inputs])
            if node.layer is None or not used[node.index]:
                found[node.index] = self._number(
                    "input", (node.shape, graph.inputs.index(node.index) if node.layer is None else 0)
                )
            elif node.layer.names[0] in GONE or self._is_folded(graph, node, readers):
                found[node.index] = inputs[0]
            else:
                found[node.index] = self._describe_layer(graph, node, inputs, readers)
        return [found[index] for index in graph.outputs]

    def _describe_layer(self, graph: Graph, node: Node, inputs: tuple[int, ...], readers: list[list[int]]) -> int:
        layer, shapes = node.layer, graph.input_shapes(node)
        assert layer is not None and shapes is not None
        before = graph.nodes[node.inputs[0]]
        if before.layer is not None and len(readers[before.index]) == 1:
            given = graph.input_shapes(before)
            joined = (
                (before.layer.joined(layer, given) or before.layer.reshaped(layer, given))
                if given is not None
                else None
            )
            if joined is not None:
                layer, shapes, inputs = joined, given, self.behind[inputs[0]]
        behind = [graph.nodes[index] for index in readers[node.index]]
        values = layer.canonical(shapes).argument_values()
        if len(behind) == 1 and self._is_folded(graph, behind[0], readers):
            values["bias"] = True
        activation = values.pop("activation", None)
        windows = layer.windows(shapes)
        if (
            windows is not None
            and "padding" in values
            and node.shape != ()
            and all([isinstance(n, int) for n in shapes[0]])
        ):
            values["padding"] = str(
                [(window.before, window.after) for window in windows]
            )  # be it said by a word or by numbers
        word = layer.names[0]
        if word == "depthwise_conv" and shapes[0][-1] == 1:
            word, values = "conv", {"filters": values.pop("multiplier")} | values
        elif word == "normalization":
            values = {}
        elif word == "concat":
            inputs = tuple([part for given in inputs for part in self.joined.get(given, (given,))])
        said = self._tell(layer, values)
        made = self._number(f"{word}({said})", tuple(sorted(inputs)) if layer.unordered else inputs)
        if word == "concat":
            self.joined[made] = inputs
        last = find_bare_layer(activation) if isinstance(activation, str) else activation
        if last is None:
            return made
        return self._number(f"{last.names[0]}({self._tell(last, last.canonical(shapes).argument_values())})", (made,))

    def _tell(self, layer: Layer, values: dict[str, Any]) -> str:
        """The arguments that a file can say and that are not the usual ones."""
        usual = {name: argument.record_default for name, argument in layer.arguments.items()}
        told = {n: v for n, v in values.items() if not n.endswith(UNSAID) and (n not in usual or v != usual[n])}
        return ", ".join(sorted([f"{n}={self._round(v)}" for n, v in told.items()]))

    def _number(self, form: str, inputs: tuple[Any, ...]) -> int:
        number = self.numbers.setdefault((form, inputs), len(self.numbers))
        self.behind[number] = inputs
        return number

    def _is_folded(self, graph: Graph, node: Node, readers: list[list[int]]) -> bool:
        before = graph.nodes[node.inputs[0]] if node.inputs else node
        if node.layer is None or before.layer is None or node.layer.names[0] != "bn":
            return False
        return before.layer.argument_values().get("bias") is False and readers[before.index] == [node.index]

    def _round(self, value: Any) -> Any:
        return (
            [self._round(v) for v in value]
            if isinstance(value, tuple)
            else float(f"{value:.6g}")
            if isinstance(value, float)
            else value
        )


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_export_of_an_example_is_the_example(name: str) -> None:
    """The same network but for the folds of the exporter, and the same MACs."""
    graph = graph_of(name)
    path = ROOT / f"examples/{name.removeprefix('example_')}.cnn"
    assert Facts(graph).total.macs == cnnspec.load(path).macs
    comparison = Comparison()
    expected = comparison.describe(legal(path.read_text()))
    known = len(comparison.numbers)
    found = comparison.describe(graph)
    assert found == expected, list(comparison.numbers)[known : known + 3]


@pytest.mark.skipif(not THOROUGH, reason="exports anew; HYPOTHESIS_PROFILE=thorough runs it")
@pytest.mark.parametrize("name", ["digits", "lenet5", "lenet5_1998"])
def test_an_example_that_is_exported_now_is_its_fixture(name: str) -> None:
    """The fixtures are what tf2onnx writes today."""
    proto = make_fixtures.export_example(ROOT / f"examples/{name}.cnn")
    made = convert_model(read_model(proto.SerializeToString()), name)
    comparison = Comparison()
    assert comparison.describe(made) == comparison.describe(graph_of(f"example_{name}"))


@pytest.mark.skipif(
    not THOROUGH or find_spec("torch") is None, reason="needs torch; HYPOTHESIS_PROFILE=thorough runs it"
)
@pytest.mark.parametrize("case", make_fixtures.TORCH, ids=lambda case: make_fixtures.name_fixture(*case))
def test_a_model_that_torch_exports_now_has_the_figures_of_its_fixture(case: tuple[str, str, int, int | None]) -> None:
    proto, figures = make_fixtures.export_torch(case)
    name = make_fixtures.name_fixture(*case)
    assert figures == FIGURES[name]
    total = Facts(convert_model(read_model(proto.SerializeToString()), name)).total
    assert (total.macs, total.parameters) == (figures["macs"], figures["numbers"])


def test_a_convolution_that_took_a_batch_norm_in_keeps_its_own_name() -> None:
    """torch notes the batch norm's module at it."""
    graph = graph_of("own_Small-dynamo-18-n")
    names = {node.name: node.label for node in graph.nodes}
    assert names["stem.0"] == "conv" and "stem.1" not in names
    assert "the exporter has merged 1 batch norm into its convolution" in graph.remark
