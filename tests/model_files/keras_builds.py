"""Small Keras models and files of them, for tests that change or save them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cnnspec.compile.keras_model import import_keras
from cnnspec.model_files.keras.application import convert_model

ROOT = Path(__file__).parents[2]
Build = Callable[[Any], Any]


def model(build: Build, *shapes: tuple[Any, ...]) -> Any:
    """The model of a function of (keras, its inputs)."""
    keras = import_keras()
    inputs = [keras.Input(shape, name=f"x{i}") for i, shape in enumerate(shapes or ((8, 8, 4),))]
    return keras.Model(inputs, build(keras)(*inputs))


def said(made: Any) -> list[str]:
    """What a model's layers are called in the language, in order."""
    return [node.label for node in convert_model(made).nodes]


def small() -> dict[str, Any]:
    config: dict[str, Any] = json.loads(model(lambda k: lambda x: k.layers.Conv2D(3, 3, name="c")(x)).to_json())
    return config


def changed(change: Callable[[dict[str, Any]], Any]) -> Any:
    config = small()
    return change(config) or config


def layer(config: dict[str, Any]) -> Any:
    return config["config"]["layers"][1]


def zipped(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path
