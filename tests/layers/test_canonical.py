"""One notion of the same network: `Layer.canonical`, which diff, format, fix and import ask.

What is called the same computes the same: built in Keras, with the same weights, it gives the same answers. What differs
by a hair is told apart, and differs in its answers, its weights or what training does to it.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.api import diff, from_keras, load
from cnnspec.base.source import Source
from cnnspec.compile.keras_model import to_keras
from cnnspec.facts.isomorphism import View, isomorphism
from cnnspec.format import format_source
from cnnspec.graph import Graph
from cnnspec.layers import CATALOGUE
from cnnspec.lint.fix.behaviour import same_behaviour, same_graph
from cnnspec.pipeline import analyse
from tests.example_files import TRIED, networks
from tests.layer_examples import COMPILED_TEXTS
from tests.layers.keras_cases import FAMILIES, Case
from tests.support import cases, legal, network, refusals, sample

GROUPS = re.compile(r"^## (.+?)\n+```cnn\n(.*?)^```", re.M | re.S)


def read(name: str) -> list[Any]:
    """Groups of a file of cases: the input, and what stands behind it, one line each."""
    text = (Path(__file__).parent / "canonical" / name).read_text(encoding="utf-8")
    found = GROUPS.findall(text)
    assert len(found) == len(re.findall("^## ", text, re.M))
    return [pytest.param(*body.strip().split("\n", 1), id=title) for title, body in found]


def answers(graph: Graph) -> Any:
    """What a network answers, as it was built with drawn weights, and the shapes of the weights."""
    model, random = to_keras(graph), np.random.default_rng(3)
    for variable in model.weights:
        variable.assign(random.uniform(0.2, 1.7, variable.shape))
    images = [random.normal(size=(2, *tensor.shape[1:])).astype("float32") * 5 for tensor in model.inputs]
    made = model(images, training=False)
    made = made if isinstance(made, (list, tuple)) else [made]
    return [np.asarray(one) for one in made], [tuple(weight.shape) for weight in model.weights]


def alike(a: Graph, b: Graph) -> bool:
    """Whether two networks have weights of the same shapes and give the same answers."""
    (mine, weights), (theirs, others) = answers(a), answers(b)
    return weights == others and all(
        one.shape == other.shape and np.allclose(one, other, rtol=1e-4, atol=1e-5)
        for one, other in zip(mine, theirs, strict=True)
    )


def said(a: Graph, b: Graph) -> set[bool]:
    """What everyone who asks says of two networks: diff, import, and fix in both its ways of asking."""
    return {isomorphism(View(a), View(b)) is not None, same_graph(a, b), same_graph(b, a)}


# ---- what is the same, and what is not ---------------------------------------------------------------------------
@pytest.mark.parametrize(("start", "lines"), read("same.md"))
def test_one_layer_in_several_ways_is_the_same(start: str, lines: str) -> None:
    texts = [f"{start}\n{line}" for line in lines.splitlines()]
    first, *others = [legal(text) for text in texts]
    for text, other in zip(texts[1:], others, strict=True):
        assert diff(texts[0], text).same and diff(text, texts[0]).same, text
        assert said(first, other) == {True} and same_behaviour(first, other), text
        assert alike(first, other), text
        assert all(layer.status in ("same", "field") for layer in diff(texts[0], text).layers), text


@pytest.mark.parametrize(("start", "lines"), read("different.md"))
def test_what_differs_by_a_hair_is_told_apart(start: str, lines: str) -> None:
    """Behind a #: what Keras's answers do not show, a difference of training alone."""
    for line in lines.splitlines():
        pair, _, training = line.partition(" # ")
        a, b = (legal(f"{start}\n{side}") for side in pair.split(" | "))
        assert said(a, b) == {False}, line
        found = diff(f"{start}\n{pair.split(' | ')[0]}", f"{start}\n{pair.split(' | ')[1]}")
        assert not found.same and (found.changed or found.added or found.removed), line
        assert alike(a, b) == bool(training), line


POOLS = [
    f"{word}({kernel}{stride}{padding}{ceil})"
    for word in ("maxpool", "avgpool")
    for kernel in ("1", "2", "3", "2x3")
    for stride in ("", ", stride=1", ", stride=2", ", stride=3")
    for padding in ("", ", padding=same", ", padding=0", ", padding=1", ", padding=((0, 1), (0, 1))", ", padding=((1, 0), (0, 1))")
    for ceil in ("", ", ceil=true")
]  # fmt: skip
CONVS = [
    f"{word}{kernel}{stride}{padding}{dilation})"
    for word in ("conv(2, ", "depthwise_conv(")
    for kernel in ("1", "2", "3", "3x2", "5x3")
    for stride in ("", ", stride=2")
    for padding in ("", ", padding=same", ", padding=1", ", padding=2", ", padding=1x0", ", padding=((0, 1), (0, 1))", ", padding=2x1")
    for dilation in ("", ", dilation=2")
]  # fmt: skip


