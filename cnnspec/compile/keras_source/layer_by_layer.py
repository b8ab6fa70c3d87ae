"""Graph → source, layer by layer: what is always possible, and what to fall back on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_source.call_printer import constructed, joined
from cnnspec.compile.keras_source.frame import Frame, Lines
from cnnspec.compile.keras_source.literals import literal

if TYPE_CHECKING:
    from cnnspec.graph import Graph
    from cnnspec.layers.base import KerasCall


def lines(graph: Graph) -> Lines:
    """Statements that build a model: the lines of a module behind its imports, with their depth."""
    frame = Frame(None)
    frame.taken.add("model")
    refused = automatic_names(graph) | {node.label for node in graph.nodes}
    tensors: list[str] = []
    layers: dict[int, list[str]] = {}
    repeated = {graph.made_at(node) for node in graph.nodes if graph.made_at(node) != node.index}
    for node in graph.nodes:
        variable = frame.own(node.name if node.name.isidentifier() else node.label)
        tensors.append(variable)
        named = f'name="{node.name}"' if is_given(node.name, refused) else ""
        if node.layer is None:
            assert node.shape is not None
            shape = literal(tuple([n if isinstance(n, int) else None for n in node.shape]))
            frame.emit(f"{variable} = keras.Input({', '.join(filter(None, [f'shape={shape}', named]))})")
            continue
        inputs = [tensors[i] for i in node.inputs]
        text = f"[{', '.join(inputs)}]" if node.layer.merges else inputs[0]
        owner = graph.made_at(node)
        shapes = graph.input_shapes(node)
        assert shapes is not None
        calls = node.layer.keras(shapes)
        if owner not in layers:
            layers[owner] = [called(call, named if not call.helper else "") for call in calls]
            if owner in repeated:
                for position, (call, layer) in enumerate(zip(calls, layers[owner], strict=True)):
                    if not call.name.startswith("ops."):
                        layers[owner][position] = frame.fresh(f"{variable}_layer")
                        frame.emit(f"{layers[owner][position]} = {layer}")
        for call, layer in zip(calls, layers[owner], strict=True):
            if call.name.startswith("ops."):
                text = f"keras.{call.name}({', '.join(filter(None, [text, layer]))})"
            else:
                text = f"{layer}({text})"
        frame.emit(f"{variable} = {text}")
    ends = [[tensors[i] for i in chosen] for chosen in (graph.inputs, graph.outputs)]
    joined_ends = [names[0] if len(names) == 1 else f"[{', '.join(names)}]" for names in ends]
    frame.emit(f'model = keras.Model({", ".join(joined_ends)}, name="{model_name(graph)}")')
    return frame.lines


def called(call: KerasCall, name: str) -> str:
    texts: list[tuple[str, Any]] = [(key, literal(value)) for key, value in call.arguments.items()]
    if call.name.startswith("ops."):
        return joined(texts)
    if call.around is None:
        return constructed(call.name, ", ".join(filter(None, [joined(texts), name])), None)
    around = joined([(key, literal(value)) for key, value in call.around.arguments.items()])
    return constructed(call.name, joined(texts), (call.around.name, ", ".join(filter(None, [around, name]))))


def is_given(name: str, refused: set[str]) -> bool:
    """Whether the text gave this name to a layer, and neither we nor Keras give it to another."""
    return re.sub(r"_?\d+$", "", name) not in refused and name.isidentifier()


def automatic_names(graph: Graph) -> set[str]:
    """What Keras calls the layers of this network that have no name: conv2d, and conv2d_1 and so on."""
    found = {"input_layer", "keras_tensor"}
    for node in graph.nodes:
        shapes = graph.input_shapes(node)
        if node.layer is not None and shapes is not None:
            calls = node.layer.keras(shapes)
            for call in [*calls, *[c.around for c in calls if c.around is not None]]:
                name = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", call.name.split(".")[-1])
                found.add(re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower())
    return found


def model_name(graph: Graph) -> str:
    """The name of the Keras model."""
    return re.sub(r"[^A-Za-z0-9_]", "_", graph.name) or "network"
