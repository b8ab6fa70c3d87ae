"""The weights that a network is computed with: those of a file, those that are written down, else as training would begin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnspec.base.join_words import join_words
from cnnspec.base.record import Record
from cnnspec.layers.argument import snake
from cnnspec.layers.shape import show_shape
from cnnspec.layers.weight import find_beginning
from cnnspec.trace.errors import NoTrace
from cnnspec.trace.initial import begin_weight, find_arguments, is_drawn
from cnnspec.trace.input_values import read_values, take_numbers
from cnnspec.trace.reference.arrays import make_floats
from cnnspec.trace.reference.compute import find_definition
from cnnspec.trace.reference.definition import Array
from cnnspec.trace.values import find_needed, find_owner
from cnnspec.trace.weight_files import read_weights

if TYPE_CHECKING:
    from cnnspec.graph import Graph, Node
    from cnnspec.layers.argument import Term
    from cnnspec.layers.base import Weight

MOST_WEIGHTS = 2**28  # numbers that the weights may be: 2 GiB
WRITTEN, GIVEN = "written in the spec", "given"
UNSEEN = ": they are gathered from data, and none has been seen"


class WeightsFound(Record):
    """Weights by the names of their layers, then by their own, as `compute_values` takes them; and where those of each layer
    come from, in words: "written in the spec", "kernel drawn by glorot_uniform, seed 1; bias filled with zeros"."""

    weights: dict[str, dict[str, Array]]
    origins: dict[str, str]


def find_weights(graph: Graph, path: str | None, seed: int, wanted: Iterable[int] | None = None) -> WeightsFound:
    """The weights of a network; with `wanted`, of what these nodes depend on alone. `path`: a file, or the folder of a run,
    that holds those of the whole network. What is drawn depends on the seed and on the names of the layer and the weight alone.

    Raises NoTrace, and MissingExtra for a file that needs Keras.
    """
    weighted = list_weighted(graph, wanted)
    if path is None:
        check_count(weighted)
    read = {} if path is None else read_weights(graph, path)
    found = WeightsFound({}, {})
    for node, asked in weighted:
        triples = list(find_layer_weights(graph, node, asked, read.get(node.name), path, seed))
        found.weights[node.name] = {name: array for name, array, _ in triples}
        origin = join_origins({name: origin for name, _, origin in triples})
        found.origins[node.name] = origin + (UNSEEN if path is None and is_gathered(node, asked) else "")
    return found


def is_gathered(node: Node, asked: tuple[Weight, ...]) -> bool:
    """Whether a layer's weights are all figures of the data, which no gradient moves."""
    assert node.layer is not None
    return node.layer.trainable and not any([weight.trainable for weight in asked])


def give_weights(found: WeightsFound, given: Mapping[str, Mapping[str, Any]]) -> WeightsFound:
    """The weights with some of them in the place of those that were found. Raises NoTrace for one that the network has not."""
    weights, origins = dict(found.weights), dict(found.origins)
    for layer, own in given.items():
        if layer not in weights:
            raise NoTrace(
                f"{layer} has no weights of its own in what is computed: {', '.join(weights) or 'nothing has'}"
            )
        if not isinstance(own, Mapping):
            raise NoTrace(f"the weights of {layer} are given by their names: {{'kernel': …}}")
        weights[layer] = {**weights[layer]}
        for name, value in own.items():
            if name not in weights[layer]:
                raise NoTrace(f"{layer} has no {name}, but {join_words([*weights[layer]])}")
            shape, array = weights[layer][name].shape, read_values(value, f"the {name} of {layer}")
            if array.shape != shape:
                raise NoTrace(
                    f"the {name} of {layer} is {show_shape(shape)}, not {show_shape(array.shape) or 'one number'}"
                )
            weights[layer][name] = take_numbers(array, f"the {name} of {layer}")
        if own:
            origins[layer] = (
                GIVEN if {*own} == {*weights[layer]} else f"{join_words([*own])} {GIVEN}; else {origins[layer]}"
            )
    return WeightsFound(weights, origins)


