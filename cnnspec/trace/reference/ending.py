"""What several layers with weights end or begin with: an activation behind the sums, a kernel that is changed before."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnspec.trace.reference.activation import apply, go_back
from cnnspec.trace.reference.arrays import make_floats
from cnnspec.trace.reference.definition import Array, Definition, Gradients


def with_activation(sums: Any, sums_backward: Any) -> Definition:
    """The definition of a layer whose sums go through the function that its argument `activation` names."""

    def forward(layer: Any, x: Array, **weights: Array) -> Array:
        return apply(layer.activation, sums(layer, x, **weights))

    def backward(layer: Any, gradient: Array, x: Array, **weights: Array) -> Gradients:
        inner = go_back(layer.activation, gradient, sums(layer, x, **weights))
        found: Gradients = sums_backward(layer, inner, x, **weights)
        return found

    return Definition(forward, backward, sums=(sums, sums_backward))


def with_spectral_norm(plain: Definition, name: str = "kernel") -> Definition:
    """A definition for a layer that may normalise the spectrum of its kernel, the weight of this name.

    With `spectral_norm`, a training step first divides the kernel by the estimate of its largest singular value, and goes on
    with what came out, which is what the gradient is of, as in Keras. Otherwise the kernel is used as it is.
    """

    def update(layer: Any, x: Array, **weights: Array) -> dict[str, Array]:
        if layer.spectral_norm is None:
            return {}
        kernel, vector = divide_by_largest(weights[name], weights["vector_u"], layer.spectral_norm)
        return {name: kernel, "vector_u": vector}

    def forward(layer: Any, x: Array, vector_u: Array | None = None, **weights: Array) -> Array:
        return plain.forward(layer, x, **weights)

    def backward(layer: Any, gradient: Array, x: Array, vector_u: Array | None = None, **weights: Array) -> Gradients:
        return plain.backward(layer, gradient, x, **weights)

    def train(layer: Any, x: Array, **weights: Array) -> Array:
        return forward(layer, x, **(weights | update(layer, x, **weights)))

    def train_backward(layer: Any, gradient: Array, x: Array, **weights: Array) -> Gradients:
        return backward(layer, gradient, x, **(weights | update(layer, x, **weights)))

    return Definition(forward, backward, Definition(train, train_backward), update, sums=plain.sums)


def divide_by_largest(kernel: Array, vector_u: Array, iterations: int) -> tuple[Array, Array]:
    """The kernel by the estimate of its largest singular value, and the vector of the estimate, after some power iterations.

    The kernel counts as a matrix with a column for each place of its last axis: v = u Wᵀ and u = v W, both brought to
    length 1, in turn; the singular value is v W uᵀ. A kernel of zeros stays.

    Source: Miyato et al., "Spectral Normalization for Generative Adversarial Networks" (2018), algorithm 1.
    """
    matrix, u = make_floats(kernel).reshape(-1, kernel.shape[-1]), make_floats(vector_u)
    if not matrix.any():
        return kernel, vector_u
    for _ in range(iterations):
        v = u @ matrix.T
        v = v / np.sqrt((v * v).sum())
        u = v @ matrix
        u = u / np.sqrt((u * u).sum())
    return kernel / (v @ matrix @ u.T), u
