"""Every layer of the catalogue has a definition, which takes its weights, and makes its shape of its inputs' shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnspec.layers import CATALOGUE
from cnnspec.layers.base import Layer
from cnnspec.trace.reference.compute import compute, compute_gradients, find_definition
from cnnspec.trace.reference.table import DEFINITIONS, FAMILIES
from tests.layer_examples import REFUSED
from tests.support import legal
from tests.trace.reference.drawing import draw_inputs, draw_weights, find_layers

UNKNOWN = "opaque"  # what it computes is not known


def test_every_layer_has_a_definition() -> None:
    assert set(DEFINITIONS) == {layer.names[0] for layer in CATALOGUE} - {UNKNOWN}
    assert sum(len(family.LAYERS) for family in FAMILIES) == len(DEFINITIONS), "one layer, one definition"


def test_what_is_not_known_has_none() -> None:
    layer: Any = legal('input 4\nopaque("x", 4)').nodes[-1].layer
    assert find_definition(layer) is None
    with pytest.raises(LookupError, match="opaque computes what is not known"):
        compute(layer, [np.ones((1, 4))], {})


SMALL = 4000  # values of an input that is tried


@pytest.mark.parametrize(("layer", "text"), [pair for pair in REFUSED if pair[0].names[0] != UNKNOWN])
def test_shapes_are_those_that_the_layer_states(layer: type[Layer], text: str) -> None:
    """Of the output and of the gradients, for layers that Keras cannot compute: those of the others are compared with Keras."""
    random = np.random.default_rng(1)
    for graph, node in find_layers(text):
        shapes: Any = graph.input_shapes(node)
        made: Any = node.layer
        if np.prod(shapes[0]) > SMALL:
            continue
        inputs, weights = draw_inputs(made, shapes, random), draw_weights(made, shapes, random)
        y = compute(made, inputs, weights)
        assert y.shape == (len(inputs[0]), *(node.shape or ()))
        back = compute_gradients(made, np.ones_like(y), inputs, weights)
        assert [g.shape for g in back.inputs if g is not None] == [x.shape for x in inputs]
        moved = {w.name: w.shape for w in made.own_weights(shapes) if w.trainable}
        assert {name: g.shape for name, g in back.weights.items()} == moved
