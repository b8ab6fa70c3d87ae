"""Torch programs as graphs: the figures are torch's own, every layer is at its place, and what cannot be read is said."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from cnnspec.cli import main
from cnnspec.facts.facts import Facts
from cnnspec.graph import Graph, Node
from cnnspec.lint import rules
from cnnspec.lint.context import Context
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.torch.read_program import read_program
from cnnspec.model_files.torch.to_graph import convert_program, read_torch_file, start_graph
from cnnspec.spec_writer import to_text
from tests.model_files.keras_builds import ROOT
from tests.model_files.torch.archives import FIXTURES, find_node, fixture, read_json

FIGURES: dict[str, dict[str, int]] = json.loads((FIXTURES.parent / "figures.json").read_text())
NAMES = sorted(path.stem for path in FIXTURES.glob("*.pt2"))
SAMPLE_LINES = (FIXTURES.parent / "sample_models.py").read_text(encoding="utf-8").split("\n")
LEFT_OUT = re.compile(r"([\d,]+) parameters belong to no layer")
AGAIN = re.compile(r"([\d,]+) parameters are counted again")
OTHER_FROZEN = {
    "googlenet": -512,  # moving figures of the branches that only training has
    "blur": 8 * 9,  # a fixed filter
}
HELD = {"frozen": 84 + 6}  # parameters of layers that are frozen whole
NOT_WHOLE = {"attention", "in_place", "operators_core", "unknown"}  # with operators that have no layer


def graph(name: str) -> Graph:
    return read_torch_file(str(fixture(name)))


def converted(saved: dict[str, Any]) -> Graph:
    return convert_program(read_program("net.pt2", saved), start_graph("net.pt2"))


def layers(made: Graph) -> list[Any]:
    return [(node.layer, node.inputs, node.shape) for node in made.nodes]


def words(made: Graph) -> list[str]:
    return [node.label for node in made.nodes]


@pytest.mark.parametrize("name", NAMES)
def test_figures_are_those_of_torch(name: str) -> None:
    """Parameters are numel, those that no layer has are said with their sum; moving figures are the frozen ones; MACs are
    half of FlopCounterMode's operations."""
    made = graph(name)
    total, wanted = Facts(made).total, FIGURES[name]
    left_out = LEFT_OUT.search(made.remark)
    missing = int(left_out[1].replace(",", "")) if left_out else 0
    again = AGAIN.search(made.remark)
    twice = int(again[1].replace(",", "")) if again else 0
    held = HELD.get(name, 0)
    assert total.trainable + missing - twice == wanted["parameters"] - held
    assert total.parameters - total.trainable == wanted["statistics"] + OTHER_FROZEN.get(name, 0) + held
    assert total.macs == (None if name in NOT_WHOLE else wanted["macs"])


@pytest.mark.parametrize("name", NAMES)
def test_text_reads_back_as_the_same_network(name: str) -> None:
    assert to_text(graph(name)), "which the writer proves, or raises Unfaithful"


def test_a_fixture_for_all_figures() -> None:
    assert set(NAMES) == set(FIGURES)


# ---- what other tools count wrongly --------------------------------------------------------------------------
def test_transposed_convolutions_work_for_each_position_of_the_input() -> None:
    first, second = [macs(made) for made in nodes_of("transposed", "conv_transpose")]
    assert (first, second) == (7 * 7 * 8 * 4 * 4 * 4, 14 * 14 * 4 * 2 * 3 * 3)


def test_depthwise_transposed_convolutions_have_one_filter_for_each_channel() -> None:
    (found,) = nodes_of("depthwise_transposed", "conv_transpose")
    assert macs(found) == 7 * 7 * 8 * 4 * 4


def test_functional_convolutions_and_products_are_counted() -> None:
    made = graph("functional")
    assert [macs(node, made) for node in made.nodes if node.label in ("conv", "dense")] == [32 * 32 * 3 * 6 * 9, 6 * 10]


def test_one_convolution_used_twice_works_twice_and_weighs_once() -> None:
    made = graph("shared")
    first, second = [node for node in made.nodes if node.label == "conv"]
    assert (first.shares, second.shares) == (None, first.index)
    assert Facts(made).total.parameters == 4 * 4 * 9
    assert Facts(made).total.macs == 2 * 16 * 16 * 4 * 4 * 9
    assert "42 parameters belong to no layer: unused.weight, unused.bias" in made.remark


