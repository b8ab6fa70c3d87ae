"""Weights of a file, or of a live torch module → the Keras model of the same network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_model import choose_keras_name, import_keras
from cnnspec.model_files.refusal import ModelRefused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnspec.graph import Graph
    from cnnspec.model_files.model_weights import ModelWeights


def give_file_weights(graph: Graph, model: Any, path: str) -> None:
    """Give the Keras model of a graph the weights of a file: of PyTorch or ONNX, of Keras, or of a run. Raises ModelRefused for the
    former, ExportFailed for the latter."""
    from cnnspec.compile.trained_models import take_weights
    from cnnspec.model_files.kinds import open_model

    opened = open_model(path)
    if opened is None:
        take_weights(model, path)
        return
    with opened as given:
        give_model_weights(graph, model, given)


def give_module_weights(graph: Graph, model: Any, module: Any, shapes: Sequence[tuple[int, ...]]) -> None:
    """The same with those of a torch module, for inputs of these shapes without the batch. Raises as `convert_torch_module` does."""
    from cnnspec.model_files.torch.live import open_module

    give_model_weights(graph, model, open_module(module, shapes))


def give_model_weights(graph: Graph, model: Any, weights: ModelWeights) -> None:
    """The same with those of a model of the same network, all of them or, where one is missing, none. Raises ModelRefused, and
    ValueError for the Keras model of another graph."""
    found = []
    for node, arrays in weights.find_arrays(graph):
        layer = model.get_layer(choose_keras_name(node))
        if [tuple(weight.shape) for weight in layer.weights] != [array.shape for array in arrays]:
            raise ValueError(f"the Keras model's {layer.name} has other weights than the spec's")
        found.append((layer, arrays))
    for layer, arrays in found:
        assign_weights(layer, arrays)


def give_live_weights(graph: Graph, model: Any, source: Any) -> None:
    """The same with those of the live Keras model that the graph was read from. Raises ModelRefused where a layer of one has not
    the weights of the other."""
    weighted = []
    for node in graph.nodes:
        shapes = graph.input_shapes(node)
        if node.layer is not None and node.shares is None and shapes is not None and node.layer.weights(shapes):
            weighted.append(node.index)
    give_paired_weights(graph, model, graph, source, {index: index for index in weighted})


def give_paired_weights(graph: Graph, model: Any, start: Graph, source: Any, pairs: Mapping[int, int]) -> None:
    """Give the Keras model of a graph weights of the live Keras model that another graph was read from: each node in `pairs` those of
    the other's node, all or none. Raises ModelRefused as `give_live_weights` does."""
    import numpy as np

    to_array = import_keras().ops.convert_to_numpy
    given = []
    for mine, theirs in pairs.items():
        node = graph.nodes[mine]
        found, taking = (
            find_live_layer(source, start.nodes[theirs].site.module),
            model.get_layer(choose_keras_name(node)),
        )
        if [tuple(w.shape) for w in found.weights] != [tuple(w.shape) for w in taking.weights]:
            raise ModelRefused(f"the weights of {node.name} are kept in another way than it takes them")
        # copies: JAX takes the memory of a model's weights when it predicts
        given.append((taking, [np.array(to_array(weight)) for weight in found.weights]))
    for taking, arrays in given:
        assign_weights(taking, arrays)


def assign_weights(layer: Any, arrays: Sequence[Any]) -> None:
    """Give a Keras layer its weights, in their order."""
    for weight, array in zip(layer.weights, arrays, strict=True):
        weight.assign(array)
    if hasattr(layer, "finalize_state"):  # a Normalization computes with constants that it makes of its weights
        layer.finalize_state()


def find_live_layer(model: Any, path: str) -> Any:
    """The layer of a live Keras model with a path through the models in it: "features/conv1"."""
    for name in path.split("/"):
        model = model.get_layer(name)
    return model
