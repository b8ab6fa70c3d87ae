"""Graph → a live Keras model, by calling what the layers state."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cnnspec.compile.backend import MissingExtra, import_keras
from cnnspec.layers.argument import Term

if TYPE_CHECKING:
    import keras

    from cnnspec.elaborate.graph import Graph, Node
    from cnnspec.layers.base import KerasCall

__all__ = ["MissingExtra", "import_keras", "keras_name", "make", "plain", "to_keras"]


def to_keras(graph: Graph) -> keras.Model:
    """The Keras model of a graph without errors. Layers carry the graph's names.

    Raises MissingExtra without Keras, and ValueError for a graph that has no output.
    """
    keras = import_keras()
    if not graph.outputs or not graph.inputs:
        raise ValueError("this network has no input or no output")
    tensors: list[Any] = []
    layers: dict[int, list[Any]] = {}
    for node in graph.nodes:
        if node.layer is None:
            assert node.shape is not None
            shape = tuple([n if isinstance(n, int) else None for n in node.shape])
            tensors.append(keras.Input(shape=shape, name=keras_name(node)))
            continue
        owner = graph.made_at(node)
        if owner not in layers:
            shapes = graph.input_shapes(node)
            assert shapes is not None
            layers[owner] = [make(call, node, keras) for call in node.layer.keras(shapes)]
        inputs: Any = [tensors[i] for i in node.inputs]
        if not node.layer.merges:
            (inputs,) = inputs
        for layer in layers[owner]:
            inputs = layer(inputs)
        tensors.append(inputs)
    name = re.sub(r"[^A-Za-z0-9_]", "_", graph.name) or "network"
    inputs = [tensors[i] for i in graph.inputs]
    outputs = [tensors[i] for i in graph.outputs]
    return keras.Model(
        inputs[0] if len(inputs) == 1 else inputs, outputs[0] if len(outputs) == 1 else outputs, name=name
    )


def make(call: KerasCall, node: Node, keras: Any) -> Any:
    """What a Keras call makes: a layer, or a function on a tensor."""
    arguments = {name: plain(value, keras) for name, value in call.arguments.items()}
    if call.name.startswith("ops."):
        function = getattr(keras.ops, call.name.removeprefix("ops."))
        return lambda x: function(x, **arguments)
    name = f"{keras_name(node)}_{call.helper}" if call.helper else keras_name(node)
    layer = getattr(keras.layers, call.name)(name=name, **arguments)
    if call.around is not None:
        layer = getattr(keras.layers, call.around.name)(layer, name=name, **call.around.arguments)
    return layer


def keras_name(node: Node) -> str:
    """A node's name as Keras takes it: a pasted one may hold a slash, which Keras 3 refuses."""
    return node.name.replace("/", "_")


def plain(value: Any, keras: Any) -> Any:
    """An argument as Keras takes it: a Term with a module becomes the object it names."""
    if isinstance(value, Term):
        return getattr(getattr(keras, value.module), value.name)(**dict(value.keywords))
    return value
