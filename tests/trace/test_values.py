"""A whole network is computed as its Keras model is, forward and back, and node by node."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.compile.keras_model import to_keras
from cnnspec.graph import Graph
from cnnspec.trace.reference.arrays import make_exact
from cnnspec.trace.values import compute_network_gradients, compute_values
from tests.support import legal, sample
from tests.trace.reference.drawing import differ, draw

pytestmark = pytest.mark.kernels
EXAMPLES = Path(__file__).parents[2] / "examples"


def draw_weights(graph: Graph, random: Any) -> dict[str, dict[str, Any]]:
    """Weights that neither grow nor shrink what goes through, by the names of their layers."""
    made: dict[str, dict[str, Any]] = {}
    for node in graph.nodes:
        shapes: Any = graph.input_shapes(node)
        if node.layer is None or node.shares is not None:
            continue
        made[node.name] = {
            w.name: np.asarray(draw(w.shape, random, "variance" in w.name)) / max(1, np.prod(w.shape[:-1])) ** 0.5
            + ("gamma" in w.name)
            for w in node.layer.weights(shapes)
        }
    return {name: own for name, own in made.items() if own}


def draw_inputs(graph: Graph, random: Any, batch: int = 3) -> list[Any]:
    return [random.normal(size=(batch, *(graph.nodes[index].shape or ()))) for index in graph.inputs]


def to_double(graph: Graph, weights: dict[str, dict[str, Any]]) -> Any:
    """The Keras model in double precision with these weights."""
    import keras

    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    try:
        model = to_keras(graph)
    finally:
        keras.config.set_floatx("float32")
        keras.config.set_dtype_policy("float32")
    for name, own in weights.items():
        for variable, weight in zip(model.get_layer(name).weights, own.values(), strict=True):
            variable.assign(weight)
    return model


NETWORKS = {
    "a residual block": "input 8x8x3\nconv(4, 3x3, padding=1) -> bn -> relu as x\nadd(x, conv(4, 3x3, padding=1) -> bn) -> relu -> gap -> dense(5, softmax)",
    "a shared tower": "input a 6x6x2\ninput b 6x6x2\nshared t = conv(3, 3x3, activation=relu) -> maxpool(2)\nconcat(a -> t, b -> t) -> flatten -> dense(4, tanh)",
    "two ends": "input 6x6x2\nconv(3, 3x3) as x\nflatten -> dense(2) as y\nx -> gmp as z\noutput y, z",
    "a layer on its own output": "model M {\n shared f = dense(4, tanh)\n input 4\n f -> f -> f\n}",
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
def test_values_and_gradients_are_those_of_the_model(name: str) -> None:
    import tensorflow as tf

    graph, random = legal(NETWORKS[name]), np.random.default_rng(1)
    weights, inputs = draw_weights(graph, random), draw_inputs(graph, random)
    model, given = to_double(graph, weights), [tf.constant(x) for x in inputs]
    with tf.GradientTape() as tape:
        for x in given:
            tape.watch(x)
        made = model(given if len(given) > 1 else given[0])
        made = made if isinstance(made, (list, tuple)) else [made]
        gradients = [random.normal(size=y.shape) for y in made]
        total = sum([tf.reduce_sum(y * gradient) for y, gradient in zip(made, gradients, strict=True)])
    variables = {
        name: [v.value for v, w in zip(model.get_layer(name).weights, own, strict=True) if v.trainable]
        for name, own in weights.items()
    }
    wanted, there = tape.gradient(total, [variables, given])
    values = compute_values(graph, inputs, weights)
    for index, y in zip(graph.outputs, made, strict=True):
        assert not differ(values[index], y.numpy(), 1e-10)
    back = compute_network_gradients(graph, values, weights, dict(zip(graph.outputs, gradients, strict=True)))
    for index, x in zip(graph.inputs, there, strict=True):
        assert not differ(back.values[index], x.numpy(), 1e-10)
    for owner, own in wanted.items():
        for here, other in zip(back.weights[owner].values(), own, strict=True):
            assert not differ(here, tf.convert_to_tensor(other).numpy(), 1e-10)


WHOLE = ["lenet5.cnn", "resnet18.cnn", "resnet50_keras.cnn", "mobilenet_v2.cnn", "inception_v3.cnn", "unet.cnn"]


@pytest.mark.parametrize("name", sample(WHOLE, WHOLE[1:]))
def test_an_example_is_computed_as_its_model(name: str) -> None:
    from tests.example_files import networks

    for made in networks(EXAMPLES / name).values():
        random = np.random.default_rng(2)
        weights, inputs = draw_weights(made.graph, random), draw_inputs(made.graph, random, 1)
        (wanted,) = [to_double(made.graph, weights)(inputs[0]).numpy()]
        assert not differ(compute_values(made.graph, inputs, weights)[made.graph.outputs[0]], wanted, 1e-9)


def test_only_what_is_wanted_is_computed() -> None:
    graph = legal("input 6x6x2\nconv(3, 3x3) as x -> relu as y -> flatten -> dense(2)\n")
    weights = {"x": draw_weights(graph, np.random.default_rng(1))["x"]}  # those of the dense layer are not asked for
    values = compute_values(graph, [np.ones((1, 6, 6, 2))], weights, wanted=[2])
    assert [value is not None for value in values] == [True, True, True, False, False]


def test_a_network_of_fractions_is_exact() -> None:
    graph = legal("input 4\ndense(2, relu, bias=false) as d -> rescaling(1/3)")
    weights = {"d": {"kernel": make_exact([[1, -1], [2, 0], ["1/2", 1], [0, 0]])}}
    values = compute_values(graph, [make_exact([[1, 1, 1, 5]])], weights)
    assert [str(y) for y in values[-1][0]] == ["7/6", "0"]  # type: ignore[index]


@pytest.mark.parametrize(("text", "inputs", "weights", "sentence"), [
    ("input 4\ndense(2) as d", (1, 5), {}, "the input input1 must be 4, not 5"),
    ("input 4\ndense(2) as d", (1, 4), {}, "d has no kernel of 4x2"),
    ("input 4\ndense(2) as d", (1, 4), {"d": {"kernel": (2, 4)}}, "the kernel of d must be 4x2, not 2x4"),
    ("input 4\ndense(2) as d", (1, 4), {"d": {"kernel": (4, 2), "bias": ()}}, "the bias of d must be 2, not one number"),
    ('input 4\nopaque("fft", 4) as f', (1, 4), {}, "f computes what is not known: nothing behind it has a value; choose layers before it"),
])  # fmt: skip
def test_what_does_not_fit_is_one_sentence(text: str, inputs: Any, weights: Any, sentence: str) -> None:
    given = {layer: {name: np.zeros(shape) for name, shape in own.items()} for layer, own in weights.items()}
    with pytest.raises(ValueError) as refused:
        compute_values(legal(text), [np.zeros(inputs)], given)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(("given", "sentence"), [
    ([(1, 4)], "the network has 2 inputs, not 1"), ([(1, 4)] * 3, "the network has 2 inputs, not 3"), ([], "the network has 2 inputs, not 0"),
])  # fmt: skip
def test_another_number_of_inputs_is_one_sentence(given: Any, sentence: str) -> None:
    with pytest.raises(ValueError) as refused:
        compute_values(legal("input a 4\ninput b 4\nadd(a, b)"), [np.zeros(shape) for shape in given], {})
    assert str(refused.value) == sentence
