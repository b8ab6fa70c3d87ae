"""Normalisations: values brought to a common scale by statistics of their neighbours, then scaled and shifted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cnnspec.trace.reference.arrays import axes_of, fold, make_floats, mean_over, number, spread, sum_over
from cnnspec.trace.reference.definition import Array, Definition, Gradients, define_sum, gradients


# ---- mean 0 and variance 1 ---------------------------------------------------------------------------------
def variance_over(x: Array, axes: Sequence[int]) -> Array:
    """The mean of the squares of the distances from the mean."""
    return mean_over((x - mean_over(x, axes)) ** 2, axes)


def standardise(x: Array, axes: Sequence[int], epsilon: float) -> Array:
    """Values less their mean, by the root of their variance, both over some axes."""
    x = make_floats(x)
    return (x - mean_over(x, axes)) / np.sqrt(variance_over(x, axes) + epsilon)


def standardise_backward(gradient: Array, x: Array, axes: Sequence[int], epsilon: float) -> Array:
    """The mean and the variance depend on every value, too: dx = (dy - mean(dy) - y mean(dy y)) / deviation."""
    x = make_floats(x)
    y, deviation = standardise(x, axes, epsilon), np.sqrt(variance_over(x, axes) + epsilon)
    return (gradient - mean_over(gradient, axes) - y * mean_over(gradient * y, axes)) / deviation


# ---- bn ----------------------------------------------------------------------------------------------------
def bn(
    layer: Any, x: Array, moving_mean: Array, moving_variance: Array, gamma: Any = 1, beta: Any = 0, **gathered: Array
) -> Array:
    """gamma (x - mean) / sqrt(variance + epsilon) + beta, with the figures of each channel that training has gathered."""
    return normalise_by_moving(layer, x, moving_mean, moving_variance) * own(layer, gamma, x) + own(layer, beta, x)


def bn_backward(
    layer: Any, gradient: Array, x: Array, moving_mean: Array, moving_variance: Array, gamma: Any = 1, beta: Any = 0,
    **gathered: Array,
) -> Gradients:  # fmt: skip
    """The moving figures are constants."""
    normal = normalise_by_moving(layer, x, moving_mean, moving_variance)
    deviation = np.sqrt(make_floats(own(layer, moving_variance, x)) + layer.epsilon)
    apart = axes_of(layer.axis, x)
    return gradients(
        gradient * own(layer, gamma, x) / deviation, gamma=fold(gradient * normal, apart), beta=fold(gradient, apart)
    )


def normalise_by_moving(layer: Any, x: Array, mean: Array, variance: Array) -> Array:
    return make_floats(x - own(layer, mean, x)) / np.sqrt(make_floats(own(layer, variance, x)) + layer.epsilon)


def own(layer: Any, figures: Any, x: Array) -> Any:
    """Figures of the channels, shaped so that they meet the axis of the channels."""
    return spread(figures, axes_of(layer.axis, x), x)


def find_others(layer: Any, x: Array) -> list[int]:
    """The axes that a channel's statistics are over: the batch, and all but its own."""
    return [axis for axis in range(x.ndim) if axis not in axes_of(layer.axis, x)]


def bn_training(layer: Any, x: Array, gamma: Any = 1, beta: Any = 0, **gathered: Array) -> Array:
    """The same with each channel's mean and variance over this batch; with trainable=false by the moving ones all the same.

    With renorm=true the normal values are then brought to where the moving figures would have put them: y r + d.
    """
    if not layer.trainable:
        return bn(layer, x, gamma=gamma, beta=beta, **gathered)
    normal = renormalise(layer, standardise(x, find_others(layer, x), layer.epsilon), x, gathered)
    return normal * own(layer, gamma, x) + own(layer, beta, x)


def bn_training_backward(
    layer: Any, gradient: Array, x: Array, gamma: Any = 1, beta: Any = 0, **gathered: Array
) -> Gradients:
    """r and d of renorm=true are constants."""
    if not layer.trainable:
        return bn_backward(layer, gradient, x, gamma=gamma, beta=beta, **gathered)
    others, apart = find_others(layer, x), axes_of(layer.axis, x)
    normal = renormalise(layer, standardise(x, others, layer.epsilon), x, gathered)
    dnormal = gradient * own(layer, gamma, x) * find_correction(layer, x, gathered)[0]
    return gradients(
        standardise_backward(dnormal, x, others, layer.epsilon),
        gamma=fold(gradient * normal, apart),
        beta=fold(gradient, apart),
    )


