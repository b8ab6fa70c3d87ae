"""Models that people build by hand: the layers of the language that they become."""

from __future__ import annotations

from typing import Any

import pytest

from cnnspec.compile.keras_model import import_keras, to_keras
from cnnspec.model_files.keras.application import convert_model
from cnnspec.model_files.refusal import ModelRefused
from tests.model_files.keras_builds import Build, model, said
from tests.support import outputs, random_inputs

SAME: list[tuple[str, Build]] = [
    ("input add", lambda k: lambda x: x + x),
    ("input rescaling", lambda k: lambda x: x + 3.0),
    ("input rescaling", lambda k: lambda x: 1 - x),
    ("input rescaling", lambda k: lambda x: x / 4),
    ("input rescaling", lambda k: lambda x: -x),
    ("input relu multiply", lambda k: lambda x: k.ops.relu(x) * x),
    ("input maximum", lambda k: lambda x: k.ops.maximum(x, x)),
    ("input relu6", lambda k: lambda x: k.ops.relu6(x)),
    ("input sigmoid", lambda k: lambda x: k.ops.sigmoid(x)),
    ("input gelu", lambda k: lambda x: k.ops.gelu(x, approximate=False)),
    ("input softmax", lambda k: lambda x: k.ops.softmax(x)),
    ("input glu", lambda k: lambda x: k.ops.glu(x)),
    ("input slice", lambda k: lambda x: x[..., 1:3]),
    ("input slice", lambda k: lambda x: x[:, :, :, :2]),
    ("input concat", lambda k: lambda x: k.ops.concatenate([x, x], axis=3)),
    ("input reshape", lambda k: lambda x: k.ops.reshape(x, (-1, 64, 4))),
    ("input permute", lambda k: lambda x: k.ops.transpose(x, (0, 2, 1, 3))),
    ("input pad", lambda k: lambda x: k.ops.pad(x, ((0, 0), (1, 2), (1, 1), (0, 0)))),
    ("input conv", lambda k: lambda x: k.layers.Conv2D(3, 3)(k.layers.ZeroPadding2D(1)(x))),
    ("input conv", lambda k: lambda x: k.layers.Conv2D(3, 3)(k.ops.pad(x, ((0, 0), (1, 1), (2, 2), (0, 0))))),
    ("input pad conv", lambda k: lambda x: k.layers.Conv2D(3, 3, padding="same")(k.layers.ZeroPadding2D(1)(x))),
    ("input pad maxpool", lambda k: lambda x: k.layers.MaxPooling2D(3)(k.layers.ZeroPadding2D(1)(x))),
    ("input relu", lambda k: lambda x: k.layers.Activation("relu")(x)),
    ("input leaky_relu", lambda k: lambda x: k.layers.Activation("leaky_relu")(x)),
    ("input stochastic_depth", lambda k: lambda x: k.layers.Dropout(0.1, noise_shape=(None, 1, 1, 1))(x)),
    ("input dropout", lambda k: lambda x: k.layers.Dropout(0.1)(x)),
    ("input gap", lambda k: lambda x: k.layers.AdaptiveAveragePooling2D(1)(x)),
    ("input gap", lambda k: lambda x: k.layers.AdaptiveAveragePooling2D((1, 1))(x)),
    ("input adaptive_avgpool", lambda k: lambda x: k.layers.AdaptiveAveragePooling2D((2, 2))(x)),
]  # fmt: skip


@pytest.mark.parametrize(("words", "build"), SAME, ids=[f"{i}-{words}" for i, (words, _) in enumerate(SAME)])
def test_equivalent_call_is_our_layer(words: str, build: Build) -> None:
    """The labels are those, and the graph compiles to a model that computes the same."""
    import numpy as np

    made = model(build)
    graph = convert_model(made)
    assert " ".join(node.label for node in graph.nodes) == words
    assert {node.class_name for node in graph.nodes[1:]} <= {type(operation).__name__ for operation in made.operations}
    graph.assign_names()
    again = to_keras(graph)
    again.set_weights(made.get_weights())
    inputs = random_inputs(graph, 2)
    np.testing.assert_allclose(outputs(again, inputs)[0], outputs(made, inputs)[0], rtol=1e-5, atol=1e-6)


