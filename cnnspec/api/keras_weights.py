"""Weights for the Keras model of a network: of a file, or of a PyTorch module."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnspec.graph import Graph
    from cnnspec.network import AnalysedNetwork


def give_weights(network: AnalysedNetwork, model: Any, weights: Any) -> None:
    """Give the Keras model of a network the weights of a file, of a PyTorch module, or of its state. ValueError for those of another
    network, FileNotFoundError where there is no such file, TypeError for what is none of these."""
    from cnnspec.compile.model_weights import give_model_weights
    from cnnspec.compile.torch_model import take_torch_weights
    from cnnspec.model_files import ModelRefused, open_torch_module

    try:
        if isinstance(weights, (str, os.PathLike)):
            give_file_weights(network.graph, model, os.fspath(weights))
        elif not hasattr(weights, "state_dict") or is_own_module(network, weights):
            take_torch_weights(network, model, weights)
        else:
            given = open_torch_module(weights, find_torch_shapes(network.graph))
            give_model_weights(network.graph, model, given)
    except ModelRefused as refusal:
        raise ValueError(str(refusal)) from None


def give_file_weights(graph: Graph, model: Any, path: str) -> None:
    """The weights of a file, or of a run. Raises ModelRefused, ValueError, FileNotFoundError."""
    from cnnspec.compile.export import ExportFailed
    from cnnspec.compile.model_weights import give_model_weights
    from cnnspec.compile.trained_models import take_weights
    from cnnspec.model_files import open_model

    if not os.path.exists(path):
        raise FileNotFoundError(2, f"there is no such file: {path}")
    opened = open_model(path)
    if opened is not None:
        with opened as given:
            give_model_weights(graph, model, given)
        return
    try:
        take_weights(model, path)
    except ExportFailed as error:
        raise ValueError(str(error)) from None


def is_own_module(network: AnalysedNetwork, module: Any) -> bool:
    """Whether a PyTorch module is the one that `to_torch` makes of a network, by the names in its state."""
    from cnnspec.compile.torch_source import NotInTorch, print_module

    try:
        own = {place.name for place in print_module(network).places}
    except NotInTorch:
        return False
    return own == {name for name in module.state_dict() if not name.endswith("num_batches_tracked")}


def find_torch_shapes(graph: Graph) -> list[tuple[int, ...]]:
    """The shapes of a network's inputs as PyTorch has them, channels first. Raises ValueError where a size is unknown."""
    shapes = []
    for index in graph.inputs:
        sizes = [size for size in graph.nodes[index].shape or () if isinstance(size, int)]
        if not sizes or len(sizes) < len(graph.nodes[index].shape or ()):
            raise ValueError("the weights of a module are taken for an input of known size: give the spec one")
        shapes.append((sizes[-1], *sizes[:-1]))
    return shapes
