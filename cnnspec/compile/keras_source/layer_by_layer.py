"""Graph → source, layer by layer: the way that always works, for networks that cannot be printed as they are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_source.call_text import construct_layer, join_arguments
from cnnspec.compile.keras_source.frame import Frame, Lines
from cnnspec.compile.keras_source.literals import print_literal
from cnnspec.compile.keras_source.module_text import print_model

if TYPE_CHECKING:
    from cnnspec.graph import Graph
    from cnnspec.layers.base import KerasCall


def print_layers(graph: Graph) -> Lines:
    """The statements that build a model, with their depth."""
    frame = Frame(None)
    frame.taken.add("model")
    refused = find_automatic_names(graph) | {node.label for node in graph.nodes}
    tensors: list[str] = []
    layers: dict[int, list[str]] = {}
    repeated = {graph.made_at(node) for node in graph.nodes if graph.made_at(node) != node.index}
    for node in graph.nodes:
        variable = frame.take_variable(node.name if node.name.isidentifier() else node.label)
        tensors.append(variable)
        named = f'name="{node.name}"' if is_given(node.name, refused) else ""
        if node.layer is None:
            assert node.shape is not None
            shape = print_literal(tuple([n if isinstance(n, int) else None for n in node.shape]))
            frame.emit(f"{variable} = keras.Input({', '.join(filter(None, [f'shape={shape}', named]))})")
            continue
        inputs = [tensors[i] for i in node.inputs]
        text = f"[{', '.join(inputs)}]" if node.layer.merges else inputs[0]
        owner = graph.made_at(node)
        shapes = graph.input_shapes(node)
        assert shapes is not None
        calls = node.layer.keras(shapes)
        if owner not in layers:
            layers[owner] = [print_call(call, named if not call.helper else "") for call in calls]
            if owner in repeated:
                for position, (call, layer) in enumerate(zip(calls, layers[owner], strict=True)):
                    if not call.name.startswith("ops."):
                        layers[owner][position] = frame.make_variable(f"{variable}_layer")
                        frame.emit(f"{layers[owner][position]} = {layer}")
        for call, layer in zip(calls, layers[owner], strict=True):
            if call.name.startswith("ops."):
                text = f"keras.{call.name}({', '.join(filter(None, [text, layer]))})"
            else:
                text = f"{layer}({text})"
        frame.emit(f"{variable} = {text}")
    ends = [[tensors[i] for i in chosen] for chosen in (graph.inputs, graph.outputs)]
    frame.emit(f"model = {print_model(graph, *ends)}")
    return frame.lines


def print_call(call: KerasCall, name: str) -> str:
    """A Keras call with its arguments: a layer, not applied; of a function of keras.ops the arguments alone."""
    texts: list[tuple[str, Any]] = [(key, print_literal(value)) for key, value in call.arguments.items()]
    if call.name.startswith("ops."):
        return join_arguments(texts)
    if call.around is None:
        return construct_layer(call.name, ", ".join(filter(None, [join_arguments(texts), name])), None)
    around = join_arguments([(key, print_literal(value)) for key, value in call.around.arguments.items()])
    return construct_layer(
        call.name, join_arguments(texts), (call.around.name, ", ".join(filter(None, [around, name])))
    )


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
