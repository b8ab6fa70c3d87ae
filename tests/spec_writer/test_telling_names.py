"""Which names of layers stand in a text: those that say more than the layer does."""

from __future__ import annotations

import pytest

from cnnspec.graph import Graph
from cnnspec.spec_writer import find_telling_names, to_text
from cnnspec.spec_writer.module_classes import ModuleClasses, spell_class
from tests.support import legal

NAMES = [
    ("relu", "relu", ""),
    ("relu", "act", ""),
    ("silu", "act", ""),
    ("silu", "swish", ""),
    ("leaky_relu", "relu", ""),
    ("relu", "relu1", "relu1"),
    ("relu", "stem", "stem"),
    ("maxpool(2x2)", "pool", ""),
    ("maxpool(2x2)", "MaxPool2d", ""),
    ("maxpool(2x2)", "pool1", "pool1"),
    ("gap", "avgpool", ""),
    ("gap", "avg_pool", ""),
    ("gap", "global_pool", "global_pool"),
    ("conv(8, 3x3)", "conv", ""),
    ("conv(8, 3x3)", "conv1", "conv1"),
    ("conv(8, 3x3)", "softmax", "softmax"),
    ("conv(8, 3x3)", "head", "head"),
    ("bn", "norm", ""),
    ("bn", "bn", ""),
    ("dense(8)", "fc", ""),
    ("dense(8)", "linear", ""),
    ("dense(8)", "classifier", "classifier"),
    ("flatten", "flatten", ""),
    ("dropout(0.5)", "drop", ""),
    ("dropout(0.5)", "do", ""),
    ("dropout(0.5)", "d", "d"),
]


@pytest.mark.parametrize(("layer", "name", "told"), NAMES)
def test_name(layer: str, name: str, told: str) -> None:
    graph = legal(f"input 16x16x4\n{layer}")
    graph.nodes[1].name = name
    assert find_telling_names(graph)[1] == told


def in_modules(text: str, modules: list[str], classes: dict[str, str] | None = None) -> Graph:
    """The graph of a text, whose layers stand in modules and are named by them."""
    graph = legal(text)
    graph.nodes[0].name = ""
    graph.module_classes = classes or {}
    for node, module in zip(graph.nodes[1:], modules, strict=True):
        node.site = node.site.replace(module=module)
        node.name = module
    return graph


def test_places_in_lists_tell_nothing() -> None:
    text = "input 16x16x4\nconv(8, 3x3)\nrelu\nconv(9, 3x3)\nrelu\ngap\ndense(3)"
    modules = ["features.0", "features.1", "features.2.0", "encoder.relu", "head.pool", "classifier.0"]
    assert find_telling_names(in_modules(text, modules)) == ["", "", "", "", "", "", "classifier"]


TWO = """
input 16x16x4
add(conv(4, 3x3, padding=same, bias=false) -> relu -> conv(4, 3x3, padding=same, bias=false), in)
relu
conv(8, 1x1, stride=2)
add(conv(8, 3x3, padding=same, bias=false) -> relu -> conv(8, 3x3, padding=same, bias=false), in)
relu
gap
"""


def modules_of_two() -> list[str]:
    parts = ("a", "b", "c", "add", "d")
    return [*[f"block1.{part}" for part in parts], "down", *[f"block2.{part}" for part in parts], "pool"]


CLASSES = [
    ({"block1": "BasicBlock", "block2": "BasicBlock"}, "basic_block"),
    ({"block1": "Conv", "block2": "Conv"}, "conv_block"),  # conv is a layer
    ({"block1": "BlockA", "block2": "BlockB"}, "residual"),  # of two classes
    ({"block1.a": "BasicBlock", "block2.a": "BasicBlock"}, "residual"),  # of a part of it
    ({"block1": "BasicBlock"}, "residual"),
    ({}, "residual"),
]


@pytest.mark.parametrize(("classes", "name"), CLASSES)
def test_a_block_is_called_by_the_class_of_its_modules(classes: dict[str, str], name: str) -> None:
    assert f"block {name}(filters) {{" in to_text(in_modules(TWO, modules_of_two(), classes))


def test_whole_modules_and_branches() -> None:
    found = ModuleClasses(in_modules(TWO, modules_of_two(), {"block1": "Basic", "block2": "Basic"}))
    whole = [[*range(1, 6)], [*range(7, 12)]]
    assert found.find_class(whole[0] + whole[1], 2) == "Basic"
    assert found.find_class(whole[0], 1) == "Basic"
    assert found.find_class(whole[0] + whole[1], 1) == "", "two modules at once"
    assert found.find_class([1, 2, 3, 7, 8, 9], 2) == "Basic", "the branch through each"
    assert found.find_class([1, 2, 7, 8], 2) == "", "the beginning of the branch"
    assert found.find_class([2, 3, 8, 9], 2) == "", "the end of the branch"
    assert found.find_class([1, 2, 3, 4, 5, 6], 1) == "", "more than a module"


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("BasicBlock", "basic_block"),
        ("InvertedResidual", "inverted_residual"),
        ("_DenseLayer", "dense_layer"),
        ("Fire", "fire"),
        ("SEModule", "se_module"),
        ("Conv2dNormActivation", "conv2d_norm_activation"),
        ("BasicConv2d", "basic_conv2d"),
        ("C3k2", "c3k2"),
        ("my_block", "my_block"),
    ],
)
def test_spelling_of_a_class(name: str, spelled: str) -> None:
    assert spell_class(name) == spelled
