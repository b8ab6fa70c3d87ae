"""One layer in Keras on TensorFlow: its output and its gradients for drawn inputs and weights, beside the reference's."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnspec.compile.keras_model import import_keras, make_call
from cnnspec.compile.kernel_trials import Way, find_failure
from cnnspec.graph import Graph, Node
from cnnspec.trace.reference.compute import compute, compute_gradients
from tests.trace.reference.drawing import BACKWARD, FORWARD, differ, draw, draw_inputs, draw_weights

# How TensorFlow computes a layer: in the first of these ways for which it has kernels, which are right. XLA's are the same
# on every CPU.
WAYS = (Way("float64", False, True), Way("float32", False, True), Way("float32", True, True))


class KerasRun:
    """The Keras layers of a node, with drawn weights, and drawn inputs."""

    def __init__(self, graph: Graph, node: Node, way: Way, seed: int = 5) -> None:
        keras, random = import_keras(), np.random.default_rng(seed)
        shapes = graph.input_shapes(node)
        assert node.layer is not None and shapes is not None
        self.layer, self.way, self.random = node.layer, way, random
        self.inputs = [x.astype(way.precision) for x in draw_inputs(node.layer, shapes, random)]
        self.made = [make_call(call, node, keras, way.precision) for call in node.layer.keras(shapes)]
        shape: Any = [x.shape for x in self.inputs] if node.layer.merges else self.inputs[0].shape
        for made in self.made:
            if hasattr(made, "build"):
                made.build(shape)
                shape = made.compute_output_shape(shape)
            else:
                spec = [keras.KerasTensor(s) for s in shape] if node.layer.merges else keras.KerasTensor(shape)
                shape = made(spec).shape
        self.variables = [v for made in self.made if hasattr(made, "weights") for v in made.weights]
        self.weights = {n: w.astype(way.precision) for n, w in draw_weights(node.layer, shapes, random).items()}
        for variable, weight in zip(self.variables, self.weights.values(), strict=True):
            variable.assign(weight)
        for made in self.made:
            if hasattr(made, "finalize_state"):
                made.finalize_state()

    def apply(self, inputs: list[Any], training: bool) -> Any:
        given: Any = inputs if self.layer.merges else inputs[0]
        for made in self.made:
            asks = training and getattr(made, "_call_has_training_arg", False)
            given = made(given, training=True) if asks else made(given)
        return given

    def run(self, gradient: Any = None, training: bool = False) -> tuple[Any, list[Any], list[Any]]:
        """The output; and the gradients of inputs and weights, of the sum of the output times `gradient` (drawn unless given).
        What the output does not depend on has the gradient 0."""
        import tensorflow as tf

        values = [v.value for v in self.variables]

        def differentiate(given: list[Any]) -> Any:
            with tf.GradientTape() as tape:
                for x in (*given, *values):
                    tape.watch(x)
                y = tf.convert_to_tensor(self.apply(given, training))
                total = tf.reduce_sum(tf.cast(y, self.way.precision) * self.draw_gradient(y.shape, gradient))
            return y, [
                tf.zeros_like(x) if g is None else tf.convert_to_tensor(g)
                for x, g in zip([*given, *values], tape.gradient(total, [*given, *values]), strict=True)
            ]

        compiled = tf.function(differentiate, jit_compile=True) if self.way.xla else differentiate
        y, found = compiled([tf.constant(x) for x in self.inputs])
        made = [g.numpy() for g in found]
        return y.numpy(), made[: len(self.inputs)], made[len(self.inputs) :]

    def draw_gradient(self, shape: Any, gradient: Any = None) -> Any:
        """The gradient of the output that is gone back from; the same whenever it is drawn."""
        given = draw(tuple(shape), np.random.default_rng(3)) if gradient is None else gradient
        return np.asarray(given).astype(self.way.precision)


def lacks(layer: Any, shapes: Any, way: Way) -> bool:
    """Whether TensorFlow, in a way, is known to lack a kernel that a layer needs, or to compute it wrongly."""
    return any([fails(trial.what, way, trial) for trial in layer.trials(shapes)])


FAILURES: dict[tuple[str, Way], bool] = {}


def fails(what: str, way: Way, trial: Any) -> bool:
    """Whether a kind of work fails in a way, which is tried once."""
    if (what, way) not in FAILURES:
        FAILURES[what, way] = bool(find_failure(trial, import_keras(), way))
    return FAILURES[what, way]


def start(graph: Graph, node: Node, choice: tuple[Way, ...] = WAYS) -> tuple[KerasRun, Any]:
    """A layer run in the first of some ways that there is."""
    import tensorflow as tf

    shapes = graph.input_shapes(node)
    ways = [way for way in choice if not lacks(node.layer, shapes, way)]
    for way in ways:
        run = KerasRun(graph, node, way)
        try:
            return run, run.run()
        except (tf.errors.InvalidArgumentError, tf.errors.NotFoundError, tf.errors.UnimplementedError):
            if way is ways[-1]:
                raise
    raise AssertionError(f"TensorFlow computes {node.layer} in no way")


def compare(graph: Graph, node: Node, choice: tuple[Way, ...] = WAYS) -> str:
    """What is different between the reference and Keras, forward and backward; "" for nothing."""
    run, (y, inputs, weights) = start(graph, node, choice)
    return report(run, y, inputs, weights)


def report(run: Any, y: Any, inputs: list[Any], weights: list[Any], training: bool = False, drawn: Any = None) -> str:
    """What is different between the reference and what a run came to."""
    found = compute(run.layer, run.inputs, run.weights, training, drawn)
    # a sum in single precision is as exact as what it adds up
    least = max([np.abs(x).max() for x in run.inputs]) if run.way.precision == "float32" else 0
    if different := differ(found, y, FORWARD, least):
        return f"the output {different}"
    ours = compute_gradients(run.layer, run.draw_gradient(y.shape), run.inputs, run.weights, training, drawn)
    for place, (here, there) in enumerate(zip(ours.inputs, inputs, strict=True)):
        if here is not None and (different := differ(here, there, BACKWARD)):
            return f"the gradient of input {place} {different}"
    for name, there in zip(run.weights, weights, strict=True):
        if name in ours.weights and (different := differ(ours.weights[name], there, BACKWARD)):
            return f"the gradient of {name} {different}"
    return ""
