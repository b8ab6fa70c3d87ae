"""Models of frameworks → graph: saved in a file, built into the framework, or live in the caller's Python.

A file is read as data: nothing that it carries is loaded, imported or run, and its framework need not be installed. Each
layer is proved: a layer of the language stands for it only if it would become exactly that layer again. A model with any
other layer is refused, with the reason for each.
"""

from __future__ import annotations

from cnnspec.model_files.refusal import ModelRefused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from typing import Any

    import keras
    import torch

    from cnnspec.graph import Graph
    from cnnspec.layers.shape import Shape
    from cnnspec.model_files.keras.finding import FoundLayer as FoundLayer
    from cnnspec.model_files.model_weights import ModelWeights


def is_model_file(path: str) -> bool:
    """Whether a path leads to a model, read or not, by its ending and first bytes; everything else is for a spec."""
    from cnnspec.model_files.kinds import find_kind

    return find_kind(path) is not None


def list_endings() -> tuple[str, ...]:
    """How the names of the files end that are read."""
    from cnnspec.model_files.kinds import READERS

    return tuple(READERS)


def read_graph(path: str) -> Graph:
    """The graph of a model file. Nodes have the names that a person gave. Raises ModelRefused."""
    from cnnspec.model_files.kinds import read_graph as read

    return read(path)


def open_model(path: str) -> AbstractContextManager[ModelWeights] | None:
    """The model in a file of PyTorch or ONNX, open for its weights; None for any other path. Raises ModelRefused."""
    from cnnspec.model_files.kinds import open_model as open_

    return open_(path)


def read_named_graph(path: str, name: str) -> Graph:
    """The graph of a model file, all of its layers named, each at its place; `name` is what the file is called there.
    Raises ModelRefused."""
    return name_graph(read_graph(path), name)


def name_graph(graph: Graph, name: str) -> Graph:
    """The graph of a model with all of its layers named, each at its place; `name` is what the model is called there."""
    from cnnspec.model_files.places import place_layers

    for node in graph.nodes:
        node.given = node.name
    graph.assign_names()
    place_layers(graph, name)
    return graph


def find_foreign_targets(path: str) -> tuple[str, ...]:
    """The targets that the model of a file is not made for: Keras, for one of PyTorch. By the file's name; () for a spec."""
    from cnnspec.model_files.kinds import find_foreign_targets as find

    return find(path)


def forget_names(graph: Graph) -> Graph:
    """A copy of a named graph in which nodes have the names that a person gave, and no others, as a spec has them."""
    from cnnspec.model_files.places import forget_names as forget

    return forget(graph)


def build_application(name: str) -> Graph:
    """The graph of a model of keras.applications; no weights are downloaded. Raises ModelRefused, MissingExtra."""
    from cnnspec.model_files.keras.application import build_application as build

    return convert_model(build(name))


def convert_model(model: keras.Model) -> Graph:
    """The graph of a live Keras model. Raises ModelRefused, and TypeError for what is no model."""
    from cnnspec.model_files.keras.application import convert_model as convert

    return convert(model)


def convert_torch_module(module: torch.nn.Module, shapes: Sequence[tuple[int, ...]]) -> Graph:
    """The graph of a live torch module for inputs of these shapes, without the batch. Raises ModelRefused, MissingExtra, and
    TypeError for what is no module."""
    from cnnspec.model_files.torch.live import convert_module as convert

    return convert(module, shapes)


def find_layers(
    saved: dict[str, Any], arguments: tuple[Any, ...], keywords: dict[str, Any], shapes: tuple[Shape | None, ...]
) -> list[FoundLayer]:
    """The layers that one call of a Keras layer or operation is, `saved` as Keras saves it, on tensors of these shapes;
    in its arguments they stand as `mark_tensor` makes them."""
    from cnnspec.model_files.keras.finding import find_layers as find

    return find(saved, arguments, keywords, shapes)


def mark_tensor(index: int, shape: list[int | None] | None) -> Any:
    """What stands for a tensor in the arguments of a call: the number of the tensor, its shape, batch first."""
    from cnnspec.model_files.keras.saved_calls import SavedTensor

    return SavedTensor(index, shape)


def name_as_keras(kind: str) -> str:
    """The name that Keras makes from a class, before a number: max_pooling2d."""
    from cnnspec.model_files.keras.saved_objects import write_snake

    return write_snake(kind)


def find_live_layer(model: Any, path: str) -> Any:
    """The layer of a live Keras model with the path that the sites of its graph have: "features/conv1"."""
    from cnnspec.model_files.keras_weights import find_live_layer as find

    return find(model, path)


def give_file_weights(graph: Graph, model: Any, path: str) -> None:
    """Give the Keras model of a graph the weights of a file: of PyTorch or ONNX, of Keras, or of a run. Raises ModelRefused for the
    former, compile's ExportFailed for the latter."""
    from cnnspec.model_files.keras_weights import give_file_weights as give

    give(graph, model, path)


def give_live_weights(graph: Graph, model: Any, source: Any) -> None:
    """The same with those of the live Keras model that the graph was read from. Raises ModelRefused."""
    from cnnspec.model_files.keras_weights import give_live_weights as give

    give(graph, model, source)


def give_paired_weights(graph: Graph, model: Any, start: Graph, source: Any, pairs: Mapping[int, int]) -> None:
    """The same with some of those of a live Keras model that another graph was read from: each node in `pairs` takes those of the
    other's node. Raises ModelRefused."""
    from cnnspec.model_files.keras_weights import give_paired_weights as give

    give(graph, model, start, source, pairs)


def give_module_weights(graph: Graph, model: Any, module: torch.nn.Module, shapes: Sequence[tuple[int, ...]]) -> None:
    """The same with those of a live torch module. Raises as `convert_torch_module` does."""
    from cnnspec.model_files.keras_weights import give_module_weights as give

    give(graph, model, module, shapes)


def build_torch_module(reference: str, arguments: str) -> torch.nn.Module:
    """What the user names as module:function makes of some arguments, as they stand in a call. Raises ModelRefused,
    MissingExtra."""
    from cnnspec.model_files.torch.live import build_module, read_arguments

    return build_module(reference, read_arguments(arguments))


def find_kernel_remarks(model: Any, keras: Any, *options: str) -> list[str]:
    """Sentences on what a live Keras model asks for and this machine does not compute. `options` may help."""
    from cnnspec.model_files.kernel_remarks import find_kernel_remarks as find

    return find(model, keras, *options)


def is_automatic(name: str, kind: str) -> bool:
    """Whether Keras made a layer's name from its class: conv2d, conv2d_7."""
    from cnnspec.model_files.keras.saved_objects import is_automatic as is_

    return is_(name, kind)


__all__ = [
    "ModelRefused",
    "build_application",
    "build_torch_module",
    "convert_model",
    "convert_torch_module",
    "find_foreign_targets",
    "find_kernel_remarks",
    "find_layers",
    "find_live_layer",
    "forget_names",
    "give_file_weights",
    "give_live_weights",
    "give_module_weights",
    "give_paired_weights",
    "is_automatic",
    "is_model_file",
    "list_endings",
    "mark_tensor",
    "name_as_keras",
    "name_graph",
    "open_model",
    "read_graph",
    "read_named_graph",
]
