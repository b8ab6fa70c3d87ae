"""What a layer is tried on: drawn inputs and weights, the cases of all options, and when two arrays are the same."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np

from cnnspec.graph import Graph, Node
from cnnspec.layers.base import Layer
from tests.layer_examples import COMPILED
from tests.layers.argument_values import REFUSED, ROWS, VALUES, spec
from tests.support import THOROUGH, legal

FORWARD, BACKWARD = 1e-5, 1e-4  # of the largest value
BATCH = 2
MERGED = 7  # a batch as long as an axis is another thing to TensorFlow's add, which takes a vector for a bias then


def draw(shape: tuple[Any, ...], random: Any, above: bool = False) -> Any:
    """Values about 0; or above it, for what a root is taken of."""
    values = random.normal(size=shape)
    return np.abs(values) + 0.5 if above else values


def draw_inputs(layer: Layer, shapes: tuple[Any, ...], random: Any) -> list[Any]:
    """Inputs of a layer, in a batch; numbers of words where it looks words up."""
    arguments, batch = layer.argument_values(), MERGED if layer.merges else BATCH
    if layer.indexes:
        return [random.integers(arguments["words"], size=(batch, *shape)).astype(float) for shape in shapes]
    root = not float(arguments.get("exponent", 1)).is_integer()
    return [draw((batch, *shape), random, root) for shape in shapes]


def draw_weights(layer: Layer, shapes: tuple[Any, ...], random: Any) -> dict[str, Any]:
    """Weights of a layer by their names; variances and deviations above 0."""
    return {
        weight.name: np.asarray(draw(weight.shape, random, "variance" in weight.name or "stddev" in weight.name))
        for weight in layer.weights(shapes)
    }


def differ(found: Any, wanted: Any, share: float, least: float = 0) -> str:
    """What is different between two arrays, by more than a share of the largest value, or of `least`; "" for nothing."""
    found, wanted = np.asarray(found), np.asarray(wanted)
    if found.shape != wanted.shape:
        return f"has the shape {found.shape}, not {wanted.shape}"
    worst = np.abs(found - wanted).max(initial=0)
    same = worst <= share * np.abs(wanted).max(initial=least) + 1e-12  # what is all 0 may be rounded
    return "" if same else f"differs by {worst:.1e}"


def find_layers(text: str) -> list[tuple[Graph, Node]]:
    """The nodes of a spec that are layers, each with the graph."""
    graph = legal(text)
    return [(graph, node) for node in graph.nodes if node.layer is not None]


# What the table and the examples have no case of: interpolations together with other options, transposed kernels that are
# trimmed, and 3-D windows whose stride skips positions.
MORE = (
    "input 9x8x3\nresize(5, 12, interpolation=bicubic)", "input 5x7x2\nupsample(3, interpolation=bicubic)",
    "input 4x9x2\nresize(7, 1, interpolation=bicubic)", "input 9x8x3\nresize(5, 12, interpolation=lanczos3)",
    "input 9x8x3\nresize(4, 12, interpolation=lanczos5, antialias=true)", "input 9x8x3\nresize(4, 3, antialias=true)",
    "input 9x8x3\nresize(4, 12, crop_to_aspect_ratio=true)", "input 9x8x3\nupsample(2, interpolation=lanczos3)",
    "input 5x4x2\nconv_transpose(3, 5x4, stride=2, padding=same)", "input 5x2\nconv_transpose(3, 4, padding=same)",
    "input 3x5x3x2\nconv(4, 1, stride=3, padding=same)", "input 2x1x2x2\nconv_transpose(3, 1x2x1, stride=3, padding=same)",
    "input 3x5x3x2\nmaxpool(1, stride=3, padding=same)", "input 3x5x3x2\navgpool(1, stride=3, padding=same)",
)  # fmt: skip
# Options that change no value that is computed here: tried in the thorough profile all the same.
SILENT = re.compile("_(initializer|regularizer|constraint)$|^(trainable|seed|init|momentum|synchronized|mask_zero)$")


@cache
def list_cases() -> dict[str, list[tuple[str, Graph, Node]]]:
    """By its word, every layer as the examples of the catalogue have it, and with every value of an option that the table of
    arguments has; each once."""
    texts = [*[text for _, text in COMPILED], *MORE]
    texts += [
        spec(layer, name, VALUES[layer.__name__][1][name][0])
        for layer, name in ROWS
        if layer is not None
        and VALUES[layer.__name__][1][name][1] is not REFUSED
        and (THOROUGH or not SILENT.search(name))
    ]
    cases: dict[str, list[tuple[str, Graph, Node]]] = {}
    seen = set()
    for text in dict.fromkeys(texts):
        for graph, node in find_layers(text):
            assert node.layer is not None
            key = node.layer, graph.input_shapes(node)
            if key not in seen:
                seen.add(key)
                cases.setdefault(node.layer.names[0], []).append((text, graph, node))
    return cases
