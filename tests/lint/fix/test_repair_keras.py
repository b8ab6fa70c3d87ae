"""A safe repair keeps what the network computes: both are built with Keras, with the same weights, and run.

A bias that goes is subtracted from the running mean of the normalisations that took it away, as it must be of a trained
network; a training step of both, which takes its own mean, needs no such help.
"""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.source import Source
from cnnspec.compile.export import ExportFailed
from cnnspec.compile.keras_model import to_keras
from cnnspec.compile.trained_models import take_weights
from cnnspec.graph import Graph, Node
from cnnspec.layers.base import Weight
from cnnspec.lint import rules
from cnnspec.lint.fix.mending import Mended, mend
from cnnspec.lint.fix.project import Project
from cnnspec.lint.fix.search import Search
from cnnspec.lint.rules.not_in_keras import CODE as NOT_IN_KERAS
from cnnspec.pipeline import analyse
from tests.lint.fix.test_repair import read_cases
from tests.lint.planted import faulty
from tests.lint.rule_files import MADE_SAFELY
from tests.support import cases, keras_layers, legal, outputs, random_inputs


def mended(text: str) -> Mended:
    """A text with all safe repairs, those of the rules that are not on by default too."""
    codes = rules.default_codes() | MADE_SAFELY - {"S704"}  # which finds the pads that N601 asks for
    project = Project(
        [Source("/nowhere/net.cnn", text)], lambda s, read, watch=None: analyse(s, codes=codes, read=read, watch=watch)
    )
    return mend(project, unsafe=False)


def weighted(graph: Graph) -> list[Node]:
    """The nodes that own weights and are built, in order."""
    used = graph.used()
    return [n for n in graph.nodes if used[n.index] and n.shares is None and own(graph, n)]


def own(graph: Graph, node: Node) -> tuple[Weight, ...]:
    shapes = graph.input_shapes(node)
    return () if node.layer is None or shapes is None else node.layer.weights(shapes)


def pairs(one: Graph, other: Graph) -> list[tuple[Node, Node]]:
    """The nodes of two networks that have the same weights, in the order of both; of the first some may be gone."""
    found, left = [], weighted(other)
    for node in weighted(one):
        here = [w for w in own(one, node) if w.name != "bias"]
        if left and type(left[0].layer) is type(node.layer):
            there = [w for w in own(other, left[0]) if w.name != "bias"]
            if here == there:
                found.append((node, left.pop(0)))
    assert not left
    return found


def fill(model: Any, random: np.random.Generator) -> None:
    """Random weights: variances positive, the rest around 0."""
    for weight in model.weights:
        if "seed" in weight.path:
            continue
        values = random.normal(size=weight.shape) * 0.5
        weight.assign(np.abs(values) + 0.5 if "variance" in weight.path else values)


def carry_over(one: Any, other: Any, old: Graph, new: Graph) -> int:
    """Give the second model the weights of the first; how many biases went."""
    readers, gone = old.consumers(), 0
    match = {a.index: b for a, b in pairs(old, new)}
    shifts: dict[int, Any] = {}
    for index, node in match.items():
        mine, theirs = keras_layers(one, old, old.nodes[index]), keras_layers(other, new, node)
        values = {w.path.split("/")[-1]: np.asarray(w) for layer in mine for w in layer.weights}
        for layer in theirs:
            for weight in layer.weights:
                if "seed" not in weight.path:
                    weight.assign(values[weight.path.split("/")[-1]])
        names = {w.path.split("/")[-1] for layer in theirs for w in layer.weights}
        if "bias" in values.keys() - names:
            gone += 1
            uses = [n.index for n in old.nodes if n.index == index or n.shares == index]
            while uses:  # what stands between did nothing, and may be gone
                found = readers[uses.pop()]
                shifts.update(dict.fromkeys([reader for reader in found if reader in match], values["bias"]))
                uses += [reader for reader in found if reader not in match]
    for index, bias in shifts.items():
        (layer,) = keras_layers(other, new, match[index])
        if hasattr(layer, "moving_mean"):  # a group normalisation of one channel a group takes its own mean
            layer.moving_mean.assign(np.asarray(layer.moving_mean) - bias)
    return gone


def compare(before: str, after: str) -> int:
    """Assert that both texts are networks of the same outputs; how many biases went."""
    old, new = legal(before), legal(after)
    one, other = to_keras(old), to_keras(new)
    fill(one, np.random.default_rng(3))
    gone = carry_over(one, other, old, new)
    inputs = random_inputs(old, batch=2)
    for mine, theirs in zip(outputs(one, inputs), outputs(other, inputs), strict=True):
        assert mine.shape == theirs.shape
        scale = max(1.0, float(np.nanmax(np.abs(mine))))
        np.testing.assert_allclose(
            theirs / scale, mine / scale, atol=2e-4, equal_nan=True, err_msg=f"{before}\n{after}"
        )
    return gone


