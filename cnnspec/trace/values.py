"""The values of a whole network: what each of its layers computes from inputs, and the gradients that come back.

It is computed as it is used, not as it is trained: by moving averages, and with nothing dropped.

Weights are given by the name of the layer that has them, then by their own: {"conv1": {"kernel": …, "bias": …}}. A layer that
is used several times has them once, and its gradients are the sums over its uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.record import Record
from cnnspec.layers.shape import show_shape
from cnnspec.trace.reference.arrays import settle
from cnnspec.trace.reference.compute import compute, compute_gradients, find_definition
from cnnspec.trace.reference.definition import Array

if TYPE_CHECKING:
    from cnnspec.graph import Graph, Node

    Weights = Mapping[str, Mapping[str, Array]]


class NetworkGradients(Record):
    """The gradients of a loss: for the output of every node, None where none comes back, and for the weights."""

    values: list[Array | None]
    weights: dict[str, dict[str, Array]]


# ---- forward -----------------------------------------------------------------------------------------------
def compute_values(
    graph: Graph, inputs: Sequence[Array], weights: Weights, wanted: Iterable[int] | None = None
) -> list[Array | None]:
    """The output of every node, in order; with `wanted`, of these nodes and of what they depend on, and None for the others.

    Inputs have the batch first, in the order of the network's. Raises ValueError, in one sentence, for inputs or weights that
    are not those of the network, and for a layer of which is not known what it computes.
    """
    if len(inputs) != len(graph.inputs):
        raise ValueError(f"the network has {count_nouns(len(graph.inputs), 'input')}, not {len(inputs):,}")
    needed = find_needed(graph, wanted)
    given = dict(zip(graph.inputs, inputs, strict=True))
    values: list[Array | None] = []
    for node in graph.nodes:
        if not needed[node.index]:
            values.append(None)
        elif node.layer is None:
            check_array(given[node.index].shape[1:], node.shape, f"the input {node.name}")
            values.append(given[node.index])
        else:
            xs = [value for value in [values[index] for index in node.inputs] if value is not None]
            values.append(compute(node.layer, xs, find_weights(graph, node, xs, weights)))
    return values


def find_needed(graph: Graph, wanted: Iterable[int] | None) -> list[bool]:
    """For each node whether it is wanted, or something that is depends on it."""
    asked = range(len(graph.nodes)) if wanted is None else {*wanted}
    needed = [index in asked for index in range(len(graph.nodes))]
    for node in reversed(graph.nodes):
        for index in node.inputs if needed[node.index] else ():
            needed[index] = True
    return needed


def find_weights(graph: Graph, node: Node, inputs: Sequence[Array], weights: Weights) -> Mapping[str, Array]:
    """The weights of a node's layer, which are those that its own arguments ask for."""
    assert node.layer is not None
    if find_definition(node.layer) is None:
        raise ValueError(
            f"{node.name} computes what is not known: nothing behind it has a value; choose layers before it"
        )
    owner = find_owner(graph, node)
    given = weights.get(owner, {})
    for weight in node.layer.weights(tuple([x.shape[1:] for x in inputs])):
        if weight.name not in given:
            raise ValueError(f"{owner} has no {weight.name} of {show_shape(weight.shape)}")
        check_array(given[weight.name].shape, weight.shape, f"the {weight.name} of {owner}")
    return given


def find_owner(graph: Graph, node: Node) -> str:
    """The name of the layer whose weights a node uses."""
    return graph.nodes[node.index if node.shares is None else node.shares].name


def check_array(given: tuple[int, ...], wanted: tuple[object, ...] | None, what: str) -> None:
    """Raises ValueError for an array of another shape; a size that is not known may be any."""
    known = [n for n in wanted or () if isinstance(n, int)]
    if len(given) != len(wanted or ()) or len(known) == len(given) and given != wanted:
        raise ValueError(f"{what} must be {show_shape(wanted)}, not {show_shape(given) or 'one number'}")


# ---- backward ----------------------------------------------------------------------------------------------
def compute_network_gradients(
    graph: Graph, values: Sequence[Array | None], weights: Weights, gradients: Mapping[int, Array]
) -> NetworkGradients:
    """The gradients of all nodes and weights, from those of some nodes' outputs. `values`: those of `compute_values`."""
    back: list[Array | None] = [gradients.get(node.index) for node in graph.nodes]
    moved: dict[str, dict[str, Array]] = {}
    for node in reversed(graph.nodes):
        gradient = back[node.index]
        if node.layer is None or gradient is None:
            continue
        xs = [values[index] for index in node.inputs]
        owner = find_owner(graph, node)
        made = compute_gradients(node.layer, gradient, xs, weights.get(owner, {}))
        for index, part in zip(node.inputs, made.inputs, strict=True):
            back[index] = add_gradients(back[index], part)
        own = moved.setdefault(owner, {})
        for name, part in made.weights.items():
            own[name] = part if name not in own else settle(own[name] + part)
    return NetworkGradients(back, {name: own for name, own in moved.items() if own})


def add_gradients(gradient: Array | None, more: Array | None) -> Array | None:
    """What a value gets from all that read it."""
    if gradient is None or more is None:
        return more if gradient is None else gradient
    return settle(gradient + more)