def nodes_of(name: str, label: str) -> list[tuple[Graph, Node]]:
    made = graph(name)
    return [(made, node) for node in made.nodes if node.label == label]


def macs(found: Any, made: Graph | None = None) -> Any:
    made, node = (made, found) if made is not None else found
    assert node.layer is not None
    return node.layer.macs(made.input_shapes(node))


def test_one_kernel_in_two_layers_is_said_to_be_counted_again() -> None:
    made = graph("reused")
    assert words(made) == ["input", "conv", "conv", "maxpool", "add"]
    said = "112 parameters are counted again, in layers of other arguments: conv.weight, conv.bias"
    assert made.remark == said


# ---- names and places ----------------------------------------------------------------------------------------
def test_layers_have_the_names_of_their_modules() -> None:
    made = graph("resnet18")
    assert {"conv1", "bn1", "layer1.0.conv1", "layer4.1.bn2", "fc"} <= {node.name for node in made.nodes}
    assert {node.site.module for node in made.nodes if node.label == "add"} == {
        f"layer{stage}.{block}" for stage in (1, 2, 3, 4) for block in (0, 1)
    }


def test_a_planted_illegal_stride_is_found_at_its_line() -> None:
    """From the file alone: the model's source is not read."""
    made = graph("illegal_stride")
    (found,) = [d for d in rules.check(Context(made, {}, False, None), {"W201"}) if d.code == "W201"]
    (site,) = {made.nodes[index].site for index in found.nodes}
    assert (site.module, site.source.name) == ("down", "/project/tests/model_files/torch/sample_models.py")
    assert SAMPLE_LINES[site.line - 1].strip() == "x = self.down(x)"
    assert site.origin == f"/project/tests/model_files/torch/sample_models.py:{site.line}"


