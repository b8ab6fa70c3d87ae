"""The way back through one layer: what its output's gradient becomes for what it adds up, its weights, and its inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from cnnspec.base.record import Record
from cnnspec.trace.arithmetic import find_function
from cnnspec.trace.derivatives import Part, find_part
from cnnspec.trace.forward import find_values
from cnnspec.trace.losses import BINARY, CATEGORICAL, SPARSE, Loss
from cnnspec.trace.names import Names, find_names
from cnnspec.trace.reference.activation import go_back
from cnnspec.trace.reference.arrays import settle, shapes_of
from cnnspec.trace.reference.compute import (
    bring_into_kind,
    compute_gradients,
    evaluate,
    find_definition,
    is_exact_together,
)
from cnnspec.trace.reference.definition import Array, Gradients
from cnnspec.trace.values import find_owner
from cnnspec.trace.written_back import is_difference

if TYPE_CHECKING:
    from cnnspec.graph import Node
    from cnnspec.layers.base import Layer
    from cnnspec.trace.trace import Trace


class Way(Record):
    """The way back through a layer: the gradient of its output, that of what it adds up, and what its inputs and weights get.
    `function`: what its output has gone through last, None for nothing; `back` goes back through it."""

    layer: Layer
    inputs: tuple[Array, ...]
    output: Array
    gradient: Array
    inner: Array
    made: Gradients
    part: Part
    names: Names
    function: str | None
    back: Callable[[Array], Array]

    @property
    def is_function(self) -> bool:
        """Whether it adds up nothing before its function."""
        return self.function is not None and self.names.sums == self.names.output


def find_way(trace: Trace, node: Node, gradient: Array) -> Way:
    """The way back through a node's layer."""
    assert node.layer is not None
    (output,) = find_values(trace, [node.index])
    weights = trace.weights.weights.get(find_owner(trace.network.graph, node), {})
    return go_through(node.layer, find_values(trace, node.inputs), output, weights, gradient)


def go_through(
    layer: Layer, inputs: Sequence[Array], output: Array, weights: Mapping[str, Array], gradient: Array
) -> Way:  # fmt: skip
    """The way back through a layer that has put that out; all have the batch of one first."""
    shapes, part = shapes_of(*inputs), find_part(layer, inputs, weights)
    made, definition = compute_gradients(layer, gradient, inputs, weights), find_definition(layer)
    assert definition is not None
    function = find_last_function(layer, inputs, output)
    sums = part.output
    exact = is_exact_together([gradient, sums])
    given, sums = bring_into_kind(gradient, exact), bring_into_kind(sums, exact)

    def back(gradient: Array) -> Array:
        """Through the function alone."""
        if definition.sums is None:
            return settle(evaluate(definition.backward, layer, [gradient, *part.arrays.values()], {}).inputs[0])
        return settle(go_back(function, gradient, sums))

    names = find_names(layer, shapes, output.shape[1:], function is not None, definition.sums is not None)
    inner = gradient if function is None or definition.sums is None else back(given)
    return Way(layer, tuple(inputs), output, given, inner, made, part, names, function, back)


def find_last_function(layer: Layer, inputs: Sequence[Array], output: Array) -> str | None:
    """The function that a layer's output has gone through last: its activation, or all of it; None for none."""
    definition = find_definition(layer)
    assert definition is not None
    if definition.sums is None:
        return find_function(layer, inputs, output)
    return None if layer.ends_in() == "linear" else layer.ends_in()


def meets_entropy(way: Way, loss: Loss | None) -> bool:
    """Whether the gradient before the function is output less target: a softmax and a cross-entropy together."""
    given = way.made.inputs[0] if way.is_function else way.inner
    return loss is not None and way.function in ENTROPIES.get(loss.word, ()) and is_difference(given, way.output, loss)


ENTROPIES = {BINARY: ("sigmoid",), CATEGORICAL: ("softmax",), SPARSE: ("softmax",)}
