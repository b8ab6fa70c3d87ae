"""Layers by their words, for what no text names: from a word and arguments to a layer, and back to its word."""

from __future__ import annotations

from cnnspec.layers import find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.layers.base import Layer


def make_layer(word: str, *values: Any, **arguments: Any) -> Layer:
    """The layer that a word names, with these arguments, which are as a text would give them once read."""
    layer = find(word)
    assert layer is not None, word
    return layer(*values, **(layer.presets.get(word, {}) | arguments))


def find_word(layer: Layer) -> str:
    """The word for a layer: relu6 for relu(max_value=6)."""
    presets = layer.presets.items()
    bare = [word for word, fixed in presets if all(getattr(layer, name) == v for name, v in fixed.items())]
    return layer.label or (bare[0] if bare else layer.names[0])
