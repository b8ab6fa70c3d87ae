"""Graph → a live Keras model, by calling what the layers state."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cnnspec.layers.argument import Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    import keras

    from cnnspec.elaborate.graph import Graph, Node
    from cnnspec.layers.base import KerasCall


class MissingExtra(Exception):
    """A part that is not installed is needed; the message says how to install it."""


def import_keras() -> Any:
    """Keras, quietly. Raises MissingExtra when it or its backend is not installed."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # else a machine without a GPU is told so, as an error
    try:
        with _no_greeting():
            import keras
    except ImportError as error:
        missing = error.name or "keras"
        raise MissingExtra(
            f'{missing} is not installed; this command needs it: pip install "cnnspec[keras]"'
        ) from error
    return keras


@contextmanager
def _no_greeting() -> Iterator[None]:
    """Drops what TensorFlow's C++ side writes to the process's stderr before it reads any log level.

    (Switching oneDNN off would silence it too, but takes dilated transposed convolutions from the CPU.)
    """
    try:
        kept = os.dup(2)
    except OSError:  # no stderr to keep quiet
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


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
