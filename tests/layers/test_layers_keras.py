"""Every layer of the catalogue equals Keras's: shapes, weights, a forward run, of its examples and where it is shared."""

from __future__ import annotations

import collections
from pathlib import Path
from typing import Any

import pytest

from cnnspec.compile.keras_model import import_keras, to_keras
from cnnspec.facts.facts import Facts, find_keras_problems
from cnnspec.layers import CATALOGUE, find, list_spellings
from cnnspec.layers.base import Layer
from tests.layer_examples import COMPILED, REFUSED
from tests.support import agree, legal, network, outputs, random_inputs, refusals


def named(pairs: list[tuple[Any, ...]]) -> list[str]:
    return [f"{p[0].__name__}-{str(p[1]).split(chr(10))[-1]}" for p in pairs]


@pytest.mark.parametrize("layer", CATALOGUE, ids=lambda layer: layer.__name__)
def test_layer_has_a_page_and_an_example_of_itself(layer: type[Layer]) -> None:
    assert layer.__doc__ and layer.names and layer.example
    assert any(isinstance(node.layer, layer) for node in legal(layer.example).nodes)


@pytest.mark.parametrize(("layer", "text"), COMPILED, ids=named(COMPILED))
def test_example_equals_keras(layer: type[Layer], text: str) -> None:
    graph = legal(text)
    assert any(isinstance(node.layer, layer) for node in graph.nodes)
    model = to_keras(graph)
    agree(model, graph)
    for output, index in zip(outputs(model, random_inputs(graph, 2)), graph.outputs, strict=True):
        assert output.shape == (2, *graph.nodes[index].shape)  # type: ignore[misc]


@pytest.mark.parametrize(("layer", "text"), REFUSED, ids=named(REFUSED))
def test_an_example_that_keras_cannot_compute_says_so_of_its_layer(layer: type[Layer], text: str) -> None:
    """And of no other; every figure that is stated has a shape to it."""
    made = network(text)
    assert not made.errors and refusals(made)
    problems = find_keras_problems(Facts(made.graph))
    for node, problem in zip(made.graph.nodes, problems, strict=True):
        assert (problem is not None) == isinstance(node.layer, layer)
        assert node.shape is not None


def is_plain(text: str) -> bool:
    """Whether every layer of a spec becomes one Keras layer of its own name."""
    graph = legal(text)
    for node in graph.nodes:
        shapes = graph.input_shapes(node)
        calls = node.layer.keras(shapes) if node.layer is not None and shapes is not None else ()
        if len(calls) > 1 or any(call.around is not None or call.name == "EinsumDense" for call in calls):
            return False
    return True


COMPOSED = [(layer, text) for layer, text in COMPILED if not is_plain(text)]


@pytest.mark.parametrize(("layer", "text"), COMPOSED, ids=named(COMPOSED))
def test_what_is_put_together_is_saved_and_loaded(layer: type[Layer], text: str, tmp_path: Path) -> None:
    """With safe_mode, so that no code travels in the file; wrapped layers and functions of keras.ops too."""
    import numpy as np

    graph = legal(text)
    model = to_keras(graph)
    for weight in model.weights:
        weight.assign(np.random.default_rng(3).uniform(0.5, 1.5, size=weight.shape))
    model.save(tmp_path / "model.keras")
    loaded = import_keras().models.load_model(tmp_path / "model.keras", safe_mode=True)
    inputs = random_inputs(graph, 2)
    for here, there in zip(outputs(model, inputs), outputs(loaded, inputs), strict=True):
        np.testing.assert_array_equal(here, there)


def test_no_spelling_names_two_layers() -> None:
    count = collections.Counter(spelling for layer in CATALOGUE for spelling in layer.names)
    assert [spelling for spelling, n in count.items() if n > 1] == []
    assert all(find(spelling) is layer for layer in CATALOGUE for spelling in layer.names)
    assert all(spelling == spelling.lower() for spelling in count), "lower case is how spellings are compared"
    assert all(find(spelling) for spelling in list_spellings())


def test_shared_layer_has_its_weights_once() -> None:
    graph = legal(
        "input a 8x8x3\ninput b 8x8x3\nshared tower = conv(4, 3x3) -> bn\nx = tower(a)\nadd(tower(a), tower(b))"
    )
    model = to_keras(graph)
    assert model.count_params() == 4 * (27 + 1) + 16
    assert len(outputs(model, random_inputs(graph))) == 1


def test_what_keras_makes_for_one_size_is_made_again_for_another() -> None:
    shared = "shared s = { channel_shuffle(2) -> conv(4, 1x1) -> avgpool(3, stride=3, ceil=true) }"
    graph = legal(f"input a 8x8x4\ninput b 6x6x4\n{shared}\nconcat(s(a) -> gap, s(b) -> gap)")
    model = to_keras(graph)
    assert model.count_params() == 4 * 4 + 4
    assert outputs(model, random_inputs(graph))[0].shape == (1, 8)


def test_names_are_the_graph_names() -> None:
    graph = legal("input 8x8x3\nconv(4, 3x3, padding=1) as stem\nmaxpool(2, name='pool')\ndense(3)")
    model = to_keras(graph)
    assert [model.get_layer(node.name) is not None for node in graph.nodes] == [True] * 4
    assert [node.name for node in graph.nodes] == ["input1", "stem", "pool", "dense1"]


def test_refused_layer_is_reported_not_built() -> None:
    made = network("input 8x8x3\nconv(4, 9x9)")
    assert [d.code for d in made.errors] == ["E101"]
