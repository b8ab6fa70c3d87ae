"""Models of frameworks → graph: saved in a file, built into the framework, or live in the caller's Python.

A file is read as data: nothing that it carries is loaded, imported or run, and its framework need not be installed. Each
layer is proved: a layer of the language stands for it only if it would become exactly that layer again. A model with any
other layer is refused, with the reason for each.
"""

from __future__ import annotations

from cnnspec.facts.facts import Facts
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.network import AnalysedNetwork

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import keras

    from cnnspec.graph import Graph

ENDINGS = (".keras", ".json")  # of the files that are model files by their names


def read_graph(path: str) -> Graph:
    """The graph of a model file. Nodes have the names that a person gave. Raises ModelRefused."""
    from cnnspec.model_files.keras.to_graph import read_keras_file

    return read_keras_file(path)


def read_network(path: str) -> AnalysedNetwork:
    """The network of a model file, its layers named, with an empty text. Raises ModelRefused."""
    from cnnspec.base.source import Source
    from cnnspec.syntax.tree import Body, Tree

    graph = read_graph(path)
    for node in graph.nodes:
        node.given = node.name
    graph.assign_names()
    source = Source(path, "")
    return AnalysedNetwork(
        name=graph.name,
        source=source,
        tree=Tree(source, Body(0, 0, ()), (), ()),
        graph=graph,
        facts=Facts(graph),
        train={},
        diagnostics=(),
        item=None,
        broken=False,
    )


def build_application(name: str) -> Graph:
    """The graph of a model of keras.applications; no weights are downloaded. Raises ModelRefused, MissingExtra."""
    from cnnspec.model_files.keras.application import build_application as build

    return convert_model(build(name))


def convert_model(model: keras.Model) -> Graph:
    """The graph of a live Keras model. Raises ModelRefused, and TypeError for what is no model."""
    from cnnspec.model_files.keras.application import convert_model as convert

    return convert(model)


def find_kernel_remarks(model: Any, keras: Any, *options: str) -> list[str]:
    """Sentences on what a live Keras model asks for and this machine does not compute. `options` may help."""
    from cnnspec.model_files.kernel_remarks import find_kernel_remarks as find

    return find(model, keras, *options)


__all__ = [
    "ENDINGS",
    "ModelRefused",
    "build_application",
    "convert_model",
    "find_kernel_remarks",
    "read_graph",
    "read_network",
]
