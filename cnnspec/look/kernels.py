"""The kernels of the first convolution, filter by filter: what a trained network asks of the pixels themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.look.network_graph import find_kernel

if TYPE_CHECKING:
    import numpy as np

    from cnnspec.look.opened import OpenedNetwork

    Array = np.ndarray[Any, Any]


class Kernels(Record):
    """`filters` (N, kH, kW, C) are those of a layer; `averaged`: each is the mean over so many channels, 0 where C is all."""

    layer: str
    filters: Array
    averaged: int


def find_kernels(network: OpenedNetwork) -> Kernels | None:
    """The kernels of the first convolution; None where there is none. More channels than an image has are averaged."""
    import numpy as np

    if not network.convolutions:
        return None
    node = network.convolutions[0]
    owner = network.graph.nodes[node.index if node.shares is None else node.shares]
    found = find_kernel(owner, network.graph)
    assert found is not None
    place, weight = found
    filters = np.moveaxis(network.find_weights(owner)[place], weight.drawn.leading, (0, 3))
    if weight.drawn.alike:  # of a depthwise kernel each channel and output is a filter of its own
        filters = np.moveaxis(filters, 3, 1).reshape(-1, *filters.shape[1:3], 1)
    channels = filters.shape[-1]
    averaged = 0 if channels in (1, 3) else channels
    return Kernels(node.name, filters.mean(axis=-1, keepdims=True) if averaged else filters, averaged)
