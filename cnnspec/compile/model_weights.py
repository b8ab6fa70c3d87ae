"""Weights of a model of PyTorch or ONNX → the Keras model of the same network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_model import choose_keras_name

if TYPE_CHECKING:
    from cnnspec.graph import Graph
    from cnnspec.model_files import ModelWeights


def give_model_weights(graph: Graph, model: Any, weights: ModelWeights) -> None:
    """Give the Keras model of a graph the weights of a model of the same network, all of them or, where one is missing, none.
    Raises ModelRefused, and ValueError for the Keras model of another graph."""
    found = []
    for node, arrays in weights.find_arrays(graph):
        layer = model.get_layer(choose_keras_name(node))
        if [tuple(weight.shape) for weight in layer.weights] != [array.shape for array in arrays]:
            raise ValueError(f"the Keras model's {layer.name} has other weights than the spec's")
        found.append((layer, arrays))
    for layer, arrays in found:
        for weight, array in zip(layer.weights, arrays, strict=True):
            weight.assign(array)