def renormalise(layer: Any, normal: Array, x: Array, gathered: dict[str, Array]) -> Array:
    r, d = find_correction(layer, x, gathered)
    return normal * r + d


def find_correction(layer: Any, x: Array, gathered: dict[str, Array]) -> tuple[Any, Any]:
    """r = deviation / moving deviation and d = (mean - moving mean) / moving deviation, by renorm's own moving figures.

    Source: Ioffe, "Batch Renormalization" (2017).
    """
    if not layer.renorm:
        return 1, 0
    x = make_floats(x)
    mean, deviation = find_batch_figures(layer, x)
    moving_mean = own(layer, gathered["renorm_mean"], x)
    moving = np.maximum(own(layer, gathered["renorm_stddev"], x), layer.epsilon**0.5)
    return deviation / moving, (mean - moving_mean) / moving


def find_batch_figures(layer: Any, x: Array) -> tuple[Array, Array]:
    """Each channel's mean over the batch, and the root of its variance with epsilon."""
    others = find_others(layer, x)
    return mean_over(x, others), np.sqrt(variance_over(x, others) + layer.epsilon)


def bn_update(layer: Any, x: Array, **weights: Array) -> dict[str, Array]:
    """The moving figures behind a batch: momentum times the old one and (1 - momentum) times the batch's."""
    if not layer.trainable:
        return {}
    x, others, apart = make_floats(x), find_others(layer, x), axes_of(layer.axis, x)
    mean, variance = fold(mean_over(x, others), apart), fold(variance_over(x, others), apart)

    def move(name: str, figures: Array, momentum: float) -> Array:
        return weights[name] * momentum + figures * (1 - momentum)

    made = {"moving_mean": move("moving_mean", mean, layer.momentum)}
    if not layer.renorm:
        return made | {"moving_variance": move("moving_variance", variance, layer.momentum)}
    deviation = np.sqrt(variance + layer.epsilon)
    stddev = move("moving_stddev", deviation, layer.momentum)
    return made | {
        "moving_variance": np.maximum(stddev**2 - layer.epsilon, 0),
        "moving_stddev": stddev,
        "renorm_mean": move("renorm_mean", mean, layer.renorm_momentum),
        "renorm_stddev": move("renorm_stddev", deviation, layer.renorm_momentum),
    }


# ---- layer_norm --------------------------------------------------------------------------------------------
def layer_norm(layer: Any, x: Array, gamma: Any = 1, beta: Any = 0) -> Array:
    """Each example brought to mean 0 and variance 1 along an axis, or over several together."""
    axes = axes_of(layer.axis, x)
    return standardise(x, axes, layer.epsilon) * spread(gamma, axes, x) + spread(beta, axes, x)


def layer_norm_backward(layer: Any, gradient: Array, x: Array, gamma: Any = 1, beta: Any = 0) -> Gradients:
    axes = axes_of(layer.axis, x)
    return gradients(
        standardise_backward(gradient * spread(gamma, axes, x), x, axes, layer.epsilon),
        gamma=fold(gradient * standardise(x, axes, layer.epsilon), axes),
        beta=fold(gradient, axes),
    )


# ---- group_norm --------------------------------------------------------------------------------------------
def group_norm(layer: Any, x: Array, gamma: Any = 1, beta: Any = 0) -> Array:
    """Each example's channels, in groups, brought to mean 0 and variance 1 over all positions of a group."""
    normal = join_groups(standardise(*in_groups(layer, x), layer.epsilon), x)
    return normal * own(layer, gamma, x) + own(layer, beta, x)


def group_norm_backward(layer: Any, gradient: Array, x: Array, gamma: Any = 1, beta: Any = 0) -> Gradients:
    grouped, axes = in_groups(layer, x)
    dnormal, _ = in_groups(layer, gradient * own(layer, gamma, x))
    apart, normal = axes_of(layer.axis, x), join_groups(standardise(grouped, axes, layer.epsilon), x)
    return gradients(
        join_groups(standardise_backward(dnormal, grouped, axes, layer.epsilon), x),
        gamma=fold(gradient * normal, apart),
        beta=fold(gradient, apart),
    )


