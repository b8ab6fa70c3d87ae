"""Weights begin as Keras begins them: its initializers' distributions, and the numbers of every layer that begins with certain ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnspec.compile.keras_model import convert_argument, to_keras
from cnnspec.layers.argument import Term
from cnnspec.layers.weight import find_beginning
from cnnspec.layers.words import INITIALIZERS, initializer
from cnnspec.trace.errors import NoTrace
from cnnspec.trace.initial import BEGIN, begin_weight, is_drawn
from cnnspec.trace.weights import find_weights
from tests.support import legal

CONV, DEPTHWISE, DENSE, BIAS = (3, 3, 16, 128), (5, 5, 400, 2), (300, 70), (20_000,)
SHAPES = (CONV, DEPTHWISE, DENSE, BIAS)
SOME = np.linspace(0.02, 0.98, 25)  # of the numbers, which lie below a quantile


def make(name: str, **arguments: Any) -> Term:
    made: Term = initializer(Term(name, (), tuple(arguments.items())))
    return made


def draw_in_keras(term: Term, shape: tuple[int, ...]) -> Any:
    import keras

    return keras.ops.convert_to_numpy(convert_argument(term, keras)(shape, dtype="float32")).astype(float)


DRAWN = {
    **{name: make(name) for name, (_, arguments) in INITIALIZERS.items() if "seed" in arguments and name != "orthogonal"},
    "a normal one elsewhere": make("random_normal", mean=2, stddev=0.5),
    "a uniform one elsewhere": make("random_uniform", minval=1, maxval=3),
    "a truncated one elsewhere": make("truncated_normal", mean=-1, stddev=3),
    **{
        f"scaling by {mode}, {distribution}": make("variance_scaling", scale=3, mode=mode, distribution=distribution)
        for mode in ("fan_in", "fan_out", "fan_avg")
        for distribution in ("truncated_normal", "untruncated_normal", "uniform")
    },
}  # fmt: skip


@pytest.mark.kernels
@pytest.mark.parametrize("name", DRAWN)
def test_drawn_numbers_are_distributed_as_in_keras(name: str) -> None:
    for shape in SHAPES:
        here, there = begin_weight(shape, DRAWN[name], 1), draw_in_keras(DRAWN[name], shape)
        assert here.shape == shape
        spread = there.std()
        assert abs(here.mean() - there.mean()) < 0.05 * spread
        assert abs(here.std() / spread - 1) < 0.03
        assert np.abs(np.quantile(here, SOME) - np.quantile(there, SOME)).max() < 0.1 * spread


@pytest.mark.kernels
@pytest.mark.parametrize("shape", [(3, 3, 4, 8), (2, 2, 3, 20), (10, 20), (20, 10)])
def test_orthogonal_matrices_are_those_of_keras(shape: tuple[int, ...]) -> None:
    term = make("orthogonal", gain=3)
    for made in (begin_weight(shape, term, 1), draw_in_keras(term, shape)):
        matrix = made.reshape(-1, shape[-1])
        matrix = matrix if len(matrix) >= shape[-1] else matrix.T
        assert np.allclose(matrix.T @ matrix, 9 * np.eye(matrix.shape[1]), atol=1e-5)


def test_orthogonal_matrices_have_no_preferred_side() -> None:
    """Without the signs of R every first entry on the diagonal of Q has one sign."""
    signs = [np.sign(begin_weight((3, 3), make("orthogonal"), seed)[0, 0]) for seed in range(40)]
    assert 8 < signs.count(1) < 32


def test_every_initializer_of_the_language_is_known() -> None:
    assert set(BEGIN) == {cls for cls, _ in INITIALIZERS.values()}


@pytest.mark.parametrize(("term", "shape", "wanted"), [
    (make("zeros"), (2,), "0 0"),
    (make("ones"), (1, 2), "1 1"),
    (make("constant", value=0.1), (2,), "1/10 1/10"),
    (make("constant", value=[1, 1 / 3]), (2, 2), "1 1/3 1 1/3"),
    (make("constant", value=[[1], [2]]), (2, 2), "1 1 2 2"),
])  # fmt: skip
def test_what_is_not_drawn_is_exact(term: Term, shape: tuple[int, ...], wanted: str) -> None:
    made = begin_weight(shape, term)
    assert made.shape == shape
    assert " ".join(map(str, made.ravel())) == wanted
    assert np.array_equal(made.astype("float32"), draw_in_keras(term, shape).astype("float32"))


def test_the_seeds_alone_say_what_is_drawn() -> None:
    term, own = make("he_normal"), make("he_normal", seed=3)
    one = begin_weight((4, 4), term, 1, "conv1", "kernel")
    assert np.array_equal(one, begin_weight((4, 4), term, 1, "conv1", "kernel"))
    for other in [(2, "conv1", "kernel"), (1, "conv2", "kernel"), (1, "conv1", "bias"), (1, "conv", "1kernel")]:
        assert not np.array_equal(one, begin_weight((4, 4), term, *other))
    assert np.array_equal(begin_weight((4, 4), own, 1, "conv1"), begin_weight((4, 4), own, 2, "conv2"))


@pytest.mark.parametrize(("name", "wanted"), [
    ("glorot_uniform", [1.20199, -0.523446, 0.283526, -0.434368]), ("he_normal", [-1.764796, 1.15194, -1.876106, -0.625556]),
])  # fmt: skip
def test_what_is_drawn_never_changes(name: str, wanted: list[float]) -> None:
    """It is printed in lectures and exercises."""
    assert np.round(begin_weight((2, 2), make(name), 1, "conv1", "kernel").ravel(), 6).tolist() == wanted


def test_orthogonal_begins_no_bias() -> None:
    with pytest.raises(NoTrace, match="orthogonal begins no weight of one axis"):
        begin_weight((4,), make("orthogonal"), 1)


# One layer of each kind that has a weight which begins in a way of its own, wide enough for what is drawn to be measured.
LAYERS = """
input 6x6x40
conv(400, 3x3, spectral_norm=1, kernel_initializer=none, bias_initializer=none) as conv
bn(renorm=true) as bn
rms_norm as rms
layer_scale(init=0.25) as scale
affine(beta_initializer=constant(3)) as affine
prelu(alpha_initializer=constant(0.25)) as slopes
depthwise_conv(3x3, multiplier=2, depthwise_initializer=he_normal, bias_initializer=ones) as deep
separable_conv(30, 1x1, depthwise_initializer=lecun_uniform) as apart
conv_transpose(50, 3x3) as transposed
group_norm(5) as groups
normalization as standard
flatten -> dense(900, spectral_norm=1) as dense
"""


@pytest.mark.kernels
def test_layers_begin_as_in_keras() -> None:
    graph = legal(LAYERS)
    model, found = to_keras(graph), find_weights(graph, None, 1).weights
    assert len(found) == 12
    for node in graph.nodes:
        if node.name not in found:
            continue
        assert node.layer is not None
        shapes = graph.input_shapes(node)
        assert shapes is not None
        weights, there = node.layer.weights(shapes), model.get_layer(node.name).weights
        for weight, variable in zip(weights, there, strict=True):
            here, wanted, term = (
                found[node.name][weight.name],
                np.asarray(variable, float),
                find_beginning(node.layer, weight),
            )
            assert here.shape == wanted.shape, (node.name, weight.name)
            assert term is not None
            if is_drawn(term):
                assert abs(here.std() / wanted.std() - 1) < 0.15, (node.name, weight.name)
            else:
                assert np.array_equal(here.astype(float), wanted), (node.name, weight.name)
