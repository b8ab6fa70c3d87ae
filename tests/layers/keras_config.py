"""The configs of Keras layers, as they are compared."""

from __future__ import annotations

from typing import Any

from cnnspec.compile.keras_model import to_keras
from cnnspec.layers.base import Layer
from tests.support import agree, keras_layers, legal

NEW_IN_KERAS = ("input_axes", "output_axes")  # of the variance scaling initializers, from 3.15 on; not in the language


def comparable(value: Any) -> Any:
    """A config value without what Keras adds to a serialised object; a list is a tuple."""
    if isinstance(value, dict) and "class_name" in value:
        return {"class_name": value["class_name"], "config": old(value["config"])}
    return tuple(value) if isinstance(value, list) else value


def old(config: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in config.items() if name not in NEW_IN_KERAS}


def configs(text: str, layer: type[Layer]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The configs of the Keras layer proper and of its helpers, of the first node of this kind."""
    graph = legal(text)
    model = to_keras(graph)
    node = next(node for node in graph.nodes if isinstance(node.layer, layer))
    made = keras_layers(model, graph, node)
    proper = next(k for k in made if k.name == node.name)
    own = {"shape": tuple(made[-1].output.shape[1:]), **proper.get_config()}  # a function of keras.ops has no config
    helpers = {key: value for k in made if k is not proper for key, value in k.get_config().items()}
    agree(model, graph)
    return own, helpers