def test_padding_with_two_readers_stays() -> None:
    def build(k: Any) -> Any:
        def apply(x: Any) -> Any:
            padded = k.layers.ZeroPadding2D(1)(x)
            return [k.layers.Conv2D(3, 3)(padded), k.layers.Conv2D(3, 1)(padded)]

        return apply

    assert said(model(build)) == ["input", "pad", "conv", "conv"]


def test_names_of_a_person_stay() -> None:
    made = model(lambda k: lambda x: k.layers.ReLU(name="last")(k.layers.Conv2D(3, 3, name="conv2d_77")(x)))
    assert [node.name for node in convert_model(made).nodes] == ["x0", "", "last"]


def tower(k: Any, inner: bool = False) -> Any:
    layers = [k.layers.Conv2D(3, 3, name="kernel"), k.layers.ReLU()]
    return k.Sequential([k.Sequential(layers, name="deep")] if inner else layers, name="tower")


@pytest.mark.parametrize("inner", [False, True])
def test_model_used_twice_shares_its_layers(inner: bool) -> None:
    def build(k: Any) -> Any:
        shared = tower(k, inner)
        return lambda x, y: k.layers.Add()([shared(x), shared(y)])

    made = model(build, (8, 8, 4), (8, 8, 4))
    graph = convert_model(made)
    assert [(n.label, n.shares, n.name) for n in graph.nodes] == [
        ("input", None, "x0"), ("input", None, "x1"), ("conv", None, "kernel"), ("relu", None, ""), ("conv", 2, ""),
        ("relu", 3, ""), ("add", None, ""),
    ]  # fmt: skip
    graph.assign_names()
    assert to_keras(graph).count_params() == made.count_params()


def test_padding_of_a_shared_convolution_is_folded_in_all_uses_or_none() -> None:
    def build(k: Any) -> Any:
        pad, conv = k.layers.ZeroPadding2D(1), k.layers.Conv2D(4, 3)
        return lambda x: conv(pad(conv(pad(x))))

    assert said(model(build)) == ["input", "conv", "conv"]

    def uneven(k: Any) -> Any:
        pad, conv = k.layers.ZeroPadding2D(1), k.layers.Conv2D(4, 3)
        return lambda x: conv(conv(pad(x)))

    assert said(model(uneven)) == ["input", "pad", "conv", "conv"]


def test_dict_of_outputs_and_of_inputs() -> None:
    keras = import_keras()
    x, y = keras.Input((4,), name="right"), keras.Input((4,), name="left")
    made = keras.Model({"b": x, "a": y}, {"sum": keras.layers.Add()([x, y]), "left": keras.layers.ReLU()(y)})
    graph = convert_model(made)
    assert [graph.nodes[i].name for i in graph.inputs] == ["left", "right"], "by their keys, as Keras orders them"
    assert [graph.nodes[i].label for i in graph.outputs] == ["relu", "add"]
    assert graph.nodes[graph.outputs[1]].name == "sum"


def test_sequential_without_an_input_layer() -> None:
    keras = import_keras()
    made = keras.Sequential([keras.layers.Dense(3), keras.layers.Softmax()])
    with pytest.raises(ModelRefused, match="before it was built"):
        convert_model(made)
    made.build((None, 5))
    assert [node.shape for node in convert_model(made).nodes] == [(5,), (3,), (3,)]


def test_frozen_base_of_transfer_learning() -> None:
    """Layers of a frozen model are frozen one by one; called with training=False it is as it is anyway."""

    def build(k: Any) -> Any:
        base = k.Sequential([k.layers.Conv2D(3, 3), k.layers.BatchNormalization()])
        base.trainable = False
        return lambda x: k.layers.Dense(2)(base(x, training=False))

    graph = convert_model(model(build))
    assert [node.layer.trainable for node in graph.nodes[1:] if node.layer] == [False, False, True]
