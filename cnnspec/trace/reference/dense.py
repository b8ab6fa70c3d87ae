"""Layers that weigh values: dense, layer_scale, affine, and the embedding, which looks weights up."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnspec.trace.reference.arrays import axes_of, fold, spread, sum_channels, sum_over, zeros
from cnnspec.trace.reference.convolution import mix_channels_backward
from cnnspec.trace.reference.definition import Array, Definition, Gradients, define_sum, gradients
from cnnspec.trace.reference.ending import with_activation, with_spectral_norm


def dense(layer: Any, x: Array, kernel: Array, bias: Any = 0) -> Array:
    """y[u] = bias[u] + sum over the channels c of x[c] * kernel[c, u]; of a map, at every position."""
    return x @ kernel + bias


def dense_backward(layer: Any, gradient: Array, x: Array, kernel: Array, bias: Any = 0) -> Gradients:
    """dx = dy Wᵀ, dW = xᵀ dy."""
    dx, dkernel = mix_channels_backward(gradient, x, kernel, 1)
    return gradients(dx, kernel=dkernel, bias=sum_channels(gradient))


def layer_scale(layer: Any, x: Array, kernel: Array) -> Array:
    """Every channel by its factor; with single=true all by one."""
    return x * kernel


def layer_scale_backward(layer: Any, gradient: Array, x: Array, kernel: Array) -> Gradients:
    dkernel = sum_channels(gradient * x)
    return gradients(gradient * kernel, kernel=dkernel.sum(keepdims=True) if layer.single else dkernel)


def affine(layer: Any, x: Array, kernel: Any = 1, bias: Any = 0) -> Array:
    """Every value by a factor, and an offset added: those of its channel, or of its place on other axes; or of all."""
    return x * spread_factors(layer, x, kernel) + bias


def affine_backward(layer: Any, gradient: Array, x: Array, kernel: Any = 1, bias: Any = 0) -> Gradients:
    """A factor and an offset get the sum over all values that have them."""
    dkernel = fold_into(gradient * x, kernel) if layer.single else fold(gradient * x, axes_of(layer.axis, x))
    return gradients(gradient * spread_factors(layer, x, kernel), kernel=dkernel, bias=fold_into(gradient, bias))


def spread_factors(layer: Any, x: Array, kernel: Any) -> Any:
    return kernel if layer.single else spread(kernel, axes_of(layer.axis, x), x)


def fold_into(gradient: Array, offsets: Any) -> Array:
    """The gradient of offsets that were added to the last axes, repeated where they have one: the sum over the others."""
    shape = np.shape(offsets)
    first = gradient.ndim - len(shape)
    others = [axis for axis in range(gradient.ndim) if axis < first or shape[axis - first] == 1]
    return sum_over(gradient, others).reshape(shape)


def embedding(layer: Any, x: Array, embeddings: Array) -> Array:
    """For each word's number its row of the table. mask_zero changes no value here: it tells layers behind which words to leave
    out, and none here asks for that."""
    return embeddings[x.astype(int)]


def embedding_backward(layer: Any, gradient: Array, x: Array, embeddings: Array) -> Gradients:
    """A row gets the sum of what all the places that it stands at get; a number has no gradient."""
    given = zeros(embeddings.shape, embeddings)
    np.add.at(given, x.astype(int), gradient)
    return gradients(None, embeddings=given)


LAYERS = {
    "dense": with_spectral_norm(with_activation(dense, dense_backward)),
    "layer_scale": define_sum(layer_scale, layer_scale_backward),
    "affine": define_sum(affine, affine_backward),
    "embedding": with_spectral_norm(Definition(embedding, embedding_backward), "embeddings"),
}