@cases(0.12)
@given(st.integers(0, 2**32))
def test_a_mended_network_computes_the_same(seed: int) -> None:
    text = faulty(Random(seed))
    made = mended(text)
    assert not made.why
    (source,) = made.project.sources.values()
    in_keras = NOT_IN_KERAS not in [found.code for found in analyse(Source("net.cnn", text)).diagnostics]
    if made.done and in_keras:
        compare(text, source.text)


CERTAIN = {
    "T407": "input 9x9x3\nconv(4, 3x3) -> bn -> relu\nadd(in, conv(4, 3x3, padding=same) -> bn) -> gap -> dense(3) -> bn\n",
    "W204": "input 9x9x3\nconv(4, 3x3) as stem\nstem -> conv(8, 3x3) -> prelu\nstem -> conv(4, 3x3, activation=tanh)\n",
    "W205": "input 9x9x3\nconv(4, 3x3, activation=tanh) -> maxpool(1x1) -> dropout(0)\npad(0) -> flatten -> flatten -> dense(3)\n",
    "W206": "input 9x9x3\nconv(4, 3x3, activation=relu) -> relu -> softplus -> elu -> relu6 -> relu6\n",
    "W215": "input 9x9x3\nconv(4, 1x1, dilation=2, activation=relu) -> conv(4, 3x1, dilation=2x3) -> depthwise_conv(1, dilation=3)\n",
    "S704": "input 9x9x3\npad(((0, 1), (2, 0))) -> conv(4, 3x3, stride=2) -> pad(1x0) -> depthwise_conv(3x3)\n",
    "E111": "input 10x9x3\nconv(4, 3x3, stride=2, padding=same) -> maxpool(3x3, stride=2, padding=same)\n",
    "E113": "input 8x9x3\nconv(4, 3x3, stride=2, padding=1) -> maxpool(3x3, stride=2, padding=1) -> conv(3, 2x2, stride=3, padding=1)\n",
    "N601": "input 10x10x3\nconv(4, 3x3, stride=2, padding=same) -> relu -> separable_conv(4, 2x2, stride=2, padding=same)\n",
}


@pytest.mark.parametrize("code", sorted(CERTAIN))
def test_each_safe_repair(code: str) -> None:
    codes = frozenset([code])
    project = Project(
        [Source("/nowhere/net.cnn", CERTAIN[code])],
        lambda s, read, watch=None: analyse(s, codes=codes, read=read, watch=watch),
    )
    made = mend(project, unsafe=False)
    assert {found.code for found, _ in made.done} == {code}
    (source,) = made.project.sources.values()
    assert compare(CERTAIN[code], source.text) == (3 if code == "T407" else 0)


def test_every_safe_repair_of_a_network_is_among_them() -> None:
    assert MADE_SAFELY - {"S710"} == CERTAIN.keys()


def test_a_step_of_training_needs_no_bias_either() -> None:
    """With the batch's own mean the outputs are equal whatever the running means."""
    text = CERTAIN["T407"]
    (source,) = mended(text).project.sources.values()
    old, new = legal(text), legal(source.text)
    one, other = to_keras(old), to_keras(new)
    fill(one, np.random.default_rng(5))
    assert carry_over(one, other, old, new) == 3
    inputs = random_inputs(old, batch=8)
    np.testing.assert_allclose(
        np.asarray(other(inputs, training=True)), np.asarray(one(inputs, training=True)), atol=1e-4
    )


FITTING = [*CERTAIN.items(), *[
    (param.id, param.values[1]) for param in read_cases("unsafe.md") if not param.id.startswith(("E1", "N", "P505", "T40"))
]]  # fmt: skip


@pytest.mark.parametrize(("title", "text"), FITTING, ids=[title for title, _ in FITTING])
def test_a_repair_says_when_trained_weights_do_not_fit(title: str, text: str, tmp_path: Path) -> None:
    """The weights of the network before go into the one behind it, unless the repair says that they do not."""
    code = title.split()[0]
    project = Project(
        [Source("/nowhere/net.cnn", text)],
        lambda s, read, watch=None: analyse(s, codes=frozenset([code]), read=read, watch=watch),
    )
    (path,) = project.sources
    (network, *others) = project.analysis(path).networks
    if others or network.broken:
        pytest.skip("no one network that could have been trained")
    trained = tmp_path / "trained.weights.h5"
    to_keras(network.graph).save_weights(trained)
    for found in network.diagnostics:
        for tried in Search(project).find_repairs(path, found, unsafe=True):
            model = to_keras(tried.project.analysis(path).networks[0].graph)
            said = "trained weights no longer fit" in tried.repair.cost
            with pytest.raises(ExportFailed) if said else nullcontext():
                take_weights(model, str(trained))


def test_the_comparison_can_fail() -> None:
    with pytest.raises(AssertionError):
        compare("input 9x9x3\nconv(4, 3x3) -> relu\n", "input 9x9x3\nconv(4, 3x3)\n")
