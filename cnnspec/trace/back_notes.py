"""The sentences about the way back through a layer: where its gradient comes from and goes, and what is written out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnspec.base.join_words import join_words
from cnnspec.trace.derivatives import find_places
from cnnspec.trace.formula import Formula
from cnnspec.trace.losses import Loss
from cnnspec.trace.reference.activation import CURVES
from cnnspec.trace.reference.arrays import make_floats
from cnnspec.trace.reference.definition import Array
from cnnspec.trace.values import find_owner
from cnnspec.trace.way_back import Way, meets_entropy
from cnnspec.trace.written_back import FEW

if TYPE_CHECKING:
    from cnnspec.graph import Graph, Node
    from cnnspec.trace.backward import Start


def tell_sources(graph: Graph, node: Node, start: Start, gradient: str) -> Iterator[str]:
    """Where a gradient comes from, if from several."""
    sources = find_sources(graph, node, start)
    if len(sources) > 1:
        yield f"{gradient} is the sum of what comes back from {join_words(sources)}"


def find_sources(graph: Graph, node: Node, start: Start) -> list[str]:
    """What a node's gradient comes from: what reads it, and the error itself where it is an output."""
    readers = [reader.name for reader in graph.nodes if node.index in reader.inputs]
    return [*readers, "the error itself"] if node.index in start.gradients else readers


def tell_where_it_goes(way: Way) -> Iterator[str]:
    """Which cell each gradient of a pool goes to."""
    if not way.part.selects:
        return
    said = []
    for place in list(np.ndindex(way.output.shape))[:FEW]:
        one = np.zeros(way.output.shape)
        one[place] = 1
        back = way.part.backward(one, {key: make_floats(array) for key, array in way.part.arrays.items()})[0]
        cells = [way.names.name(0, cell) for cell in find_places(back)]
        said.append(f"dE/d{way.names.name_output(place)} to {join_words(cells)}")
    more = ", …" if way.output.size > FEW else ""
    yield f"each gradient goes to the largest value of its window: {', '.join(said)}{more}"


def tell_what_is_written(way: Way, formulas: Sequence[Formula]) -> Iterator[str]:
    """Which gradients are not all written out; of a pool, a sentence says where all of them go."""
    if way.part.selects:
        return
    names = way.names
    given: dict[str, Array] = {names.arrays[name].letter: gradient for name, gradient in way.made.weights.items()}
    given |= {names.arrays[i].letter: gradient for i, gradient in enumerate(way.made.inputs) if gradient is not None}
    if names.sums != names.output:
        given = {names.sums.letter: way.inner} | given
    long = [
        f"of the {array.size:,} numbers of dE/d{letter}"
        for letter, array in given.items()
        if count_lines(letter, formulas) == 1 < array.size
    ]
    if long:
        yield f"written out: the first {join_words(long)}"


def count_lines(letter: str, formulas: Sequence[Formula]) -> int:
    """How many gradients of the numbers of an array are written out."""
    return len([formula for formula in formulas if re.fullmatch(rf"dE/d{letter}(\d*|\[.*\])", formula.name)])


def tell_of_entropy(way: Way, loss: Loss | None) -> Iterator[str]:
    """That a softmax and a cross-entropy go together."""
    if meets_entropy(way, loss):
        yield f"{way.function} and cross-entropy together: the gradient before them is output less target"
    else:
        yield from tell_slope(way)


SLOPES = {
    "relu": "relu' is 1 where relu takes a number above 0, else 0: no gradient passes there",
    "sigmoid": "sigmoid'(x) = sigmoid(x)*(1 - sigmoid(x))",
    "tanh": "tanh'(x) = 1 - tanh(x)^2",
}


def tell_slope(way: Way) -> Iterator[str]:
    """What the slope of a function is, or the derivatives of a softmax."""
    if way.function == "softmax" and way.names.short and way.output.shape[-1] > 1:
        a, x = way.names.output.letter, way.names.arrays[0].letter if way.is_function else way.names.sums.letter
        yield f"d{a}1/d{x}1 = {a}1*(1 - {a}1), d{a}1/d{x}2 = -{a}1*{a}2, and so on"
    elif way.function in SLOPES and has_slope(way, way.function):
        yield SLOPES[way.function]


def has_slope(way: Way, function: str) -> bool:
    """Whether the function's slope is that of its name: a relu with a largest value has another."""
    x = way.inputs[0] if way.is_function else way.part.output
    slopes = [np.ones_like(x) * slope for slope in (way.back(np.ones_like(way.gradient)), CURVES[function].slope(x))]
    return bool((slopes[0] == slopes[1]).all())


def tell_uses(graph: Graph, node: Node) -> Iterator[str]:
    """That the weights are used several times."""
    uses = find_uses(graph, node)
    if len(uses) > 1:
        yield f"{join_words(uses)} have the same weights, whose gradients add up"


def find_uses(graph: Graph, node: Node) -> list[str]:
    owner = find_owner(graph, node)
    return [other.name for other in graph.nodes if other.layer is not None and find_owner(graph, other) == owner]
