"""A layer computed: its output, its gradients, its weights behind a training step; by its definition in the table.

Weights are given by their names, as `Layer.weights` has them. Numbers are exact where all that is given is (arrays of
Fractions) and the layer takes no root and no exponential, else floats. `training`: whether it is a step of training;
`drawn` is then what a layer with random numbers drew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from cnnspec.layers.base import Layer
from cnnspec.trace.reference.arrays import is_exact, make_exact, make_floats, settle, shapes_of
from cnnspec.trace.reference.definition import Array, Definition, Gradients
from cnnspec.trace.reference.table import DEFINITIONS


def find_definition(layer: Layer) -> Definition | None:
    """The definition of a layer; None for an operation of which only the output's shape is known."""
    return DEFINITIONS.get(layer.names[0])


def compute(
    layer: Layer, inputs: Sequence[Array], weights: Mapping[str, Array], training: bool = False, drawn: Any = None
) -> Array:
    """The output of a layer for inputs with the batch first. Raises LookupError for a layer without a definition."""
    definition, given, weighed = prepare(layer, inputs, weights, training, drawn)
    return settle(evaluate(definition.forward, layer, given, weighed))


def compute_gradients(
    layer: Layer, gradient: Array, inputs: Sequence[Array], weights: Mapping[str, Array], training: bool = False,
    drawn: Any = None,
) -> Gradients:  # fmt: skip
    """The gradients of the inputs and of the weights that a gradient moves, from that of the output."""
    definition, (given, *xs), weighed = prepare(layer, [gradient, *inputs], weights, training, drawn)
    made = evaluate(definition.backward, layer, [given, *xs], weighed)
    moved = [weight.name for weight in layer.own_weights(shapes_of(*inputs)) if weight.trainable]
    return Gradients(
        tuple([None if x is None else settle(x) for x in made.inputs]),
        {name: settle(made.weights[name]) for name in moved},
    )


def compute_update(layer: Layer, inputs: Sequence[Array], weights: Mapping[str, Array]) -> dict[str, Array]:
    """The weights that a training step on these inputs changes without a gradient, as they are behind it."""
    definition, given, weighed = prepare(layer, inputs, weights, False, None)
    return {} if definition.update is None else definition.update(layer, *given, **weighed)


def evaluate(function: Callable[..., Any], layer: Layer, arrays: Sequence[Array], weights: Mapping[str, Array]) -> Any:
    """What a function of a definition makes of arrays in one kind of number. Where it divides by an exact 0, it is computed in
    floats, which are infinite then or no numbers, as in Keras."""
    with np.errstate(all="ignore"):
        try:
            return function(layer, *arrays, **weights)
        except ZeroDivisionError:
            floats = {name: make_floats(weight) for name, weight in weights.items()}
            return function(layer, *map(make_floats, arrays), **floats)


def prepare(
    layer: Layer, arrays: Sequence[Array], weights: Mapping[str, Array], training: bool, drawn: Any
) -> tuple[Definition, list[Array], dict[str, Array]]:
    """The definition that holds, and all arrays in one kind of number."""
    definition = find_definition(layer)
    if definition is None:
        raise LookupError(f"{layer.names[0]} computes what is not known")
    if training and definition.training is not None:
        definition = definition.training
        if definition.draws and drawn is None:
            raise ValueError(f"{layer.names[0]} draws random numbers while training, and none are given")
        weights = {**weights, "drawn": drawn} if definition.draws else weights
    exact = is_exact_together([np.asarray(array) for array in (*arrays, *weights.values())])
    given = [bring_into_kind(array, exact) for array in arrays]
    return definition, given, {name: bring_into_kind(array, exact) for name, array in weights.items()}


def is_exact_together(arrays: Sequence[Array]) -> bool:
    """Whether there are Fractions among some arrays, and no floats: whole numbers are both."""
    return any([is_exact(array) for array in arrays]) and not any([array.dtype.kind == "f" for array in arrays])


def bring_into_kind(array: Any, exact: bool) -> Array:
    """An array of Fractions, or of floats; a float's precision stays."""
    array = np.asarray(array)
    if exact:
        return array if is_exact(array) else make_exact(array)
    return array if array.dtype.kind == "f" else make_floats(array) if is_exact(array) else array.astype(float)