@pytest.mark.parametrize("size", sample(["7x6x2", "6x6x2"], ["6x6x2"]))
@pytest.mark.parametrize("texts", [POOLS, CONVS], ids=["pools", "convolutions"])
def test_all_windows_that_are_called_the_same_answer_the_same(texts: list[str], size: str) -> None:
    made = [one.graph for text in texts if not refusals(one := network(f"input {size}\n{text}"))]
    groups: dict[Any, list[Graph]] = {}
    for graph in made:
        groups.setdefault(View(graph).substance[1], []).append(graph)
    several = [group for group in groups.values() if len(group) > 1]
    assert len(several) > 10
    for first, *others in several:
        for other in {str(o.nodes[1].layer): o for o in others}.values():
            assert alike(first, other), (first.nodes[1].layer, other.nodes[1].layer)


# ---- there and back ----------------------------------------------------------------------------------------------
LAYERS = [text for layer in CATALOGUE for text in (layer.example, *layer.more_examples)]


def formatted_is_the_same(text: str) -> None:
    made, _ = format_source(Source("net.cnn", text))
    assert made is not None
    for old, new in zip(
        analyse(Source("net.cnn", text)).networks, analyse(Source("net.cnn", made)).networks, strict=True
    ):
        assert said(old.graph, new.graph) == {True} and same_behaviour(old.graph, new.graph), (text, made)


def imported_is_the_same(text: str) -> None:
    net = load(text)
    assert diff(net, from_keras(net.to_keras())).same, text


@pytest.mark.parametrize("text", LAYERS)
def test_the_examples_of_layers_stay_what_they_are(text: str) -> None:
    formatted_is_the_same(text)
    if text in COMPILED_TEXTS:
        imported_is_the_same(text)


