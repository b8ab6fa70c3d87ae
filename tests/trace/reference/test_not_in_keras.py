"""Layers that Keras cannot compute, or computes wrongly: held to layers that it does compute, to NumPy, and to their slopes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cnnspec.trace.reference.activation import sparsemax, sparsemax_backward
from cnnspec.trace.reference.compute import compute, compute_gradients
from tests.layer_examples import REFUSED
from tests.trace.reference.drawing import differ, draw, draw_inputs, draw_weights, find_layers

Arrays = dict[str, Any]


def sample(text: str) -> tuple[Any, list[Any], Arrays]:
    """The layer of a spec of one, with drawn inputs and weights."""
    ((graph, node),) = find_layers(text)
    shapes, random = graph.input_shapes(node), np.random.default_rng(1)
    assert node.layer is not None and shapes is not None
    return node.layer, draw_inputs(node.layer, shapes, random), draw_weights(node.layer, shapes, random)


def same_as(text: str, *inputs: Any, **weights: Any) -> Any:
    """What another layer makes of inputs; its own shape stands in the text."""
    ((_, node),) = find_layers(f"input {'x'.join(map(str, inputs[0].shape[1:]))}\n{text}")
    assert node.layer is not None
    return compute(node.layer, inputs, weights)


def insert_zeros(x: Any, stride: int) -> Any:
    """A map with zeros between its cells."""
    made = np.zeros((len(x), *[(n - 1) * stride + 1 for n in x.shape[1:-1]], x.shape[-1]))
    made[(slice(None), *[slice(None, None, stride)] * (x.ndim - 2))] = x
    return made


def paint_groups(x: Any, w: Arrays) -> Any:
    """Two transposed convolutions side by side."""
    halves = zip(np.split(x, 2, axis=-1), np.split(w["kernel"], 2, axis=-1), np.split(w["bias"], 2), strict=True)
    return np.concatenate(
        [same_as("conv_transpose(2, 4x4, stride=2, padding=1)", part, kernel=k, bias=b) for part, k, b in halves], -1
    )


def windows_of(x: Any, reach: int, stride: int) -> Any:
    """A map's windows of reach x reach cells: the last two axes."""
    return np.lib.stride_tricks.sliding_window_view(x, (reach, reach), axis=(1, 2))[:, ::stride, ::stride]


def standard(kernel: Any) -> Any:
    return (kernel - kernel.mean(axis=(0, 1, 2))) / np.sqrt(kernel.var(axis=(0, 1, 2)) + 1e-6)


def depthwise_as_groups(kernel: Any) -> Any:
    """A depthwise kernel as that of a convolution whose groups are the channels."""
    return kernel.reshape(*kernel.shape[:-2], 1, -1)


# Each with the same from what is known to be right: functions of the input and the weights.
CASES: dict[str, Callable[[Any, Arrays], Any]] = {
    "input 11x11x3\nconv(2, 3x3, stride=2, dilation=2)": lambda x, w: same_as("conv(2, 3x3, dilation=2)", x, **w)[:, ::2, ::2],
    "input 11x4\nconv(4, 3, stride=3, dilation=2, groups=2, padding=2)": (
        lambda x, w: same_as("conv(4, 3, dilation=2, groups=2, padding=2)", x, **w)[:, ::3]
    ),
    "input 9x9x4\nconv(6, 3x3, padding=1, standardized=true, gain=true)": (
        lambda x, w: same_as("conv(6, 3x3, padding=1)", x, kernel=standard(w["kernel"]) * w["gain"], bias=w["bias"])
    ),
    "input 5x5x2\nconv(3, 3x3, gain=true)": lambda x, w: same_as("conv(3, 3x3)", x, kernel=w["kernel"] * w["gain"], bias=w["bias"]),
    "input 7x6x3\ndepthwise_conv(3x3, stride=2x1, multiplier=2)": (
        lambda x, w: same_as("depthwise_conv(3x3, multiplier=2)", x, **w)[:, ::2]
    ),
    "input 5x4x6x2\ndepthwise_conv(3, multiplier=2, padding=1)": (
        lambda x, w: same_as("conv(4, 3, padding=1, groups=2)", x, kernel=depthwise_as_groups(w["kernel"]), bias=w["bias"])
    ),
    "input 5x4x6x2\nseparable_conv(3, 3, bias=false)": lambda x, w: same_as(
        "conv(3, 1, bias=false)",
        same_as("conv(2, 3, groups=2, bias=false)", x, kernel=depthwise_as_groups(w["depthwise_kernel"])),
        kernel=w["pointwise_kernel"],
    ),
    "input 4x4x3\nconv_transpose(2, 3x3, stride=2, dilation=2)": (
        lambda x, w: same_as("conv_transpose(2, 3x3, dilation=2)", insert_zeros(x, 2), **w)
    ),
    "input 7x7x8\nconv_transpose(4, 4x4, stride=2, padding=1, groups=2)": paint_groups,
    "input 9x8x3\nmaxpool(3x3, stride=2, dilation=2)": (
        lambda x, w: windows_of(x, 5, 2)[..., ::2, ::2].max(axis=(-2, -1))
    ),
    "input 6x8x2\nadaptive_avgpool(1x4)": lambda x, w: same_as("avgpool(6x2)", x),
    "input 6x8x2\nadaptive_maxpool(1x4)": lambda x, w: same_as("maxpool(6x2)", x),
    "input 5x7x3\nrms_norm(axis=1)": (
        lambda x, w: same_as("rms_norm", x.swapaxes(1, 3), **w).swapaxes(1, 3)
    ),
    "input 6x6x4\nlayer_scale(1, single=true)": lambda x, w: x * w["kernel"][0],
    "input 6x6x4\naffine(single=true)": lambda x, w: x * w["kernel"][0] + w["bias"][0],
    "input 6x5x4\naffine(scale=false, axis=(1, 2, 3))": lambda x, w: x + w["bias"],
    "input 6x5x4\naffine(scale=false, axis=1)": lambda x, w: x + w["bias"],
    "input 4x3x2\nreduce_l2((1, 2, 3), keepdims=true)": lambda x, w: np.sqrt((x**2).sum(axis=(1, 2, 3), keepdims=True)),
    "input 5x7\nlrn(4, alpha=0.5, beta=0.6, k=2)": lambda x, w: np.stack([
        x[..., c] / (2 + 0.5 * (x[..., max(c - 2, 0) : c + 2] ** 2).sum(axis=-1) / 4) ** 0.6 for c in range(7)
    ], axis=-1),
    "input 6x5x2\npad(1, mode=edge)": lambda x, w: np.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)], mode="edge"),
    "input 6x5x2\npad(((1, 2), (3, 0)), mode=circular)": (
        lambda x, w: np.pad(x, [(0, 0), (1, 2), (3, 0), (0, 0)], mode="wrap")
    ),
    "input 7x3\nupsample(2, interpolation=bilinear)": (
        lambda x, w: same_as("upsample(2x1, interpolation=bilinear)", x[:, :, None])[:, :, 0]
    ),
    "input 3x4x2x2\nupsample(2, interpolation=bicubic)": lambda x, w: np.stack([
        same_as("upsample(2, interpolation=bicubic)", plane) for plane in np.moveaxis(
            same_as("upsample(2x1, interpolation=bicubic)", x.reshape(2, 3, 8, 2)).reshape(2, 6, 4, 2, 2), 1, 0)
    ], axis=1),
    "input 5x1x2\nresize(9, 1, align_corners=true)": lambda x, w: np.stack([
        [np.interp(np.linspace(0, 4, 9), range(5), example[:, 0, c]) for c in range(2)] for example in x
    ]).swapaxes(1, 2)[:, :, None],
}  # fmt: skip


