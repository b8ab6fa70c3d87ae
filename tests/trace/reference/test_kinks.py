"""Where a slope jumps, or several values are the largest, the gradient goes where TensorFlow sends it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnspec.layers.activation import FUNCTIONS
from cnnspec.trace.reference.compute import compute_gradients
from tests.support import legal
from tests.trace.reference.drawing import find_layers
from tests.trace.reference.keras_run import WAYS, KerasRun, report

pytestmark = pytest.mark.kernels

KINKS = (-7, -6, -3, -2, -1, -0.5, -0.25, 0, 0.25, 0.5, 1, 2, 3, 4, 6, 7)
MIXING = ("softmax", "log_softmax", "sparsemax", "glu")  # functions of all channels
TWICE = "celu"  # at 0 TensorFlow adds the slopes of both sides
LINES = [
    *[f"activation({name})" for name in FUNCTIONS if name not in (*MIXING, TWICE)],
    "relu(max_value=4)", "relu(max_value=6)", "relu(max_value=0)", "relu(negative_slope=0.5)", "relu(threshold=0.25)",
    "relu(max_value=4, negative_slope=0.5)", "relu(max_value=6, negative_slope=0.5)", "relu(max_value=6, threshold=0.25)",
    "relu(threshold=2, max_value=1, negative_slope=0.5)", "relu(threshold=0.5, negative_slope=2)", "leaky_relu", "leaky_relu(0)",
    "prelu", "elu", "elu(0.5)", "elu(-0.5)", "abs", "power(2)", "power(3)", "power(1)", "gelu_tanh",
]  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_the_slope_at_a_kink(line: str) -> None:
    for way in WAYS[:2]:
        ((graph, node),) = find_layers(f"input {len(KINKS)}\n{line}")
        run = KerasRun(graph, node, way)
        run.inputs = [np.array([KINKS, KINKS], dtype=way.precision)]
        assert not report(run, *run.run())


def test_celu_is_smooth_at_0() -> None:
    layer: Any = legal("input 3\nactivation(celu)").nodes[-1].layer
    x = np.array([[-1e-6, 0.0, 1e-6]])
    np.testing.assert_allclose(compute_gradients(layer, np.ones((1, 3)), [x], {}).inputs[0], [[1, 1, 1]], atol=1e-5)


TIES = (
    "input 6x5x2\nmaxpool(2, stride=1)", "input 6x5x2\nmaxpool(3, stride=2, padding=same)", "input 7x2\nmaxpool(3, stride=2)",
    "input 6x5x2\nmaxpool(3, stride=2, padding=1)", "input 7x6x1\nmaxpool(2, ceil=true)", "input 4x4x2\ngmp",
    "input 4x4x2\nreduce_max((1, 3))", "input 4x4x2\nadaptive_maxpool(2)", "input 5x4x2\nadaptive_maxpool(2x3)",
    "input 7x2\nadaptive_maxpool(3)", "input a 9\ninput b 9\ninput c 9\nmaximum(a, b, c)",
    "input a 9\ninput b 9\ninput c 9\nminimum(a, b, c)", "input a 3x3x4\ninput b 4\nmaximum(a, b)",
)  # fmt: skip


@pytest.mark.parametrize("text", TIES)
def test_which_of_several_largest_values_gets_the_gradient(text: str) -> None:
    """Inputs of zeros and ones, so that nearly every window has several largest."""
    for seed, way in enumerate(WAYS[:2]):
        ((graph, node),) = find_layers(text)
        run, random = KerasRun(graph, node, way), np.random.default_rng(seed)
        run.inputs = [random.integers(0, 2, size=x.shape).astype(way.precision) for x in run.inputs]
        assert not report(run, *run.run())
