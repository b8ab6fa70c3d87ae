"""Graph → source, layer by layer: the way that always works, for networks that cannot be printed as they are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnspec.compile.keras_source.call_text import write_call
from cnnspec.compile.keras_source.frame import Frame, Lines
from cnnspec.compile.keras_source.module_text import print_model
from cnnspec.compile.python_text.literals import hide_unknown, print_literal

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.call_text import CallText
    from cnnspec.graph import Graph
    from cnnspec.layers.base import KerasCall


def print_layers(graph: Graph) -> Lines:
    """The statements that build a model, with their depth."""
    frame = Frame(None)
    frame.taken.add("model")
    refused = find_automatic_names(graph) | {node.label for node in graph.nodes}
    tensors: list[str] = []
    calls: dict[int, list[CallText]] = {}  # of each layer, by the node that makes it
    made: dict[tuple[int, int], str] = {}  # variables of layers that are used again, by node and call
    repeated = {graph.made_at(node) for node in graph.nodes if graph.made_at(node) != node.index}
    for node in graph.nodes:
        variable = frame.take_variable(node.name if node.name.isidentifier() else node.label)
        tensors.append(variable)
        name = node.name if is_given(node.name, refused) else ""
        if node.layer is None:
            assert node.shape is not None
            texts = [f"shape={print_literal(hide_unknown(node.shape))}", f'name="{name}"' if name else ""]
            frame.emit(f"{variable} = keras.Input({', '.join(filter(None, texts))})")
            continue
        inputs = [tensors[i] for i in node.inputs]
        text = f"[{', '.join(inputs)}]" if node.layer.merges else inputs[0]
        owner = graph.made_at(node)
        if owner not in calls:
            shapes = graph.input_shapes(node)
            assert shapes is not None
            calls[owner] = [print_call(call, name) for call in node.layer.keras(shapes)]
            for position, call in enumerate(calls[owner]):
                if owner in repeated and not call.is_function:
                    made[owner, position] = frame.make_variable(f"{variable}_layer")
                    frame.emit(f"{made[owner, position]} = {call.layer}")
        for position, call in enumerate(calls[owner]):
            text = f"{made[owner, position]}({text})" if (owner, position) in made else call.apply_to(text)
        frame.emit(f"{variable} = {text}")
    inputs, outputs = [[tensors[i] for i in chosen] for chosen in (graph.inputs, graph.outputs)]
    frame.emit(f"model = {print_model(graph, inputs, outputs)}")
    return frame.lines


def print_call(call: KerasCall, name: str) -> CallText:
    """A Keras call of a layer of that name, "" for none."""
    own, around = [
        [(key, print_literal(value)) for key, value in part.arguments.items()] if part else []
        for part in (call, call.around)
    ]
    return write_call(call, own, around, name)


def is_given(name: str, refused: set[str]) -> bool:
    """Whether a layer's name is from the text, and neither the printer nor Keras gives it to another layer."""
    return re.sub(r"_?\d+$", "", name) not in refused and name.isidentifier()


def find_automatic_names(graph: Graph) -> set[str]:
    """The names that Keras gives to layers of this network without a name: conv2d, and so conv2d_1."""
    found = {"input_layer", "keras_tensor"}
    for node in graph.nodes:
        shapes = graph.input_shapes(node)
        if node.layer is not None and shapes is not None:
            calls = node.layer.keras(shapes)
            for call in [*calls, *[c.around for c in calls if c.around is not None]]:
                name = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", call.name.split(".")[-1])
                found.add(re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower())
    return found