@pytest.mark.parametrize("text", CASES)
def test_it_is_what_other_layers_make_of_it(text: str) -> None:
    layer, (x,), weights = sample(text)
    assert not differ(compute(layer, [x], weights), CASES[text](x, weights), 1e-12)


SLOPED = [
    *CASES,
    *[text for layer, text in REFUSED if layer.__name__ != "Opaque" and "\n" in text],
    "input 5x6\nsparsemax",
]
SLOPED += ["input 7x7x2\nresize(4, 12, interpolation=bicubic, align_corners=true)", "input 4\nactivation(celu)"]


SMALL = 4000  # values of an input that is tried


@pytest.mark.parametrize("text", dict.fromkeys(SLOPED))
def test_gradients_are_slopes(text: str) -> None:
    """The output's change along any direction of inputs and weights is the sum of what the gradients say of it."""
    random, step = np.random.default_rng(7), 1e-5
    for graph, node in find_layers(text):
        shapes: Any = graph.input_shapes(node)
        layer: Any = node.layer
        if np.prod(shapes[0]) > SMALL:
            continue
        inputs, weights = draw_inputs(layer, shapes, random), draw_weights(layer, shapes, random)
        moves = [draw(x.shape, random) for x in inputs], {name: draw(w.shape, random) for name, w in weights.items()}

        def shifted(
            by: float, layer: Any = layer, inputs: Any = inputs, weights: Any = weights, moves: Any = moves
        ) -> Any:
            given = [x + by * move for x, move in zip(inputs, moves[0], strict=True)]
            return compute(layer, given, {name: w + by * moves[1][name] for name, w in weights.items()})

        gradient = draw(shifted(0).shape, random)
        back = compute_gradients(layer, gradient, inputs, weights)
        told = sum([(g * move).sum() for g, move in zip(back.inputs, moves[0], strict=True)])  # type: ignore[operator]
        told += sum([(g * moves[1][name]).sum() for name, g in back.weights.items()])
        found = ((shifted(step) - shifted(-step)) * gradient).sum() / (2 * step)
        assert abs(told - found) <= 1e-6 * max(1, abs(found)), node.name


def test_sparsemax_is_the_nearest_point_of_the_simplex() -> None:
    """No point of the simplex is nearer: from the point found, no corner lies on the side of what was projected."""
    random = np.random.default_rng(1)
    for scale in (0.1, 0.5, 1, 3):
        x = random.normal(size=(40, 6)) * scale
        y = sparsemax(x, -1)
        assert (y >= 0).all() and np.allclose(y.sum(axis=-1), 1)
        corners = np.eye(6)[None] - y[:, None]
        assert ((corners * (x - y)[:, None]).sum(axis=-1) <= 1e-12).all()
    kept = [int((row > 0).sum()) for row in sparsemax(random.normal(size=(40, 6)) * 0.5, -1)]
    assert len(set(kept)) > 3
    assert np.allclose(sparsemax(np.array([[1.0, 0.5, -1.0]]), -1), [[0.75, 0.25, 0]])  # (1 - t) + (0.5 - t) = 1
    assert np.allclose(sparsemax_backward(np.array([[1.0, 0, 5]]), np.array([[1.0, 0.5, -1.0]]), -1), [[0.5, -0.5, 0]])
