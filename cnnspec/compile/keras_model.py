"""Graph → a live Keras model, by calling what the layers state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.backend import MissingExtra, import_keras
from cnnspec.compile.keras_functions import OF_TWO
from cnnspec.compile.model_name import name_model
from cnnspec.layers.argument import Term

if TYPE_CHECKING:
    from collections.abc import Callable

    import keras

    from cnnspec.graph import Graph, Node
    from cnnspec.layers.base import KerasCall

__all__ = [
    "MissingExtra",
    "call_layers",
    "choose_keras_name",
    "convert_argument",
    "import_keras",
    "make_call",
    "to_keras",
]


def to_keras(graph: Graph) -> keras.Model:
    """The Keras model of a graph without errors. Layers carry the graph's names.

    Where Keras computes in half precision (a global policy such as mixed_bfloat16), the layers that the network ends
    with stay in float32. Raises MissingExtra without Keras, and ValueError for a graph that has no output.
    """
    keras = import_keras()
    if not graph.outputs or not graph.inputs:
        raise ValueError("this network has no input or no output")
    tensors = call_layers(graph, keras)
    inputs = [tensors[i] for i in graph.inputs]
    outputs = [tensors[i] for i in graph.outputs]
    return keras.Model(
        inputs[0] if len(inputs) == 1 else inputs, outputs[0] if len(outputs) == 1 else outputs, name=name_model(graph)
    )


def call_layers(graph: Graph, keras: Any, follow: Callable[[Node, Any], Any] | None = None) -> list[Any]:
    """The Keras tensor of every node. `follow(node, tensor)` gives what those behind a layer read in its place."""
    tensors: list[Any] = []
    layers: dict[int, list[Any]] = {}
    policy = keras.config.dtype_policy()
    ends = (
        {graph.made_at(graph.nodes[i]) for i in graph.outputs} if policy.compute_dtype != policy.variable_dtype else {}
    )
    for node in graph.nodes:
        if node.layer is None:
            assert node.shape is not None
            shape = tuple([n if isinstance(n, int) else None for n in node.shape])
            tensors.append(keras.Input(shape=shape, name=choose_keras_name(node)))
            continue
        owner = graph.made_at(node)
        if owner not in layers:
            shapes = graph.input_shapes(node)
            assert shapes is not None
            layers[owner] = [
                make_call(call, node, keras, "float32" if owner in ends else None) for call in node.layer.keras(shapes)
            ]
        inputs: Any = [tensors[i] for i in node.inputs]
        if not node.layer.merges:
            (inputs,) = inputs
        for layer in layers[owner]:
            inputs = layer(inputs)
        tensors.append(inputs if follow is None else follow(node, inputs))
    return tensors


def make_call(call: KerasCall, node: Node, keras: Any, dtype: str | None = None) -> Any:
    """The layer of a Keras call, or its function on a tensor. `dtype` is its precision, None for Keras's own."""
    arguments = {name: convert_argument(value, keras) for name, value in call.arguments.items()}
    if call.name.startswith("ops."):
        function = getattr(keras.ops, call.name.removeprefix("ops."))
        return lambda x: function(*x, **arguments) if call.name in OF_TWO else function(x, **arguments)
    computes = {} if dtype is None else {"dtype": dtype}
    name = f"{choose_keras_name(node)}_{call.helper}" if call.helper else choose_keras_name(node)
    layer = getattr(keras.layers, call.name)(name=name, **arguments, **computes)
    if call.around is not None:
        layer = getattr(keras.layers, call.around.name)(layer, name=name, **call.around.arguments, **computes)
    return layer


def choose_keras_name(node: Node) -> str:
    """A node's name for Keras: without the slash that a pasted name may have, which Keras 3 refuses."""
    return node.name.replace("/", "_")


def convert_argument(value: Any, keras: Any) -> Any:
    """An argument for Keras: a Term with a module becomes the object that it names, numbers in rows an array of double
    precision, which the weight's own is rounded from; of a list Keras would make single precision first."""
    if isinstance(value, Term):
        given = dict(value.keywords)
        if isinstance(numbers := given.get("value"), tuple):
            import numpy as np

            given["value"] = np.array(numbers, "float64")
        return getattr(getattr(keras, value.module), value.name)(**given)
    return value
