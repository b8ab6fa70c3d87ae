"""A trace as JSON, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning.

Numbers are numbers, so that NumPy takes a tensor as it is; where they are fractions, `exact` has them as texts, too: "10/3".
"""

from __future__ import annotations

from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING, Any

from cnnspec.tables.rows import find_keras_type
from cnnspec.trace.backward import take_step
from cnnspec.trace.formula import LONGEST, write_number, write_steps
from cnnspec.trace.forward import find_values, list_weights, write_out
from cnnspec.trace.reference.arrays import find_float
from cnnspec.trace.values import find_owner

if TYPE_CHECKING:
    from cnnspec.graph import Node
    from cnnspec.trace.backward import Backward
    from cnnspec.trace.reference.definition import Array
    from cnnspec.trace.trace import Trace

SCHEMA_VERSION = 1


def write_data(trace: Trace, backward: Backward | None = None) -> dict[str, Any]:
    """The documented fields. Of one value that was asked for, the layer's tensors are left out, which may be large."""
    nodes = trace.network.graph.nodes
    losses = {} if backward is None else backward.start.losses
    return {
        "schema_version": SCHEMA_VERSION,
        "model": trace.network.name,
        "file": trace.network.source.name,
        "losses": [
            {"layer": nodes[index].name, "loss": loss.word, "value": number_data(loss.value)}
            for index, loss in losses.items()
        ],
        "layers": [layer_data(trace, backward, nodes[index]) for index in trace.shown],
    }


def layer_data(trace: Trace, backward: Backward | None, node: Node) -> dict[str, Any]:
    graph = trace.network.graph
    output = find_values(trace, [node.index])[0][0]
    owner = find_owner(graph, node)
    whole = trace.place is None
    gradient = None if backward is None else backward.gradients.values[node.index]
    weights = list_weights(trace, node) if whole and node.shares is None else []
    return {
        "name": node.name,
        "type": find_keras_type(node, trace.network),
        "inputs": [graph.nodes[index].name for index in node.inputs],
        "weights": [weight_data(backward, owner, weight.name, array) for weight, array in weights],
        "weights_from": trace.weights.origins.get(owner) or None,
        "shares": None if node.shares is None else owner,
        "output": tensor_data(output) if whole else None,
        "gradient": None if gradient is None else tensor_data(gradient[0]),
        "written": None if node.layer is None else written_data(trace, node, trace.place or (0,) * output.ndim),
    }


def weight_data(backward: Backward | None, layer: str, name: str, array: Array) -> dict[str, Any]:
    """A weight, its gradient, and what a step makes of it."""
    gradient = None if backward is None else backward.gradients.weights.get(layer, {}).get(name)
    step = None if backward is None else backward.step
    return {
        "name": name,
        **tensor_data(array),
        "gradient": None if gradient is None else tensor_data(gradient),
        "next": None if gradient is None or step is None else tensor_data(take_step(array, gradient, step)),
    }


def written_data(trace: Trace, node: Node, place: tuple[int, ...]) -> dict[str, Any]:
    """One value as it is written out, and what is read for it."""
    formula, found = write_out(trace, node, place)
    names = [trace.network.graph.nodes[index].name for index in node.inputs]
    reads = () if found is None else found.reads
    return {
        "place": list(place),
        "value": number_data(formula.value),
        "formula": f"{formula.name} = {write_steps(formula.steps)}",
        "reads": [
            {
                "input": names[read.input],
                "place": list(read.place[1:]),
                "value": number_data(read.value),
                "factor": number_data(read.factor),
            }
            for read in reads
        ],
    }


# ---- numbers -------------------------------------------------------------------------------------------------
def tensor_data(array: Array) -> dict[str, Any]:
    """A tensor without the batch, nested as Keras has it, channels last."""
    values = array.ravel().tolist()
    parts = [isinstance(value, Fraction) and value.denominator > 1 for value in values]
    return {
        "shape": list(array.shape),
        "values": nest([number_data(value) for value in values], array.shape),
        "exact": nest([write_number(value) for value in values], array.shape) if any(parts) else None,
    }


def nest(values: list[Any], shape: tuple[int, ...]) -> Any:
    """Values in reading order as lists of lists."""
    for size in reversed(shape[1:]):
        values = [values[first : first + size] for first in range(0, len(values), size)]
    return values if shape else values[0]


def number_data(value: Any) -> int | float | None:
    """A number of JSON, whole where it is a whole Fraction; None for what JSON has no number for, such as infinity."""
    if isinstance(value, Fraction) and value.denominator == 1 and value.numerator.bit_length() <= LONGEST:
        return value.numerator
    number = find_float(value)
    return number if isfinite(number) else None
