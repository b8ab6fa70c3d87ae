"""A thousand random networks: every layer, the totals and the classes equal Keras's built model, and all of them run."""

from __future__ import annotations

import collections
import math
import os
from random import Random, SystemRandom

import network_cases
import pytest
from hypothesis import settings
from network_cases import KINDS
from support import agree, legal, outputs, random_inputs

from cnnspec.analyses.facts import Facts
from cnnspec.compile.live import import_keras, to_keras
from cnnspec.elaborate.graph import Graph

NETWORKS = 10 * settings().max_examples // len(KINDS)  # of each kind: 1,000 in all with the default profile
PART = 40  # how many of them a test has
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
    assert (known.total_trainable, known.total_frozen) == (trainable, frozen)
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
    import_keras().backend.clear_session()
