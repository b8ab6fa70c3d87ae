"""One layer of ours against one of Keras's, built and run: verdict, shape, weights, settings, output."""

from __future__ import annotations

import math
import re
from typing import Any

from cnnspec.compile.keras_model import import_keras, to_keras
from tests.layers.keras_cases import Case
from tests.layers.safe_side import ASTRAY, BATCH, EMPTY, FAILS, REFUSALS, RUNS
from tests.support import agree, network, outputs, refusals, weights


class Run:
    """What Keras made of a case: `outcome`, and for RUNS the shape, the parameters and the output itself."""

    def __init__(self, case: Case, numbers: str = "float32") -> None:
        import numpy as np

        keras = import_keras()
        random = np.random.default_rng(5)
        self.inputs = [
            (random.integers(case.words, size=(2, *shape)) if case.words else random.normal(size=(2, *shape))).astype(
                numbers
            )
            for shape in case.shapes
        ]
        self.model: Any = None
        policy = keras.config.dtype_policy()
        keras.config.set_dtype_policy(numbers)
        try:
            entering = [keras.Input(shape) for shape in case.shapes]
            self.model = keras.Model(entering, case.build(keras, entering))
        except Exception as error:
            self.outcome = f"refuses: {error}"
            return
        finally:
            keras.config.set_dtype_policy(policy)
        self.begun = self.model.get_weights()
        for weight in self.model.weights:  # biases too: what begins as zero shows nothing
            weight.assign(random.uniform(0.5, 1.5, size=weight.shape))
        try:
            (self.output,) = outputs(self.model, self.inputs)
        except Exception:
            self.outcome = FAILS
            return
        self.shape = self.output.shape[1:]
        self.outcome = EMPTY if 0 in self.output.shape else RUNS if len(self.output) == 2 else BATCH
        if self.outcome == RUNS and tuple(self.model.output.shape[1:]) != self.shape:
            self.outcome = ASTRAY


def parameters(model: Any) -> tuple[int, int]:
    """Trainable and frozen."""
    groups = model.trainable_weights, model.non_trainable_weights
    trainable, frozen = (sum(math.prod(w.shape) for w in group) for group in groups)
    return trainable, frozen


def settings_of(model: Any) -> dict[str, list[Any]]:
    """The settings of its layers, apart from names, by class."""
    made: dict[str, list[Any]] = {}
    for layer in model.layers:
        made.setdefault(type(layer).__name__, []).append(unnamed(layer.get_config()))
    return made


def unnamed(config: Any) -> Any:
    if isinstance(config, dict):
        return {key: unnamed(value) for key, value in config.items() if key not in ("name", "build_config")}
    return [unnamed(value) for value in config] if isinstance(config, (list, tuple)) else config


def compare_settings(ours: Any, run: Run) -> None:
    """Layers of a class that both models have are set alike; weights are kept in bounds alike, and begin alike."""
    import numpy as np

    here, there = settings_of(ours), settings_of(run.model)
    assert {name: here[name] for name in here.keys() & there} == {name: there[name] for name in here.keys() & there}
    for one, other, first, begun in zip(ours.weights, run.model.weights, ours.get_weights(), run.begun, strict=True):
        for term in ("regularizer", "constraint"):
            asked, given = getattr(other, term, None), getattr(one, term, None)
            assert type(asked) is type(given) and (asked is None or asked.get_config() == given.get_config()), term
        if begun.size > 1 and (begun == begun.flat[0]).all():  # not drawn at random
            np.testing.assert_array_equal(first, begun)


def refused(family: str, error: Any, outcome: str) -> None:
    """Asserts that Keras refuses what we do, or that it is listed where we take the safe side."""
    if not outcome.startswith("refuses"):
        classes = [refusal for refusal in REFUSALS if refusal.family == family]
        assert any(re.search(c.part, error.message) and outcome in c.outcomes for c in classes), (
            error.message,
            outcome,
        )


def compare(family: str, case: Case) -> str:
    """Asserts that both agree; returns what Keras did."""
    import numpy as np

    made, run = network(case.spec), Run(case)
    if found := refusals(made):
        (error, *more) = found
        assert not more, "one cause, one error"
        refused(family, error, run.outcome)
        return run.outcome
    assert run.outcome == RUNS, run.outcome
    graph = made.graph
    node = graph.nodes[graph.outputs[0]]
    assert node.shape == run.shape
    ours = weights(graph, node)
    trainable, frozen = (sum(math.prod(w.shape) for w in ours if w.trainable is which) for which in (True, False))
    assert (trainable, frozen) == parameters(run.model)
    model = to_keras(graph)
    agree(model, graph)
    if family != "ceil pool":  # whose Keras side is put together otherwise
        compare_settings(model, run)
    model.set_weights(run.model.get_weights())
    (output,) = outputs(model, run.inputs if len(run.inputs) > 1 else run.inputs[0])
    np.testing.assert_allclose(output, run.output, rtol=1e-4, atol=1e-4)
    return run.outcome
