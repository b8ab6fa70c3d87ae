"""The examples on the pages of the layers: all of them, and those that become Keras models."""

from __future__ import annotations

from cnnspec.layers import CATALOGUE
from tests.support import network, refusals

EXAMPLES = [(layer, text) for layer in CATALOGUE for text in (layer.example, *layer.more_examples)]


def is_compiled(text: str) -> bool:
    return not refusals(network(text))


COMPILED = [(layer, text) for layer, text in EXAMPLES if is_compiled(text)]
COMPILED_TEXTS = [text for _, text in COMPILED]
FIRST_COMPILED = [layer.example for layer in CATALOGUE if is_compiled(layer.example)]  # one of each layer
REFUSED = [(layer, text) for layer, text in EXAMPLES if not is_compiled(text)]
