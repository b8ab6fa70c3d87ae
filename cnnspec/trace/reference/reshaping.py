"""Layers that move values without computing: another shape, another order, some of the channels, blocks of positions."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnspec.trace.reference.arrays import give_cells, shapes_of, take_cells
from cnnspec.trace.reference.definition import Array, Gradients, define_sum, gradients


# ---- another shape -----------------------------------------------------------------------------------------
def reshape(layer: Any, x: Array) -> Array:
    """The same values in the same order, channels fastest; flatten: all in one row."""
    return x.reshape(len(x), *layer.output(shapes_of(x)))


def reshape_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    return gradients(gradient.reshape(x.shape))


def permute(layer: Any, x: Array) -> Array:
    """Axes in another order, counted from 1."""
    return x.transpose(find_order(layer))


def permute_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    return gradients(gradient.transpose(np.argsort(find_order(layer))))


def find_order(layer: Any) -> tuple[int, ...]:
    """The old axes in their new order, the batch first."""
    return (0, *(layer.order if isinstance(layer.order, tuple) else (layer.order,)))


def repeat(layer: Any, x: Array) -> Array:
    """A vector n times over."""
    return np.stack([x] * layer.n, axis=1)


def repeat_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    return gradients(gradient.sum(axis=1))


def identity(layer: Any, x: Array) -> Array:
    return x


def identity_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    return gradients(gradient)


# ---- channels ----------------------------------------------------------------------------------------------
def slice_channels(layer: Any, x: Array) -> Array:
    """Some of the channels, from `begin` up to, not including, `end`."""
    return take_cells(x, find_channels(layer, x), x.ndim - 1)


def slice_channels_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    """The other channels get nothing."""
    return gradients(give_cells(gradient, find_channels(layer, x), x.ndim - 1, x.shape[-1]))


def find_channels(layer: Any, x: Array) -> range:
    return range(x.shape[-1])[layer.begin : layer.end]


def channel_shuffle(layer: Any, x: Array) -> Array:
    """Channels dealt out anew, one of each group in turn."""
    return take_cells(x, deal_channels(layer, x), x.ndim - 1)


def channel_shuffle_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    return gradients(give_cells(gradient, deal_channels(layer, x), x.ndim - 1, x.shape[-1]))


def deal_channels(layer: Any, x: Array) -> list[int]:
    """For each new channel the old one: the first of each group, the second of each, and so on."""
    size = x.shape[-1] // layer.groups
    return [group * size + place for place in range(size) for group in range(layer.groups)]


# ---- blocks of positions -----------------------------------------------------------------------------------
def depth_to_space(layer: Any, x: Array) -> Array:
    """Channels become positions: those of a position fill a block of size x size. With order=dcr a channel's number is
    (place in the block, channel left), with order=crd (channel left, place in the block)."""
    *space, channels = x.shape[1:]
    rank, size = len(space), layer.size
    left = channels // size**rank
    split = x.reshape(len(x), *space, *((*[size] * rank, left) if layer.order == "dcr" else (left, *[size] * rank)))
    first = 1 + rank if layer.order == "dcr" else 2 + rank  # the axis of a block's rows
    pairs = [axis for place in range(rank) for axis in (1 + place, first + place)]
    depth = 1 + 2 * rank if layer.order == "dcr" else 1 + rank
    return split.transpose(0, *pairs, depth).reshape(len(x), *[n * size for n in space], left)


def space_to_depth(layer: Any, x: Array) -> Array:
    """The other way round: the positions of a block become channels of one position."""
    *space, channels = x.shape[1:]
    rank, size = len(space), layer.size
    split = x.reshape(len(x), *[n for whole in space for n in (whole // size, size)], channels)
    blocks, inner = [1 + 2 * place for place in range(rank)], [2 + 2 * place for place in range(rank)]
    depth = [*inner, 1 + 2 * rank] if layer.order == "dcr" else [1 + 2 * rank, *inner]
    return split.transpose(0, *blocks, *depth).reshape(len(x), *[n // size for n in space], channels * size**rank)


def depth_to_space_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    """Every value goes back to where it came from."""
    return gradients(space_to_depth(layer, gradient))


def space_to_depth_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    return gradients(depth_to_space(layer, gradient))


LAYERS = {
    "flatten": define_sum(reshape, reshape_backward),
    "reshape": define_sum(reshape, reshape_backward),
    "permute": define_sum(permute, permute_backward),
    "repeat": define_sum(repeat, repeat_backward),
    "identity": define_sum(identity, identity_backward),
    "slice": define_sum(slice_channels, slice_channels_backward),
    "channel_shuffle": define_sum(channel_shuffle, channel_shuffle_backward),
    "depth_to_space": define_sum(depth_to_space, depth_to_space_backward),
    "space_to_depth": define_sum(space_to_depth, space_to_depth_backward),
}
