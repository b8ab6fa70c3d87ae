"""Every example equals the Keras model that it becomes; those that keras.applications has equal these, layer by layer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnspec.facts.isomorphism import View, isomorphism
from cnnspec.network import AnalysedNetwork
from tests.example_files import EXAMPLES, FILES, ZOO, networks, relative
from tests.support import THOROUGH, agree, sample, zero_weights

APPLICATIONS = {
    "vgg16.cnn": "VGG16",
    "resnet50_keras.cnn": "ResNet50",
    "inception_v3.cnn": "InceptionV3",
    "mobilenet_v2.cnn": "MobileNetV2",
    "densenet121.cnn": "DenseNet121",
    "efficientnet_b0.cnn": "EfficientNetB0",
}
# By default three are built; the zoo has the families of the others, built in tests/model_files/test_zoo.py.
BUILT = list(APPLICATIONS) if THOROUGH else ["vgg16.cnn", "resnet50_keras.cnn", "mobilenet_v2.cnn"]
SAME_IN_THE_ZOO = {name: zoo for name, zoo in APPLICATIONS.items() if name != "efficientnet_b0.cnn"}
KIN = {*SAME_IN_THE_ZOO, "efficientnet_b0.cnn", "resnet50.cnn", "unet.cnn"} - {*BUILT}  # of what is built by default
# What a layer computes, apart from its weights' values.
COMPUTES = (
    "kernel_size", "strides", "padding", "dilation_rate", "groups", "depth_multiplier", "use_bias", "activation", "units",
    "pool_size", "axis", "epsilon", "momentum", "scale", "center", "rate", "max_value", "negative_slope", "threshold",
    "noise_shape", "offset",
)  # fmt: skip
NUMBERS: dict[Any, int] = {}


@pytest.fixture(scope="module", autouse=True)
def nothing_is_computed() -> Iterator[None]:
    pytest.importorskip("keras")
    with zero_weights():
        yield


def describe(model: Any) -> tuple[list[Any], list[tuple[str, Any, int]]]:
    """A Keras model as nested descriptions, and the flat (class, output shape, parameters) of each layer.

    The description of a layer holds those of the layers before it, as a number that equal descriptions share; so two
    models with equal descriptions of their outputs are the same graph, whatever order their layers stand in.
    Activation('relu') and ReLU() are the same layer.
    """
    by_layer: dict[int, int] = {}
    flat, deep = [], []
    for layer in model.layers:
        kind, config = type(layer).__name__, layer.get_config()
        computes = {name: float(v) if type(v := config[name]) is int else v for name in COMPUTES if name in config}
        if "axis" in computes:  # -1 and 3 are the channels
            axes = computes["axis"] if isinstance(computes["axis"], (list, tuple)) else [computes["axis"]]
            computes["axis"] = [axis % len(layer.output.shape) for axis in axes]
        if set(config.get("kernel_size", ())) == {1}:
            computes["padding"] = "valid"  # a 1x1 kernel is never padded
        if kind == "ReLU" and computes == {"max_value": None, "negative_slope": 0, "threshold": 0}:
            kind, computes = "Activation", {"activation": "relu"}
        output = tuple(layer.output.shape[1:])
        flat.append((kind, output, layer.count_params()))
        (node,) = layer._inbound_nodes
        operations = [tensor._keras_history.operation for tensor in node.input_tensors]
        before = [by_layer[id(operation)] for operation in operations if operation is not layer]  # an input is its own
        if kind == "Add":
            before.sort()
        key = (*flat[-1], repr(sorted(computes.items())), tuple(before))
        by_layer[id(layer)] = NUMBERS.setdefault(key, len(NUMBERS))
        deep.append(by_layer[id(layer)])
    return deep, flat


@pytest.fixture(scope="module", params=BUILT, ids=APPLICATIONS.get)
def pair(request: pytest.FixtureRequest) -> Any:
    """(our network, our Keras model, the described Keras application), built once."""
    keras = pytest.importorskip("keras")
    theirs = describe(getattr(keras.applications, APPLICATIONS[request.param])(weights=None))
    from cnnspec.compile.keras_model import to_keras

    (network,) = networks(EXAMPLES / request.param).values()
    yield network, to_keras(network.graph), theirs
    keras.backend.clear_session(free_memory=False)  # names begin anew; the collector alone takes longer than a build


def test_layers_are_those_of_keras_applications(pair: Any) -> None:
    """Each layer in Keras's order: its class, output shape and parameters, how it is set, and what it is joined to."""
    _, model, (deep, flat) = pair
    our_deep, our_flat = describe(model)
    assert our_flat == flat
    assert our_deep == deep, "the same layers, joined or set otherwise"


def test_figures_are_those_of_the_built_application(pair: Any) -> None:
    network, model, _ = pair
    agree(model, network.graph)
    agree_in_total(model, network)


def agree_in_total(model: Any, network: AnalysedNetwork) -> None:
    """The totals are those of the built model."""
    assert network.facts.total.parameters == model.count_params()
    trainable = sum(math.prod(weight.shape) for weight in model.trainable_weights)
    assert network.facts.total.trainable == trainable


@pytest.mark.parametrize("name", SAME_IN_THE_ZOO)
def test_an_example_is_the_network_of_the_zoo(name: str) -> None:
    (ours,), (imported,) = (networks(path).values() for path in (EXAMPLES / name, ZOO / f"{APPLICATIONS[name]}.cnn"))
    assert isomorphism(View(ours.graph), View(imported.graph))


@pytest.mark.parametrize(
    "path",
    sample([path for path in FILES if path.name not in BUILT], [EXAMPLES / name for name in KIN]),
    ids=relative,
)
def test_figures_are_those_of_the_built_model(path: Path) -> None:
    """Every layer's output shape and weights, and the totals, are those of the Keras layers that it becomes."""
    keras = pytest.importorskip("keras")
    from cnnspec.compile.keras_model import to_keras

    for network in networks(path).values():
        model = to_keras(network.graph)
        agree(model, network.graph)
        agree_in_total(model, network)
    keras.backend.clear_session(free_memory=False)
