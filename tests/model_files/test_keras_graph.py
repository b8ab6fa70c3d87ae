"""A Keras model comes back as the graph it was made of, and what cannot come back is refused by name.

The judge is Keras: the model that the raised graph compiles to must hold, layer for layer, the same configs and calls.
"""

from __future__ import annotations

from typing import Any

import pytest

from cnnspec.compile.keras_model import to_keras
from cnnspec.graph import Graph
from cnnspec.layers.argument import same_on_every_axis
from cnnspec.model_files.keras.to_graph import convert_config
from tests.layer_examples import COMPILED as EXAMPLES
from tests.layers.argument_values import REFUSED, ROWS, VALUES, spec
from tests.layers.test_layers_keras import named
from tests.model_files.keras_configs import config_of
from tests.support import agree, legal


def calls(model: Any) -> dict[str, Any]:
    """Every layer by its name: class, config, and what it is called with; an operation goes by its class."""
    layers = config_of(model)["config"]["layers"]
    for layer in layers:
        built = layer.get("build_config", {}).get("input_shape") or []
        if layer["config"].get("axis") == [len(built) - 1]:
            layer["config"]["axis"] = [-1]  # the channels, however they were counted
    kinds = {layer["name"]: layer["class_name"] for layer in layers if layer["module"].startswith("keras.src.ops")}

    def said(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: said(v) for key, v in value.items() if key != "name"}
        if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str):
            return [kinds.get(value[0], value[0]), *value[1:]]
        return [said(v) for v in value] if isinstance(value, list) else value

    return {
        kinds.get(layer["name"], layer["name"]): (
            layer["class_name"],
            said(layer["config"]),
            said(layer["inbound_nodes"]),
        )
        for layer in layers
    }


def fields(graph: Graph) -> dict[str, Any]:
    """Every node by its name: layer, with 3 for 3x3, inputs and shape."""
    return {
        node.name: (
            node.layer and (type(node.layer), plain(node.layer, graph.input_shapes(node))),
            [graph.nodes[i].name for i in node.inputs],
            node.shape,
            node.shares is None or graph.nodes[node.shares].name,
        )
        for node in graph.nodes
    }


def plain(layer: Any, shapes: Any) -> list[Any]:
    """Its arguments; 3 for 3x3, and for as many groups as channels -1, which Keras itself does not tell apart."""
    values = {name: same_on_every_axis(getattr(layer, name)) for name in layer._fields}
    if values.get("groups") == shapes[0][-1] and type(layer).__name__ == "GroupNorm":
        values["groups"] = -1
    if values.get("axis") == len(shapes[0]):
        values["axis"] = -1
    return list(values.values())


def becomes(layer: Any, shapes: Any) -> list[Any]:
    calls = [] if layer is None else layer.keras(shapes)
    return [
        (call.name, {k: v if k == "key" else same_on_every_axis(v) for k, v in call.arguments.items()})
        for call in calls
    ]


def round_trip(text: str) -> None:
    graph = legal(text)
    model = to_keras(graph)
    raised = convert_config(config_of(model), graph.name)
    assert all(node.name for node in raised.nodes), "our names are no automatic names of Keras"
    for ours, theirs in zip(raised.nodes, graph.nodes, strict=True):
        if becomes(ours.layer, shapes := graph.input_shapes(theirs)) == becomes(theirs.layer, shapes):
            ours.layer = (
                theirs.layer
            )  # two words for one thing in Keras, such as maxpool(2, ceil=true) and padding=same
    assert fields(raised) == fields(graph)
    for ends in ("inputs", "outputs"):
        assert [raised.nodes[i].name for i in getattr(raised, ends)] == [
            graph.nodes[i].name for i in getattr(graph, ends)
        ]
    again = to_keras(raised)
    agree(again, raised)
    assert calls(again) == calls(model)


# ---- round trip --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("layer", "text"), EXAMPLES, ids=named(EXAMPLES))
def test_example_comes_back(layer: Any, text: str) -> None:
    round_trip(text)


SAVED = [(layer, name) for layer, name in ROWS if VALUES[layer.__name__][1][name][1] is not REFUSED]


@pytest.mark.parametrize(("layer", "name"), SAVED, ids=[f"{layer.__name__}-{name}" for layer, name in SAVED])
def test_argument_comes_back(layer: Any, name: str) -> None:
    round_trip(spec(layer, name, VALUES[layer.__name__][1][name][0]))