@pytest.mark.parametrize("path", TRIED, ids=lambda path: path.stem)
def test_a_formatted_example_is_the_same(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    made, _ = format_source(Source(str(path), text))
    assert made is not None
    new = {one.name: one for one in analyse(Source(str(path), made)).networks}
    for name, old in networks(path).items():
        assert said(old.graph, new[name].graph) == {True}


CALLS = {  # what Keras's users paste, and what format may make of it
    "Activation('relu')": "relu", "keras.layers.Activation(relu)": "relu", "tf.keras.layers.ReLU()": "relu",
    "layers.Activation('relu6')": "relu6", "layers.ReLU(6)": "relu6", "layers.ReLU(max_value=6.0)": "relu6",
    "layers.Activation(activation='leaky_relu')": "leaky_relu(0.2)", "layers.LeakyReLU(negative_slope=0.2)": "leaky_relu(0.2)",
    "layers.Activation(tf.nn.elu)": "elu", "layers.ELU(alpha=1.0)": "elu", "layers.Activation('softmax')": "softmax",
    "layers.Softmax(axis=-1)": "softmax", "layers.Activation('linear')": "identity", "layers.Activation('swish')": "silu",
    "layers.Conv2D(4, kernel_size=(3, 3), strides=(1, 1), padding='same', use_bias=True)": "conv(4, 3, padding=1)",
    "layers.MaxPooling2D(pool_size=(2, 2), strides=(2, 2), padding='valid')": "maxpool(2)",
    "layers.BatchNormalization(axis=3, momentum=0.99, epsilon=0.001)": "bn", "layers.GlobalAveragePooling2D()": "gap",
    "layers.GlobalAveragePooling2D(keepdims=True)": "adaptive_avgpool(1)", "layers.Flatten()": "reshape(-1)",
    "layers.Reshape((4, -1, 4))": "reshape(4x16x4)", "layers.ZeroPadding2D(((1, 1), (1, 1)))": "pad(1)",
    "layers.LayerNormalization(axis=[1, 2, 3])": "layer_norm(axis=(3, 2, 1))",
    "layers.SeparableConv2D(4, 3, padding='same', depth_multiplier=1)": "separable_conv(4, 3x3, padding=1)",
}  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_a_pasted_call_is_the_same_formatted_and_in_our_words(call: str) -> None:
    text, plain = f"input 8x8x4\n{call}\n", f"input 8x8x4\n{CALLS[call]}\n"
    formatted_is_the_same(text)
    assert diff(text, plain).same
    imported_is_the_same(text)


TWO_AS_ONE = {  # a padding or a cut of its own, which import reads as the layer's
    "pad(1) -> conv(4, 3x3)": "conv(4, 3, padding=same)", "pad(1) as p -> conv(4, 3, 2)": "conv(4, 3, 2, padding=1)",
    "pad(((0, 1), (0, 1))) -> conv(4, 3, 2)": "conv(4, 3, 2, padding=((0, 1), (0, 1)))",
    "pad(1) -> depthwise_conv(3)": "depthwise_conv(3, padding=1)", "pad(2) -> separable_conv(4, 5)": "separable_conv(4, 5, padding=same)",
    "pad(1) -> avgpool(2)": "avgpool(2, padding=1)", "conv_transpose(4, 3, 2) -> crop(1)": "conv_transpose(4, 3, 2, padding=1)",
    "pad(1) -> pad(1) -> conv(4, 3)": "pad(1) -> conv(4, 3, padding=1)", "add(pad(1) -> conv(4, 3), in)": "add(conv(4, 3, padding=1), in)",
    "pad(1) -> conv(4, 3, activation=relu) -> activation(relu)": "conv(4, 3, padding=same, activation=relu) -> relu",
    "conv_transpose(4, 3, 2) -> crop(((0, 1), (0, 1))) -> conv(4, 3)": "conv_transpose(4, 3, 2, padding=((0, 1), (0, 1))) -> conv(4, 3)",
}  # fmt: skip
NOT_ONE = {
    "pad(1) -> conv(4, 3, padding=1)": "conv(4, 3, padding=1)", "pad(1) -> maxpool(3)": "maxpool(3, padding=1)",
    "pad(1) -> relu -> conv(4, 3)": "conv(4, 3, padding=1) -> relu", "crop(1) -> conv_transpose(4, 3)": "conv_transpose(4, 3, padding=1)",
    "pad(1) -> conv(4, 3)": "conv(4, 3)", "pad(2) -> conv(4, 3)": "pad(1) -> conv(4, 3)",
    "pad(1) -> conv(4, 3, 3)": "pad(1) -> conv(4, 3, 3, padding=1)", "pad(1) -> conv_transpose(4, 3)": "conv_transpose(4, 3, padding=1)",
}  # fmt: skip


@pytest.mark.parametrize("text", TWO_AS_ONE)
def test_two_layers_that_are_written_as_one_too(text: str) -> None:
    a, b = f"input 7x7x4\n{text}\n", f"input 7x7x4\n{TWO_AS_ONE[text]}\n"
    found = diff(a, b)
    assert found.same and {layer.status for layer in found.layers} == {"same"} and alike(legal(a), legal(b))
    assert said(legal(a), legal(b)) == {True} and found.a.layers == len(load(a).layers)
    imported_is_the_same(a)
    formatted_is_the_same(a)


@pytest.mark.parametrize("text", NOT_ONE)
def test_a_padding_that_is_none_of_the_layers(text: str) -> None:
    a, b = f"input 7x7x4\n{text}\n", f"input 7x7x4\n{NOT_ONE[text]}\n"
    assert not diff(a, b).same and said(legal(a), legal(b)) == {False} and not alike(legal(a), legal(b))
    imported_is_the_same(a)


@given(st.data(), st.sampled_from(sorted(FAMILIES)))
@cases(1)
def test_any_layer_is_the_same_there_and_back(data: Any, family: str) -> None:
    case: Case = data.draw(FAMILIES[family])
    if refusals(network(case.spec)):
        return
    formatted_is_the_same(case.spec)
    imported_is_the_same(case.spec)


def test_the_pairs_of_a_changed_layer_have_the_words_that_were_written() -> None:
    for a, b, change in (
        ("conv(4, 3, padding=same)", "conv(4, 3, padding=2)", [("padding", "same", 2)]),
        ("bn(axis=3)", "bn(axis=-1, epsilon=0.1)", [("epsilon", 0.001, 0.1)]),
        ("activation(relu)", "leaky_relu", [("negative_slope", 0, 0.3)]),
        ("softmax(axis=3)", "softmax(axis=1)", [("axis", 3, 1)]),
        ("reshape(8x32)", "reshape((-1, 16))", [("shape", (8, 32), (-1, 16))]),
    ):
        (layer,) = diff(f"input 8x8x4\n{a}", f"input 8x8x4\n{b}").changed
        assert [(one.name, one.old, one.new) for one in layer.arguments] == change, a
    assert {layer.replaced for layer in diff("input 4\nactivation(relu)", "input 4\nleaky_relu").changed} == {True}
    assert not list(itertools.chain(diff("input 4\nactivation(relu)", "input 4\nrelu").changed))
