"""Weights whose values are written down, in PyTorch: each layer that has some is made with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compile.torch_source.weight_layout import lay_out_for_torch
from cnnspec.layers.torch_call import TorchCall
from cnnspec.layers.weight import Values

if TYPE_CHECKING:
    from cnnspec.compile.torch_source.layer_calls import TorchLayer
    from cnnspec.graph import Graph


def begin_with_written(graph: Graph, layers: dict[int, TorchLayer]) -> dict[int, TorchLayer]:
    """The calls of every layer; those with weights that are written down go through a function that fills these in."""
    return {index: fill_in(graph, index, layer) for index, layer in layers.items()}


def fill_in(graph: Graph, index: int, layer: TorchLayer) -> TorchLayer:
    """The calls of one layer."""
    node = graph.nodes[index]
    shapes = graph.input_shapes(node)
    assert node.layer is not None and shapes is not None
    written = node.layer.written_weights(shapes)
    calls = []
    for call in layer.calls:
        given = {
            weight.name: Values(lay_out_for_torch(written[weight.keras], weight, layer.entering).nested())
            for weight in call.weights
            if weight.keras in written
        }
        calls.append(call.replace(around=(TorchCall("begin_with", given), *call.around)) if given else call)
    return layer.replace(calls=tuple(calls)) if written else layer