def join_origins(origins: Mapping[str, str]) -> str:
    """Where the weights of a layer come from, of where each does: what they have in common is said once."""
    named: dict[str, list[str]] = {}
    for name, origin in origins.items():
        named.setdefault(origin, []).append(name)
    if len(named) == 1:
        return next(iter(named))
    return "; ".join([f"{join_words(names)} {origin}" for origin, names in named.items()])


def list_weighted(graph: Graph, wanted: Iterable[int] | None) -> list[tuple[Node, tuple[Weight, ...]]]:
    """The layers that have weights of their own, as far as they are needed and known, with them."""
    needed = find_needed(graph, wanted)
    users = [node for node in graph.nodes if needed[node.index] and node.layer is not None]
    owners = {find_owner(graph, node) for node in users}
    found: list[tuple[Node, tuple[Weight, ...]]] = []
    for node in graph.nodes:
        shapes = graph.input_shapes(node)
        if node.layer is None or shapes is None or node.name not in owners or find_definition(node.layer) is None:
            continue
        asked = node.layer.weights(shapes)
        for weight in asked:
            if not all([isinstance(n, int) for n in weight.shape]):
                raise NoTrace(
                    f"the {weight.name} of {node.name} is {show_shape(weight.shape)}: its size must be known, so give that of the input"
                )
        if asked:
            found.append((node, asked))
    return found


def check_count(weighted: list[tuple[Node, tuple[Weight, ...]]]) -> None:
    """Raises NoTrace for more weights than are drawn."""
    shapes = [weight.shape for _, asked in weighted for weight in asked]
    total = sum([prod([n for n in shape if isinstance(n, int)]) for shape in shapes])
    if total > MOST_WEIGHTS:
        raise NoTrace(
            f"the weights are {total:,} numbers, and at most {MOST_WEIGHTS:,} are drawn: choose an earlier layer"
        )


def find_layer_weights(
    graph: Graph, node: Node, asked: tuple[Weight, ...], read: Mapping[str, Array] | None, path: str | None, seed: int
) -> Iterator[tuple[str, Array, str]]:
    """The name of each weight of a layer, its numbers, and where they come from."""
    layer, shapes = node.layer, graph.input_shapes(node)
    assert layer is not None and shapes is not None
    written = {
        name: lay_out([Fraction(n) for n in array.numbers], array.shape)
        for name, array in layer.written_weights(shapes).items()
    }
    for weight in asked:
        exact = written.get(weight.name)
        if read is not None:
            held = read[weight.name]
            same = exact is not None and is_nearest(held, exact)
            yield weight.name, (exact if same else held.astype(float)), f"from {path}"
        elif exact is not None:
            yield weight.name, exact, WRITTEN
        else:
            term = find_beginning(layer, weight)
            if term is None:
                raise NoTrace(f"the {weight.name} of {node.name} begins with numbers that are not known")
            try:
                array = begin_weight(weight.shape, term, seed, node.name, weight.name)  # type: ignore[arg-type]
            except NoTrace as error:
                raise NoTrace(f"the {weight.name} of {node.name}: {error}") from None
            yield weight.name, array, describe_beginning(term, seed)


def lay_out(numbers: list[Fraction], shape: tuple[int, ...]) -> Array:
    """An array of Fractions."""
    made = np.empty(len(numbers), dtype=object)
    made[:] = numbers
    return made.reshape(shape)


def is_nearest(held: Array, exact: Array) -> bool:
    """Whether a file holds what is written down, rounded to its precision: then that is what was meant."""
    return bool(np.array_equal(held, make_floats(exact).astype(held.dtype)))


def describe_beginning(term: Term, seed: int) -> str:
    """What an initializer makes, in words."""
    given = find_arguments(term)
    if is_drawn(term):
        own = given["seed"]
        plain = term.replace(keywords=tuple([pair for pair in term.keywords if pair[0] != "seed"]))
        return f"drawn by {plain}, seed {seed if own is None else own}"
    if "value" not in given:
        return f"filled with {snake(term.name)}"
    return WRITTEN if isinstance(given["value"], tuple) else f"filled with {given['value']}"
