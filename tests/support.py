"""What several test files need: a network from its text, the Keras layers behind a node, facts to compare."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import warnings
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import settings

from cnnspec.base.diagnostic import Diagnostic, Problem
from cnnspec.base.source import Source
from cnnspec.elaborate import Elaborated, elaborate
from cnnspec.facts.facts import Facts, find_keras_problems
from cnnspec.graph import Graph, Node
from cnnspec.layers.base import Weight
from cnnspec.lint import rules
from cnnspec.lint.context import Context
from cnnspec.lint.index import RULES
from cnnspec.pipeline import analyse, read_train_section, sort_diagnostics
from cnnspec.syntax.parse import parse

# For processes on JAX: XLA compiles each operation anew, which takes twice the time where its code is made fast.
QUICK_XLA = {"XLA_FLAGS": "--xla_backend_optimization_level=0"}


def cases(share: float) -> Any:
    """Settings of a property: `share` of the profile's number of examples."""
    return settings(max_examples=max(1, round(settings().max_examples * share)))


THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"  # what has many kin is tried whole, not by samples
IN_THOROUGH = pytest.mark.skipif(not THOROUGH, reason="its kin is tried; HYPOTHESIS_PROFILE=thorough tries it too")


def sample(values: Iterable[Any], rest: Container[Any]) -> list[Any]:
    """Values of a parameter, of which those in `rest` are tried in the thorough profile alone, and skipped by default."""
    return [pytest.param(value, marks=IN_THOROUGH) if value in rest else value for value in values]


def unwrap(text: str) -> str:
    """A text in one line: what is looked for in it may be wrapped."""
    return " ".join(text.split())


def network(text: str, **parameters: Any) -> Elaborated:
    """The one network of a text without syntax errors; its `errors` may hold others."""
    parsed = parse(Source("net.cnn", text))
    assert not parsed.diagnostics, (text, parsed.diagnostics)
    (made,) = elaborate(parsed, no_files, parameters)
    return made


def legal(text: str, **parameters: Any) -> Graph:
    """The graph of a text that must be without any mistake."""
    made = network(text, **parameters)
    assert not made.errors, (text, [(d.message, d.help) for d in made.errors])
    return made.graph


def refusals(made: Elaborated) -> Sequence[Diagnostic | Problem]:
    """Why a network becomes no Keras model: its mistakes or, where it has none, what Keras cannot compute."""
    return made.errors or [problem for problem in find_keras_problems(Facts(made.graph)) if problem is not None]


def findings(text: str, codes: tuple[str, ...]) -> tuple[Diagnostic, ...]:
    """What the rules of these codes, and no others, say of a text without mistakes, in the order of the text."""
    found: list[Diagnostic] = []
    for checked in analyse(Source("case.cnn", text)).networks:
        assert not checked.broken, (text, checked.diagnostics)
        context = Context(checked.graph, checked.train, False, read_train_section(checked.train, checked.graph)[0])
        found += [finding for code in RULES if code in codes for finding in rules.module_of(code).check(context)]
    return sort_diagnostics(found)


def no_files(path: str) -> Any:
    raise AssertionError(f"a test reads no file, asked for {path}")


def weights(graph: Graph, node: Node) -> tuple[Weight, ...]:
    """The weights of a node; () for an input."""
    shapes = graph.input_shapes(node)
    return () if node.layer is None or shapes is None else node.layer.weights(shapes)


def facts(graph: Graph) -> list[tuple[Any, ...]]:
    """What is to be known of every layer, in order, apart from names: type, inputs, shape, weights, MACs, reach, sharing."""
    found: list[tuple[Any, ...]] = []
    for node in graph.nodes:
        shapes = graph.input_shapes(node)
        known = (
            ()
            if node.layer is None or shapes is None
            else (node.layer, node.layer.macs(shapes), node.layer.reach(shapes))
        )
        found.append((node.inputs, node.shape, known, weights(graph, node), node.shares))
    return [*found, ("inputs", graph.inputs), ("outputs", graph.outputs)]


def keras_layers(model: Any, graph: Graph, node: Node) -> list[Any]:
    """The layers of the Keras model that a node became, in the order in which they are applied (functions left out)."""
    shapes = graph.input_shapes(node)
    assert node.layer is not None and shapes is not None
    calls = [call for call in node.layer.keras(shapes) if not call.name.startswith("ops.")]
    return [model.get_layer(f"{node.name}_{call.helper}" if call.helper else node.name) for call in calls]


def agree(model: Any, graph: Graph) -> None:
    """Every node's output shape and weights (shapes, in order, trainable or frozen) are those of its Keras layers."""
    for node in graph.nodes:
        assert node.shape is not None, node
        if node.layer is None or node.shares is not None:
            continue
        shapes = graph.input_shapes(node)
        layers = keras_layers(model, graph, node)
        ours = [(w.name, w.shape, w.trainable) for w in node.layer.weights(shapes)]  # type: ignore[arg-type]
        theirs = [(w.name, tuple(w.shape), w.trainable) for layer in layers for w in layer.weights]
        assert ours == theirs, (node, ours, theirs)
        if len(layers[-1]._inbound_nodes) == 1:
            output = tuple(layers[-1].output.shape[1:])
            assert tuple(n if isinstance(n, int) else None for n in node.shape) == output, (node, output)


def random_inputs(graph: Graph, batch: int = 1) -> Any:
    """Small random inputs of a graph whose sizes are all known, as its Keras model takes them."""
    import numpy as np

    random = np.random.default_rng(7)
    made = [random.normal(size=(batch, *graph.nodes[i].shape)).astype("float32") for i in graph.inputs]  # type: ignore[misc]
    return made[0] if len(made) == 1 else made


def outputs(model: Any, inputs: Any) -> list[Any]:
    """The model's outputs as arrays. What TensorFlow's plain kernels do not dilate is computed through XLA."""
    import numpy as np

    try:
        made = model(inputs)
    except Exception as error:
        if not re.search("do(es)? not yet support dilation", str(error)):
            raise
        made = through_xla(model, inputs)
    return [np.asarray(y) for y in (made if isinstance(made, (list, tuple)) else [made])]


def steps(action: Callable[[], object]) -> int:
    """How many lines of Python an action runs: its work, the same on every machine and under any load."""
    count = 0

    def trace(frame: object, event: str, argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(before)
    return count


def through_xla(model: Any, inputs: Any) -> Any:
    """What a model yields on TensorFlow with XLA's kernels, which are the same on every CPU."""
    import tensorflow as tf

    return tf.function(model, jit_compile=True)(inputs)


@contextlib.contextmanager
def zero_weights() -> Iterator[None]:
    """Keras layers begin with zeros where they would draw: for models of which nothing is computed, or which get weights."""
    import keras

    def fill(self: Any, shape: tuple[int, ...], dtype: str | None = None, **more: Any) -> Any:
        return keras.ops.zeros(shape, dtype)

    with patch.object(keras.initializers.VarianceScaling, "__call__", fill):
        yield


@contextlib.contextmanager
def run_eagerly() -> Iterator[None]:
    """TensorFlow's functions run as Python, for trainings of so few batches that to trace them takes most of their time."""
    tf = pytest.importorskip("tensorflow")
    warnings.filterwarnings("ignore", "Even though the `tf.config")  # tf.data is left out of it
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(False)
