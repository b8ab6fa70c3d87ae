"""One layer in Keras, eagerly: its output and its gradients for drawn inputs, weights and gradient, beside the reference's."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnspec.compile.keras_model import import_keras, make_call
from cnnspec.graph import Graph, Node
from cnnspec.trace.reference.compute import compute, compute_gradients

FORWARD, BACKWARD = 1e-5, 1e-4  # of the largest value


def draw(shape: tuple[Any, ...], random: Any, name: str = "") -> Any:
    """Values about 0; of what a root is taken of, above 0."""
    values = random.normal(size=shape)
    return np.abs(values) + 0.5 if "variance" in name or "stddev" in name else values


class KerasRun:
    """A node's layer on inputs of its shapes, in a batch of 2. `words`: inputs are whole numbers below it."""

    def __init__(self, graph: Graph, node: Node, seed: int = 5, precision: str = "float64") -> None:
        keras, random = import_keras(), np.random.default_rng(seed)
        shapes = graph.input_shapes(node)
        assert node.layer is not None and shapes is not None
        self.layer, self.shapes, self.node = node.layer, shapes, node
        words = node.layer.argument_values().get("words")
        self.inputs = [
            random.integers(words, size=(2, *s)).astype(precision) if words else draw((2, *s), random)
            for s in shapes
        ]  # fmt: skip
        self.calls = [make_call(call, node, keras, precision) for call in node.layer.keras(shapes)]
        self.inputs = [x.astype(precision) for x in self.inputs]
        self.call()
        self.variables = [v for made in self.calls if hasattr(made, "weights") for v in made.weights]
        names = [w.name for w in node.layer.weights(shapes)]
        assert len(names) == len(self.variables)
        self.weights: dict[str, Any] = {}
        for name, variable in zip(names, self.variables, strict=True):
            self.weights[name] = draw(tuple(variable.shape), random, name).astype(precision)
            variable.assign(self.weights[name])
        for made in self.calls:
            if hasattr(made, "finalize_state"):
                made.finalize_state()
        self.random = random

    def call(self, inputs: Any = None, **how: Any) -> Any:
        given: Any = self.inputs if inputs is None else inputs
        if not self.layer.merges:
            (given,) = given
        for made in self.calls:
            accepts = how and getattr(made, "_call_has_training_arg", False)
            given = made(given, **(how if accepts else {}))
        return given

    def gradients(self, gradient: Any, **how: Any) -> tuple[list[Any], dict[str, Any]]:
        """By TensorFlow's tape, of the sum of the output times a gradient."""
        import tensorflow as tf

        given = [tf.constant(x) for x in self.inputs]
        values = [v.value for v in self.variables]
        with tf.GradientTape() as tape:
            for x in (*given, *values):
                tape.watch(x)
            total = tf.reduce_sum(tf.cast(self.call(given, **how), gradient.dtype) * gradient)
        found = [None if g is None else tf.convert_to_tensor(g).numpy() for g in tape.gradient(total, [*given, *values])]
        return found[: len(given)], dict(zip(self.weights, found[len(given) :], strict=True))


def differ(found: Any, wanted: Any, share: float) -> str:
    """What is different between two arrays, by more than a share of the largest value; "" for nothing."""
    found, wanted = np.asarray(found), np.asarray(wanted)
    if found.shape != wanted.shape:
        return f"shape {found.shape}, not {wanted.shape}"
    worst = np.abs(found - wanted).max(initial=0)
    return "" if worst <= share * max(np.abs(wanted).max(initial=0), 1e-30) + 1e-12 else f"differs by {worst:.1e}"


def compare(graph: Graph, node: Node, seed: int = 5, precision: str = "float64") -> str:
    """What is different between the reference and Keras, forward and backward; "" for nothing."""
    run = KerasRun(graph, node, seed, precision)
    wanted = np.asarray(run.call())
    found = compute(run.layer, run.inputs, run.weights)
    if different := differ(found, wanted, FORWARD):
        return f"output {different}"
    gradient = draw(wanted.shape, run.random).astype(precision)
    ours, (inputs, weights) = compute_gradients(run.layer, gradient, run.inputs, run.weights), run.gradients(gradient)
    for place, (here, there) in enumerate(zip(ours.inputs, inputs, strict=True)):
        if here is None:
            continue
        there = np.zeros_like(run.inputs[place]) if there is None else there
        if different := differ(here, there, BACKWARD):
            return f"gradient of input {place} {different}"
    for name, here in ours.weights.items():
        if weights[name] is None:
            return f"gradient of {name} is none"
        if different := differ(here, weights[name], BACKWARD):
            return f"gradient of {name} {different}"
    return ""
