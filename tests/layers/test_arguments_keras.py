"""Every argument reaches the Keras layer; one that no row of `VALUES` sets fails here: what is declared must be tested."""

from __future__ import annotations

import inspect

import pytest

from cnnspec.compile.keras_model import import_keras
from cnnspec.layers.argument import REQUIRED, Term
from cnnspec.layers.base import Layer
from tests.layer_examples import COMPILED
from tests.layers.argument_values import REFUSED, ROWS, VALUES, spec
from tests.layers.keras_config import comparable, configs, old
from tests.support import legal, network, refusals


def test_every_layer_and_argument_has_a_row() -> None:
    compiled = {layer for layer, _ in COMPILED}
    assert set(VALUES) == {layer.__name__ for layer in compiled}
    for layer in compiled:
        assert set(VALUES[layer.__name__][1]) == set(layer.arguments), layer.__name__


@pytest.mark.parametrize(("layer", "name"), ROWS, ids=[f"{layer.__name__}-{name}" for layer, name in ROWS])
def test_argument_reaches_keras(layer: type[Layer], name: str) -> None:
    value, expected = VALUES[layer.__name__][1][name]
    if expected is REFUSED:
        (problem,) = refusals(network(spec(layer, name, value)))
        assert problem.code == "E116"
        return
    proper, helpers = configs(spec(layer, name, value), layer)
    assert expected, "an argument that shows nowhere"
    for key, wanted in expected.items():
        found = helpers[key.removeprefix("helper:")] if key.startswith("helper:") else proper[key]
        assert comparable(found) == wanted, key
    declared = layer.arguments[name]
    if declared.record_default is not REQUIRED:  # a value that Keras has anyway would prove nothing
        graph = legal(spec(layer, name, value))
        (made,) = [node.layer for node in graph.nodes if isinstance(node.layer, layer)]
        assert getattr(made, name) != declared.record_default


# Defaults that Keras has not: they differ by rank (crop: 1 in 1-D, else 0), there is none (avgpool's kernel; both are
# always written into the call), it is another and always written (affine's factors begin as 1), or they show otherwise (a
# pool's stride: None becomes the kernel's size).
OWN_DEFAULT = {
    ("Affine", "gamma_initializer"),
    ("Crop", "amount"),
    ("AvgPool", "kernel"),
    ("MaxPool", "stride"),
    ("AvgPool", "stride"),
}


@pytest.mark.parametrize(("layer", "name"), ROWS, ids=[f"{layer.__name__}-{name}" for layer, name in ROWS])
def test_default_is_keras_default(layer: type[Layer], name: str) -> None:
    """What `cnnspec layers` says an argument is when left out is what the Keras layer has when it is left out."""
    declared = layer.arguments[name]
    if declared.record_default is REQUIRED or declared.keras == "-" or (layer.__name__, name) in OWN_DEFAULT:
        return
    graph = legal(layer.example)
    node = next(node for node in graph.nodes if isinstance(node.layer, layer))
    call = next(c for c in node.layer.keras(graph.input_shapes(node)) if not c.helper)  # type: ignore[union-attr, arg-type]
    needed = {a.keras or n for n, a in layer.arguments.items() if a.record_default is REQUIRED}
    made = getattr(import_keras().layers, call.name)
    needed |= {p.name for p in inspect.signature(made).parameters.values() if p.default is p.empty}
    bare = made(**{k: v for k, v in call.arguments.items() if k in needed})
    wanted, found = declared.record_default, bare.get_config().get(declared.keras or name)
    if layer.__name__ == "Embedding" and name == "embeddings_initializer":
        assert found["class_name"] == wanted.name  # Keras fills in its range
    elif isinstance(wanted, Term):
        assert found["class_name"] == wanted.name and not [v for v in old(found["config"]).values() if v is not None]
    elif name == "activation":
        assert found == "linear" and wanted is None
    elif isinstance(found, (tuple, list)):
        assert {n for part in found for n in (part if isinstance(part, (tuple, list)) else [part])} == {wanted}
    else:
        assert found == wanted and isinstance(found, bool) == isinstance(wanted, bool)


ALIASES = [
    (layer, name, alias)
    for layer, name in ROWS
    for alias in (layer.arguments[name].keras, *layer.arguments[name].aliases)
]


@pytest.mark.parametrize(("layer", "name", "alias"), ALIASES, ids=[f"{a[0].__name__}-{a[1]}-{a[2]}" for a in ALIASES])
def test_alias_means_the_argument(layer: type[Layer], name: str, alias: str) -> None:
    if alias in ("", "-"):
        return
    value = VALUES[layer.__name__][1][name][0]
    canonical, other = (legal(spec(layer, name, value, spelling)) for spelling in (name, alias))
    assert [n.layer for n in canonical.nodes] == [n.layer for n in other.nodes]
    assert sum(alias in (a.keras, *a.aliases, n) for n, a in layer.arguments.items()) == 1, "one spelling, one argument"
