"""The definition of every layer is what Keras computes, forward to 1e-5 and gradients to 1e-4 of the largest, with every option.

Options are those of the table of arguments and of the catalogue's examples, then random ones of the families that all layers
are compared with Keras on.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given

from cnnspec.graph import Graph, Node
from tests.layers.keras_cases import FAMILIES, Case
from tests.support import IN_THOROUGH, cases, network, refusals
from tests.trace.reference.drawing import list_cases
from tests.trace.reference.keras_run import WAYS, compare

pytestmark = [pytest.mark.kernels, pytest.mark.filterwarnings("ignore:You are using a softmax over axis:UserWarning")]
CASES = list_cases()


def differs_in_keras(text: str, graph: Graph, node: Node) -> bool:
    """Where Keras on TensorFlow does not compute what it says; other tests hold the definition there.

    sparsemax: Keras 3.15 computes it wrong where several values stay (test_activations.py). bicubic: TensorFlow looks its weights
    up in a table with 1024 places between two cells (test_against_jax.py).
    """
    if "sparsemax" in text:
        return True
    if not re.search("bicubic", text) or "antialias" in text or node.shape is None:
        return False
    (shape,) = graph.input_shapes(node) or ()
    return any(
        [
            1024 % Fraction((2 * i + 1) * int(n), 2 * int(size)).denominator
            for n, size in zip(shape[:-1], node.shape, strict=False)
            for i in range(int(size))
        ]  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("word", CASES)
def test_every_option_is_as_in_keras(word: str) -> None:
    tried = [case for case in CASES[word] if not differs_in_keras(*case)]
    assert tried or "sparsemax" in str(CASES[word])
    found = {text: compare(graph, node) for text, graph, node in tried}
    assert not {text: different for text, different in found.items() if different}


@IN_THOROUGH
@pytest.mark.parametrize("word", CASES)
def test_every_option_in_single_precision(word: str) -> None:
    """With TensorFlow's kernels for it, which are oneDNN's where it is on."""
    tried = [case for case in CASES[word] if not differs_in_keras(*case)]
    found = {text: compare(graph, node, WAYS[1:]) for text, graph, node in tried}
    assert not {text: different for text, different in found.items() if different}


@pytest.mark.parametrize("family", FAMILIES)
def test_random_options_are_as_in_keras(family: str) -> None:
    @cases(0.1)
    @given(FAMILIES[family])
    def agrees(case: Case) -> None:
        made = network(case.spec)
        if refusals(made):
            return
        node: Any = made.graph.nodes[made.graph.outputs[0]]
        if not differs_in_keras(case.spec, made.graph, node):
            assert not compare(made.graph, node)

    agrees()
