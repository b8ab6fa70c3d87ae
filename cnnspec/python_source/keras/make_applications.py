"""Writes applications.json.z, what the models of keras.applications are made of: `python -m
cnnspec.python_source.keras.make_applications`, where Keras is installed. It takes some five minutes."""

from __future__ import annotations

import gc
import inspect
import json
import zlib

from cnnspec.python_source.keras.application_archive import ARCHIVE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NO_PART = ("name", "dtype", "trainable", "layers", "build_input_shape")
SMALL = 96  # pixels: the least that all of them take without their heads


class Writer:
    """Collects the arguments of all layers, each once."""

    def __init__(self) -> None:
        self.configs: list[dict[str, Any]] = []
        self.numbers: dict[str, int] = {}  # by their text

    def describe(self, model: Any, bare: Any) -> dict[str, Any]:
        """A model; how many of its layers come before its head; and what stands there without one, after the pooling."""
        rows, others = self.list_layers(model), self.list_layers(bare)
        body = 0
        while body < len(others) and rows[body] == others[body]:
            body += 1
        bounds = {index for row in others[body:] for index in row[3]}
        assert bounds <= {body - 1}, (model.name, body, rows[body], others[body:])
        return {"name": model.name, "size": model.input_shape[1], "body": body, "bare": others[body:], "layers": rows}

    def list_layers(self, model: Any) -> list[list[Any]]:
        layers = [layer for layer in model.get_config()["layers"] if layer["class_name"] != "InputLayer"]
        numbers = {layer["name"]: number for number, layer in enumerate(layers)}
        made = {operation.name: operation for operation in model.operations}
        return [self.describe_layer(layer, numbers, find_plain(made[layer["name"]])) for layer in layers]

    def describe_layer(self, layer: dict[str, Any], numbers: dict[str, int], plain: dict[str, Any]) -> list[Any]:
        """A layer: its class, its name, the number of its arguments, and what it is called on: numbers of layers before it, -1 for
        the input, or a number as text."""
        config = {k: v for k, v in layer["config"].items() if k not in NO_PART and (k not in plain or plain[k] != v)}
        if layer["class_name"] == "Sequential":
            config["layers"] = [
                [part["class_name"], part["config"]["name"], self.number(strip(part))]
                for part in layer["config"]["layers"][1:]
            ]
        (node,) = layer["inbound_nodes"]
        return [layer["class_name"], layer["name"], self.number(config), list_inputs(node["args"], numbers)]

    def number(self, config: dict[str, Any]) -> int:
        text = json.dumps(config, sort_keys=True)
        if text not in self.numbers:
            self.numbers[text] = len(self.configs)
            self.configs.append(config)
        return self.numbers[text]


def strip(part: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in part["config"].items() if key not in NO_PART}


def list_inputs(value: Any, numbers: dict[str, int]) -> list[Any]:
    """What a call is on, in order."""
    if isinstance(value, dict):
        history = value["config"]["keras_history"]
        return [numbers.get(history[0], -1)]
    if isinstance(value, (list, tuple)):
        return [found for part in value for found in list_inputs(part, numbers)]
    return [str(value)]


def find_plain(layer: Any) -> dict[str, Any]:
    """The arguments of a layer of the same class that is given those alone that it needs."""
    config = layer.get_config()
    if "__init__" not in vars(type(layer)):
        return {}
    parameters = inspect.signature(type(layer).__init__).parameters.items()
    needed = [k for k, p in parameters if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD and k in config]
    try:
        plain = type(layer)(**{key: config[key] for key in needed}).get_config()
    except (TypeError, ValueError):
        return {}
    defaults = {name: parameter.default for name, parameter in parameters}
    return {k: v for k, v in plain.items() if k not in needed and (defaults.get(k) is not None or v is None)}


def main() -> None:
    import keras

    writer = Writer()
    models = {}
    names = [name for name in vars(keras.applications) if name[0].isupper()]
    for name in sorted(names):
        make = getattr(keras.applications, name)
        keras.backend.clear_session()
        whole = make(weights=None)
        keras.backend.clear_session()
        bare = make(weights=None, include_top=False, input_shape=whole.input_shape[1:])
        models[name] = writer.describe(whole, bare)
        del whole, bare
        gc.collect()
        parameters = inspect.signature(make).parameters.values()
        models[name]["parameters"] = [[parameter.name, parameter.default] for parameter in parameters]
        print(name, models[name]["body"], len(models[name]["layers"]), flush=True)
    text = json.dumps({"configs": writer.configs, "models": models}, separators=(",", ":"))
    ARCHIVE.write_bytes(zlib.compress(text.encode(), 9))


if __name__ == "__main__":
    main()
