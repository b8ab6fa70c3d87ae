"""Random networks of every kind: every layer, the totals and the classes equal Keras's built model, and all of them run.

Those are legal by how they are drawn. To more of them a random layer is added that may not fit: the verdict is Keras's.
"""

from __future__ import annotations

import collections
import math
import os
from random import Random, SystemRandom
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnnspec.compile.keras_model import import_keras, to_keras
from cnnspec.facts.facts import Facts
from cnnspec.graph import Graph
from tests import network_cases
from tests.layers.keras_cases import FAMILIES, Case
from tests.layers.keras_compare import Run, refused
from tests.layers.safe_side import RUNS
from tests.network_cases import KINDS
from tests.support import THOROUGH, agree, cases, legal, network, outputs, random_inputs, refusals

PART = 10  # how many networks a test has
NETWORKS = 2 * settings().max_examples if THOROUGH else 2 * PART  # of each kind
SEED = 0 if os.environ.get("CI") else SystemRandom().getrandbits(32)
LAYERS, VALUES = 60, 50_000  # the most that are built, and the longest tensor


def classes(graph: Graph) -> collections.Counter[str]:
    """How many Keras layers of each class the graph says that it becomes."""
    count = collections.Counter(["InputLayer"] * len(graph.inputs))
    for node in graph.nodes:
        if node.layer is not None and node.shares is None:
            calls = node.layer.keras(graph.input_shapes(node))  # type: ignore[arg-type]
            count.update((call.around or call).name for call in calls if not call.name.startswith("ops."))
    return count


def compare(graph: Graph) -> None:
    model, known = to_keras(graph), Facts(graph)
    agree(model, graph)
    assert classes(graph) == collections.Counter(type(layer).__name__ for layer in model.layers)
    weights = model.trainable_weights, model.non_trainable_weights
    trainable, frozen = (sum(math.prod(weight.shape) for weight in group) for group in weights)
    assert (known.total.trainable, known.total.frozen) == (trainable, frozen)
    for output, index in zip(outputs(model, random_inputs(graph)), graph.outputs, strict=True):
        assert output.shape == (1, *graph.nodes[index].shape)  # type: ignore[misc]


def small(graph: Graph) -> bool:
    return len(graph.nodes) <= LAYERS and max(math.prod(node.shape) for node in graph.nodes) <= VALUES  # type: ignore[arg-type]


@pytest.mark.parametrize("part", range(NETWORKS // PART))
@pytest.mark.parametrize("kind", KINDS)
def test_networks_equal_keras(kind: str, part: int) -> None:
    random = Random(f"{SEED} {kind} {part}")
    texts: set[str] = set()
    while len(texts) < PART:
        text = network_cases.network(random, kind)
        graph = legal(text)
        if text in texts or not small(graph):
            continue
        try:
            compare(graph)
        except Exception as error:
            error.add_note(text)
            raise
        texts.add(text)
    import_keras().backend.clear_session(free_memory=False)  # what is small is collected in time anyway


# ---- the verdict on one layer more ---------------------------------------------------------------------------
# Families whose Keras side fits any input of the rank that it was drawn for.
FITTING = [
    "conv",
    "depthwise_conv",
    "separable_conv",
    "conv_transpose",
    "pool",
    "pad and crop",
    "global pool",
    "dense",
    "plain",
]


class Grown(Case):
    """A network and a layer behind it."""

    def __init__(self, text: str, graph: Graph, case: Case) -> None:
        def build(keras: Any, xs: list[Any]) -> Any:
            return case.build(keras, [to_keras(graph)(xs if len(xs) > 1 else xs[0])])

        super().__init__([graph.nodes[i].shape for i in graph.inputs], case.text, build)  # type: ignore[misc]
        self.network = text

    @property
    def spec(self) -> str:
        return f"{self.network}\n{self.text}\n"


@cases(1)
@given(st.sampled_from(FITTING), st.sampled_from(sorted(KINDS)), st.integers(0, 2**32), st.data())
def test_one_layer_more_is_legal_where_keras_runs_it(family: str, kind: str, seed: int, data: st.DataObject) -> None:
    case = data.draw(FAMILIES[family])
    rank = len(case.shapes[0]) - 1
    assume(rank > 0)
    text = network_cases.network(Random(seed), kind, rank, headless=True)
    graph = legal(text)
    assume(small(graph))
    grown = Grown(text, graph, case)
    made, run = network(grown.spec), Run(grown)
    if found := refusals(made):
        (error,) = found
        refused(family, error, run.outcome)
        return
    assert run.outcome == RUNS, run.outcome
    assert made.graph.nodes[made.graph.outputs[0]].shape == run.shape
    assert Facts(made.graph).total.parameters == run.model.count_params()