def test_check_tells_the_line_of_the_model(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The file had another folder around it where the model was exported."""
    monkeypatch.chdir(ROOT)
    line = next(i for i, text in enumerate(SAMPLE_LINES, 1) if text.strip() == "x = self.down(x)")
    assert main(["check", "--no-cache", "--output-format", "concise", str(fixture("illegal_stride"))]) == 1
    said = capsys.readouterr().out.split("\n")[0]
    assert said.startswith(f"tests/model_files/torch/sample_models.py:{line}: warning[W201 illegal-stride]: down: ")


@pytest.mark.parametrize("verb", ["summary", "explain", "rf", "lost", "sizes", "cost", "check", "import"])
@pytest.mark.parametrize("name", ["resnet18", "unknown", "two_inputs", "depthwise_transposed"])
def test_every_verb_takes_a_torch_file(verb: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = main([verb, *(["--no-cache"] if verb == "check" else []), str(fixture(name))])
    said = capsys.readouterr()
    assert status in (0, 1) and said.out or "stated for these sizes alone" in said.err, said.err
    assert "internal error" not in said.err


# ---- the forms in which torch saves one model ----------------------------------------------------------------
@pytest.mark.parametrize("other", ["tiny_core", "tiny_training", "tiny_training_core", "tiny_open"])
def test_every_form_of_a_program_is_one_network(other: str) -> None:
    assert layers(graph(other)) == layers(graph("tiny"))


def test_every_operator_has_its_layer() -> None:
    """Each output of the sample is one operator's: its shape is compared with torch's, its layer is this one."""
    made = graph("operators")
    counts = Counter(words(made))
    assert made.remark == ""
    assert counts == OPERATORS


OPERATORS = {
    "input": 4, "conv": 6, "depthwise_conv": 1, "conv_transpose": 3, "maxpool": 7, "avgpool": 5, "gap": 9,
    "adaptive_avgpool": 2, "gmp": 2, "adaptive_maxpool": 1, "upsample": 2, "resize": 2, "dense": 3, "bn": 2,
    "group_norm": 1, "instance_norm": 1, "layer_norm": 3, "prelu": 2, "layer_scale": 2, "affine": 6, "relu": 11,
    "square": 3, "lrn": 2, "unit_normalization": 2, "relu6": 1, "silu": 2, "hard_silu": 1, "hard_sigmoid": 1,
    "mish": 1, "selu": 1, "elu": 2, "gelu": 1, "gelu_tanh": 1, "softplus": 1, "log_sigmoid": 1, "leaky_relu": 1,
    "hard_tanh": 1, "sigmoid": 1, "tanh": 1, "exponential": 1, "softmax": 3, "log_softmax": 1, "dropout": 1,
    "spatial_dropout": 1, "alpha_dropout": 1, "abs": 2, "sqrt": 1, "power": 1, "add": 5, "rescaling": 9,
    "subtract": 1, "maximum": 1, "minimum": 1, "multiply": 3, "divide": 1, "reduce_mean": 2, "reduce_max": 1,
    "reduce_sum": 4, "dot": 1, "reshape": 9, "permute": 3, "matmul": 3, "reduce_l2": 1, "flatten": 4, "slice":
    14, "concat": 5, "crop": 11, "pad": 6, "pixel_shuffle": 1, "pixel_unshuffle": 1, "channel_shuffle": 3,
}  # fmt: skip


def test_decomposed_operators_have_the_same_layers() -> None:
    """But for dropouts, which evaluation leaves out, and for activations whose arithmetic is not known again."""
    whole, core = Counter(words(graph("operators"))), Counter(words(graph("operators_core")))
    assert whole - core == DECOMPOSED


DECOMPOSED = {
    "prelu": 2, "mish": 1, "selu": 1, "softplus": 1, "log_sigmoid": 1, "dropout": 1, "spatial_dropout": 1,
    "alpha_dropout": 1, "add": 2, "pad": 2, "pixel_shuffle": 1, "pixel_unshuffle": 1, "crop": 4, "concat": 1,
}  # fmt: skip


def test_an_open_size_is_said() -> None:
    assert graph("tiny_open").remark == "axis 2 of x may have any size: the figures are for 32, as exported"


def test_several_inputs_and_outputs() -> None:
    made = graph("two_inputs")
    assert [made.nodes[index].shape for index in made.inputs] == [(16, 16, 3), (16, 16, 1)]
    assert [made.nodes[index].name for index in made.inputs] == ["a", "b"]
    assert [made.nodes[index].label for index in made.outputs] == ["multiply", "maximum"]


def test_a_kernel_that_is_standardised_and_scaled() -> None:
    made = graph("standardised_weights")
    assert (words(made), made.remark) == (["input", "conv", "layer_scale"], "")
    layer: Any = made.nodes[1].layer
    assert (layer.standardized, layer.gain) == (True, True)


def test_a_kernel_that_is_computed_otherwise() -> None:
    made = graph("weight_norm")
    assert words(made) == ["input", "conv"]
    assert made.remark == (
        "4 parameters belong to no layer: conv.parametrizations.weight.original0; "
        "the work of computing weights of others is not counted: conv.parametrizations.weight.original1"
    )


def test_a_kernel_that_is_a_constant() -> None:
    made = graph("blur")
    last = made.nodes[-1]
    assert last.layer is not None
    assert (last.label, last.layer.trainable) == ("depthwise_conv", False)


def test_a_layer_whose_weights_are_all_frozen_is_frozen() -> None:
    """A batch norm's moving figures say nothing of it; where some weights are frozen alone, it is said."""
    made = graph("frozen")
    trained = [(node.label, node.layer.trainable) for node in made.nodes if node.layer is not None]
    assert trained == [
        ("conv", False), ("relu", True), ("conv", False), ("bn", False), ("conv", True), ("gap", True), ("dense", True),
    ]  # fmt: skip
    assert made.remark == "frozen, in layers that are not frozen whole, and so counted as trained: mixed.bias"
    assert to_text(made).count("trainable=false") == 2, "the convolution that is used twice is one"


def test_what_cnns_are_made_of_by_hand_is_whole() -> None:
    """Every second position, global response normalisation, channels of zeros."""
    made = graph("response")
    assert made.remark == ""
    (norm,) = [node for node in made.nodes if node.label == "affine"]
    assert (norm.site.module, weights_of_all(made, norm.index)) == ("norm", [32, 32])
    positions = [node.layer for node in made.nodes if node.label == "maxpool"]
    assert len(positions) == 5 and {str(layer) for layer in positions} == {str(positions[0])}
    assert not list(rules.check(Context(made, {}, False, None), {"W202"})), "together they read everything"


def weights_of_all(made: Graph, index: int) -> list[Any]:
    node = made.nodes[index]
    assert node.layer is not None
    return [size for weight in node.layer.weights(made.input_shapes(node) or ()) for size in weight.shape]


def test_words_are_looked_up() -> None:
    assert words(graph("words")) == ["input", "embedding", "conv", "gmp"]


# ---- what has no layer ---------------------------------------------------------------------------------------
def test_an_operator_without_a_layer_is_opaque_and_named() -> None:
    made = graph("unknown")
    assert words(made) == ["input", "conv", "relu", "cumsum", "add", "conv"]
    assert made.nodes[3].shape == (30, 30, 8)
    number = next(i for i, line in enumerate(SAMPLE_LINES, 1) if "torch.cumsum(" in line)
    place = "/project/tests/model_files/torch/sample_models.py"
    assert made.remark == (
        f"2 operators stand as opaque layers: cumsum (no layer is this operator) in {place}:{number}, "
        f"add (its other is computed of a weight of another size) in {place}:{number + 1}"
    )
    assert weights_of(made, 4) == 200, "the sum has the weight that it adds"


def weights_of(made: Graph, index: int) -> int:
    node = made.nodes[index]
    assert node.layer is not None
    (weight,) = node.layer.weights(made.input_shapes(node) or ())
    (size,) = weight.shape
    assert isinstance(size, int)
    return size


def test_what_mixes_the_batch_is_opaque_and_keeps_its_weights() -> None:
    """The examples are found in the shapes that the file states, wherever they stand."""
    made = graph("attention")
    assert made.nodes[made.outputs[0]].shape == (8,)
    assert "2 x linear (it mixes the examples of a batch with other axes), first in attend" in made.remark
    assert words(made).count("matmul") == 2, "the products of attention itself are layers"
    assert {node.label for node in made.nodes} >= {"linear", "conv"}


def test_a_part_changed_in_place_changes_the_whole() -> None:
    """What reads the tensor behind the change reads an opaque layer, which has read what was written."""
    made = graph("in_place")
    last = made.nodes[-1]
    (changed,) = [made.nodes[index] for index in last.inputs]
    assert (last.label, changed.label, changed.shape) == ("conv", "copy_", (30, 30, 8))
    assert len(changed.inputs) > 1
    assert "a part of a tensor is changed in place" in made.remark


REFUSED: list[tuple[str, str, Callable[[dict[str, Any]], Any]]] = [
    ("tiny", "by our formula and 2x8x9x16 in the file: one is wrong", lambda s: value(s, "conv2d")["sizes"].__setitem__(2, {"as_int": 9})),
    ("tiny", "no output of the model depends on its input", lambda s: s["graph_module"]["signature"]["output_specs"][0].update(user_output={"arg": {"as_tensor": {"name": "p_conv_bias"}}})),
    ("tiny", "aten.conv2d.default has no argument weight", lambda s: find_node(s, "conv2d.default")["inputs"].pop(1)),
    ("tiny", "stride of aten.conv2d.default is not whole numbers", lambda s: find_node(s, "conv2d.default")["inputs"][3].update(arg={"as_float": 1.5})),
    ("tiny", "has 3 numbers in stride, and 2 axes", lambda s: find_node(s, "conv2d.default")["inputs"][3].update(arg={"as_ints": [1, 1, 1]})),
    ("tiny", "an input's shape is", lambda s: value(s, "x").update(sizes=[{"as_int": 2}])),
    ("tiny", "the pieces of aten.chunk.default are not its whole input", lambda s: value(s, "getitem")["sizes"].__setitem__(1, {"as_int": 3})),
    ("unknown", "and its output is 3x7x31x31, which is no batch", lambda s: value(s, "cumsum").update(sizes=[{"as_int": n} for n in (3, 7, 31, 31)])),
]  # fmt: skip


def value(saved: dict[str, Any], name: str) -> Any:
    return saved["graph_module"]["graph"]["tensor_values"][name]


@pytest.mark.parametrize(("name", "why", "change"), REFUSED, ids=[f"{i}-{why[:40]}" for i, (_, why, _) in enumerate(REFUSED)])  # fmt: skip
def test_a_program_that_contradicts_itself(name: str, why: str, change: Callable[[dict[str, Any]], Any]) -> None:
    saved = read_json(name)
    change(saved)
    with pytest.raises(ModelRefused) as refused:
        converted(saved)
    assert why in str(refused.value)
    assert all(len(line) < 500 for line in refused.value.lines)
