"""What rules say that happens at run time, seen in Keras."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from cnnspec.compile.keras_model import import_keras, to_keras
from cnnspec.facts.facts import Facts
from cnnspec.layers import CATALOGUE
from cnnspec.layers.activation import FUNCTIONS
from cnnspec.lint.context import Context
from cnnspec.lint.rules import checkerboard, dead_kernel_taps, dense_on_spatial_map, redundant_activation
from cnnspec.lost.lost import find_dead_taps
from tests.lint.test_rules import example, findings
from tests.support import legal, outputs, random_inputs

# The size of the input, and layers on it that do nothing, each behind a bar.
IDLE = """
8x6x4 | maxpool(1x1) | avgpool(1) | pad(0) | crop(0) | upsample(1) | resize(8, 6) | reshape(8x6x4) | permute((1, 2, 3))
8x6x4 | adaptive_avgpool(8x6) | dropout(0) | spatial_dropout(0) | alpha_dropout(0) | gaussian_dropout(0)
8x6x4 | gaussian_noise(0) | stochastic_depth(0) | activity_regularization
7 | flatten | reshape((-1,)) | permute(1)
1x1x4 | gap(keepdims=true) | gmp(keepdims=true) | adaptive_maxpool(1)
9x2 | maxpool(1) | pad((0, 0))
"""
ROWS = [[part.strip() for part in line.split(" | ")] for line in IDLE.strip().splitlines()]


@pytest.mark.parametrize("spec", [f"input {size}\n{layer}" for size, *layers in ROWS for layer in layers])
def test_what_is_called_idle_leaves_everything_as_it_is(spec: str) -> None:
    graph = legal(spec)
    assert [d.code for d in findings(dense_on_spatial_map, spec)] == ["W205"]
    x = random_inputs(graph)
    np.testing.assert_allclose(np.asarray(to_keras(graph)(x, training=True)), x, atol=1e-6)


@pytest.mark.parametrize(
    "spec", ["input 8x6x1\nreduce_l2(-1, keepdims=true)", "input 1x6x4\nreduce_l2(1, keepdims=true)"]
)
def test_a_length_of_single_numbers_is_their_absolute_value(spec: str) -> None:
    assert not findings(dense_on_spatial_map, spec)


def test_no_example_of_a_layer_is_called_idle_that_is_not() -> None:
    """Every node of every layer's examples: where it is called idle, its shape stays and it has no weights."""
    for layer in CATALOGUE:
        for spec in (layer.example, *layer.more_examples):
            graph = legal(spec)
            for node in graph.nodes:
                inputs = graph.input_shapes(node)
                if node.layer is not None and inputs is not None and node.layer.idle(inputs):
                    assert inputs == (node.shape,)
                    assert not node.layer.weights(inputs)


def test_dead_taps_never_matter_and_others_do() -> None:
    graph = legal(example(dead_kernel_taps, "Bad"))
    model, x = to_keras(graph), random_inputs(graph)
    before = outputs(model, x)[0]
    (layer,) = [layer for layer in model.layers if layer.weights]
    kernel, bias = layer.get_weights()
    dead = kernel.copy()
    dead[[0, 0, 0, 1, 1, 2, 2, 2], [0, 1, 2, 0, 2, 0, 1, 2]] += 5
    (taps,) = find_dead_taps(1, Context(graph, {}).liveness.real, Facts(graph))
    assert taps.weights == np.count_nonzero(dead != kernel)
    layer.set_weights([dead, bias])
    np.testing.assert_array_equal(outputs(model, x)[0], before)
    kernel[1, 1] += 5
    layer.set_weights([kernel, bias])
    assert not np.allclose(outputs(model, x)[0], before)


def test_dense_on_a_map_yields_a_map() -> None:
    spec = example(dense_on_spatial_map, "Bad")
    (found,) = findings(dense_on_spatial_map, spec)
    model = to_keras(legal(spec))
    assert model.output_shape == (None, 26, 26, 10)
    assert model.layers[-1].count_params() == 170
    assert "its output is 26x26x10, with 170 parameters, not 10 values" in found.message


def test_effects_of_activations_behind_activations() -> None:
    x = np.linspace(-30, 30, 4001, dtype="float32").reshape(1, -1)
    names = [name for name in FUNCTIONS if name != "glu"]
    seen = set()
    for first, second in itertools.product(names, names):
        effect = redundant_activation.effect(first, second)
        once = function(first)(x)
        twice = function(second)(once)
        seen.add(effect.split(",")[-1])
        if effect.endswith("it changes nothing"):
            np.testing.assert_allclose(twice, once, atol=1e-6)
        elif effect.startswith("it can never"):
            assert np.min(twice) >= 0.5
        elif effect.startswith("of shares"):
            assert np.max(twice) < 0.001 or second == "sparsemax"
        elif not effect and first == second != "linear":
            assert not np.allclose(twice, once)
    assert len(seen) >= 4


def function(name: str) -> Any:
    keras = import_keras()
    return lambda x: np.asarray(keras.activations.get(name)(keras.ops.convert_to_tensor(x)))


@pytest.mark.parametrize(("kernel", "stride"), [(3, 2), (5, 2), (2, 3), (4, 2), (5, 3), (6, 3), (3, 1)])
def test_taps_of_a_transposed_convolution_are_what_its_outputs_add_up(kernel: int, stride: int) -> None:
    graph = legal(f"input 12x1\nconv_transpose(1, {kernel}, {stride}, bias=false, kernel_initializer=ones)")
    (summed,) = outputs(to_keras(graph), np.ones((1, 12, 1), "float32"))
    inner = summed[0, 2 * kernel : -2 * kernel, 0]
    (reach,) = Context(graph, {}).reaches[1] or ()
    assert {*inner.astype(int).tolist()} == {*checkerboard.taps(reach)}
    assert [d.code for d in checkerboard.check(Context(graph, {}))] == ["R307"] * (kernel % stride != 0)