def in_groups(layer: Any, x: Array) -> tuple[Array, list[int]]:
    """The array with an axis of the groups before that of the channels, and the axes that are normalised together."""
    (axis,) = axes_of(layer.axis, x)
    groups = x.shape[axis] if layer.groups == -1 else layer.groups
    grouped = x.reshape(*x.shape[:axis], groups, x.shape[axis] // groups, *x.shape[axis + 1 :])
    return grouped, [a for a in range(1, grouped.ndim) if a != axis]


def join_groups(grouped: Array, x: Array) -> Array:
    return grouped.reshape(x.shape)


# ---- by a length -------------------------------------------------------------------------------------------
def rms_norm(layer: Any, x: Array, scale: Array) -> Array:
    """scale x / sqrt(mean(x^2) + epsilon) along an axis."""
    axes = axes_of(layer.axis, x)
    return divide_by_root(x, mean_over(x * x, axes) + number(layer.epsilon, x)) * spread(scale, axes, x)


def rms_norm_backward(layer: Any, gradient: Array, x: Array, scale: Array) -> Gradients:
    axes = axes_of(layer.axis, x)
    square, dnormal = mean_over(x * x, axes) + number(layer.epsilon, x), gradient * spread(scale, axes, x)
    normal = divide_by_root(x, square)
    dx = divide_by_root(dnormal - normal * mean_over(dnormal * normal, axes), square)
    return gradients(dx, scale=fold(gradient * normal, axes))


def divide_by_root(x: Array, square: Array) -> Array:
    return make_floats(x) / np.sqrt(make_floats(square))


SHORTEST = 1e-12  # a vector that is shorter is divided by this


def unit_normalization(layer: Any, x: Array) -> Array:
    """x / |x|: each example brought to length 1 along an axis, or over several together."""
    return bring_to_length_1(x, axes_of(layer.axis, x), SHORTEST)


def unit_normalization_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    return gradients(bring_to_length_1_backward(gradient, x, axes_of(layer.axis, x), SHORTEST))


def bring_to_length_1(x: Array, axes: Sequence[int], shortest: float) -> Array:
    x = make_floats(x)
    return x / np.maximum(np.sqrt(sum_over(x * x, axes)), shortest)


def bring_to_length_1_backward(gradient: Array, x: Array, axes: Sequence[int], shortest: float) -> Array:
    """dx = (dy - y sum(dy y)) / |x|; of a vector that is too short dy by that length."""
    x = make_floats(x)
    y, length = bring_to_length_1(x, axes, shortest), np.sqrt(sum_over(x * x, axes))
    along = y * sum_over(gradient * y, axes) * (length > shortest)
    return (gradient - along) / np.maximum(length, shortest)


# ---- by neighbouring channels ------------------------------------------------------------------------------
def lrn(layer: Any, x: Array) -> Array:
    """x / (k + alpha * mean)^beta, with the mean of the squares of `size` channels around, those beyond the ends being 0."""
    x = make_floats(x)
    return x / (layer.k + layer.alpha * (x * x) @ share_channels(layer, x).T) ** layer.beta


def lrn_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    """A value counts for itself, and in the means of the channels around."""
    x, shares = make_floats(x), share_channels(layer, x)
    scale = layer.k + layer.alpha * (x * x) @ shares.T
    around = (gradient * x * scale ** (-layer.beta - 1)) @ shares
    return gradients(gradient * scale**-layer.beta - 2 * layer.alpha * layer.beta * x * around)


def share_channels(layer: Any, x: Array) -> Array:
    """The share of each channel, a column, in the mean of each, a row: of an even window more lie before."""
    places = np.arange(x.shape[-1])
    away = places[None, :] - places[:, None]
    return ((away >= -(layer.size // 2)) & (away <= (layer.size - 1) // 2)) / layer.size


LAYERS = {
    "bn": define_sum(bn, bn_backward, Definition(bn_training, bn_training_backward), update=bn_update),
    "layer_norm": Definition(layer_norm, layer_norm_backward),
    "group_norm": Definition(group_norm, group_norm_backward),
    "rms_norm": Definition(rms_norm, rms_norm_backward),
    "lrn": Definition(lrn, lrn_backward),
    "unit_normalization": Definition(unit_normalization, unit_normalization_backward),
}
