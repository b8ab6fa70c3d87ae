"""PyTorch source, without PyTorch: whole modules, that they are sound Python, where each weight stands, what is refused."""

from __future__ import annotations

import math
from typing import Any

import pytest

from cnnspec.compile.torch_source import NotInTorch, TorchModule, print_module
from cnnspec.compile.torch_source.weight_layout import lay_out_for_keras, lay_out_for_torch
from cnnspec.graph import Graph
from cnnspec.network import AnalysedNetwork
from tests.compile.source_harness import read_blocks
from tests.compile.torch.harness import (
    CATALOGUE_SPECS,
    EXAMPLE_FILES,
    NOT_IN_TORCH,
    SPECS,
    find_faults,
    network,
    printed,
    read_example,
)
from tests.compile.torch.torch_cases import REFUSED

BLOCKS = read_blocks("torch/torch_modules.md")
MODULES = {title: (spec, module) for (title, spec), (_, module) in zip(BLOCKS[::2], BLOCKS[1::2], strict=True)}


@pytest.mark.parametrize("title", MODULES)
def test_a_module_is_what_a_person_would_have_written(title: str) -> None:
    spec, expected = MODULES[title]
    assert printed(spec).text == expected


@pytest.mark.parametrize("flat", [False, True], ids=["structured", "layer by layer"])
@pytest.mark.parametrize("name", SPECS)
def test_a_module_is_sound_python(name: str, flat: bool) -> None:
    made = printed(SPECS[name], flat)
    assert list(find_faults(made.text)) == [], made.text


@pytest.mark.parametrize("name", EXAMPLE_FILES)
def test_the_module_of_an_example_is_sound_python(name: str) -> None:
    for made in read_example(EXAMPLE_FILES[name]):
        module = print_module(made)
        assert list(find_faults(module.text)) == [], module.text
        holds_every_weight_once(made, module)


@pytest.mark.parametrize("name", SPECS)
def test_every_weight_has_one_place(name: str) -> None:
    holds_every_weight_once(network(SPECS[name]), printed(SPECS[name]))
    holds_every_weight_once(network(SPECS[name]), printed(SPECS[name], True))


def holds_every_weight_once(made: AnalysedNetwork, module: TorchModule) -> None:
    """The places are those of all weights that Keras has, each with a name of its own."""
    names = [place.name for place in module.places]
    assert len(set(names)) == len(names)
    found = {(place.node, place.weight.keras) for place in module.places}
    assert len(found) == len(names)
    assert found == {
        (made.graph.made_at(made.graph.nodes[index]), weight.name)
        for index in module.layers
        for weight in find_weights(made.graph, index)
        if weight.name != "vector_u"
    }


def find_weights(graph: Graph, index: int) -> Any:
    node = graph.nodes[index]
    shapes = graph.input_shapes(node)
    assert node.layer is not None and shapes is not None
    return node.layer.weights(shapes)


@pytest.mark.parametrize("name", SPECS)
def test_weights_come_back_as_they_were(name: str) -> None:
    numpy = pytest.importorskip("numpy")
    made, module = network(SPECS[name]), printed(SPECS[name])
    for place in module.places:
        (weight,) = [w for w in find_weights(made.graph, place.node) if w.name == place.weight.keras]
        array = numpy.arange(math.prod(weight.shape)).reshape(weight.shape)
        entering = module.layers[place.node].entering
        there = lay_out_for_torch(array, place.weight, entering)
        assert there.size == array.size
        assert (lay_out_for_keras(there, place.weight, entering, weight.shape) == array).all()


def test_rows_of_a_flattened_map_are_ordered_channels_first() -> None:
    """What torch.flatten makes of a map is read by the same weights as what Keras flattens."""
    numpy = pytest.importorskip("numpy")
    made = printed("input 2x3x4\nflatten -> relu -> dense(5)")
    (kernel,) = [place for place in made.places if place.weight.keras == "kernel"]
    image, weights = numpy.arange(24.0).reshape(2, 3, 4), numpy.random.default_rng(1).normal(size=(24, 5))
    there = lay_out_for_torch(weights, kernel.weight, made.layers[kernel.node].entering)
    assert "torch.flatten(x, 1)" in made.text
    assert numpy.allclose(there @ image.transpose(2, 0, 1).reshape(24), image.reshape(24) @ weights)


@pytest.mark.parametrize("spec", REFUSED)
def test_what_pytorch_cannot_run_is_refused_by_name(spec: str) -> None:
    with pytest.raises(NotInTorch) as raised:
        print_module(network(spec))
    assert str(raised.value) == REFUSED[spec]


@pytest.mark.parametrize("name", sorted(NOT_IN_TORCH))
def test_the_examples_that_are_left_out_are_refused(name: str) -> None:
    with pytest.raises(NotInTorch):
        print_module(network(CATALOGUE_SPECS[name]))


def test_a_network_without_an_output_is_no_module() -> None:
    with pytest.raises(ValueError, match="no input or no output"):
        print_module(network("input 4x4x1\nrelu").replace(graph=Graph("empty")))
