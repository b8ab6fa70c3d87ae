"""The definitions of all layers, by the layer's word; an operation of which nothing is known has none."""

from __future__ import annotations

from cnnspec.trace.reference import (
    activation_layers,
    convolution,
    dense,
    edges,
    merging,
    normalization,
    pooling,
    preprocessing,
    reducing,
    regularization,
    resampling,
    reshaping,
    transposed,
)
from cnnspec.trace.reference.definition import Definition

FAMILIES = (
    convolution, transposed, dense, pooling, reducing, normalization, regularization, activation_layers, merging, reshaping,
    edges, resampling, preprocessing,
)  # fmt: skip
DEFINITIONS: dict[str, Definition] = {word: found for family in FAMILIES for word, found in family.LAYERS.items()}
