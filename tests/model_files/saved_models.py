"""Saved models for tests of verbs: those of `written_models`, one with faults, and the specs that `import` writes of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cnnspec.compile.keras_model import import_keras
from cnnspec.model_files import read_named_graph
from cnnspec.spec_writer import to_text
from tests.model_files import written_models

BUILDS: tuple[Callable[[Any], Any], ...] = (
    written_models.lenet,
    written_models.resnet,
    written_models.unet,
    written_models.several,
    written_models.siamese,
    written_models.text,
)


def faulty(k: Any) -> Any:
    """A model with a finding of each severity, and layers in a model of their own."""
    layers = k.layers
    inner = k.Input((10, 10, 16))
    y = layers.Conv2D(16, 3, padding="same", activation="relu", name="first")(inner)
    encoder = k.Model(inner, layers.MaxPooling2D(1, name="idle")(y), name="encoder")
    image = k.Input((32, 32, 3), name="image")
    x = layers.BatchNormalization()(layers.Conv2D(16, 3, strides=3, name="odd")(image))
    x = encoder(layers.ReLU()(x))
    x = layers.Dropout(0.9, name="much")(layers.Flatten()(x))
    return k.Model(image, layers.Dense(1, activation="softmax", name="sure")(x), name="faulty")


def save_model(build: Callable[[Any], Any], folder: Path, ending: str = ".keras") -> Path:
    """A model in a file that is called like the function."""
    model = build(import_keras())
    path = folder / f"{build.__name__}{ending}"
    if ending == ".json":
        path.write_text(model.to_json())
    else:
        model.save(path)
    return path


def write_spec(model: Path) -> Path:
    """The spec of a model file in which every layer has the name that it has in the model."""
    path = model.with_suffix(".cnn")
    path.write_text(to_text(read_named_graph(str(model), model.name), keep_names=True))
    return path
