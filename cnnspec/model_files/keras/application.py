"""Live Keras models: those that Keras builds in, by name and without weights, and any that the caller holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cnnspec.base.names import proposed, question
from cnnspec.compile.live import import_keras
from cnnspec.model_files.keras.archive import Refused
from cnnspec.model_files.keras.to_graph import given_name, to_graph

if TYPE_CHECKING:
    import keras

    from cnnspec.graph import Graph


def names() -> list[str]:
    """The names of the models that Keras builds in, in alphabetical order."""
    applications = import_keras().applications
    return sorted(name for name in vars(applications) if name[0].isupper() and callable(getattr(applications, name)))


def application(name: str, **options: Any) -> keras.Model:
    """A model of keras.applications with fresh weights: none are ever downloaded. `options` are its other arguments.

    Raises Refused for an unknown name.
    """
    known = names()
    if name not in known:
        hint = question(proposed(name, known)) or f"it has {', '.join(known)}"
        raise Refused(f'keras.applications has no "{name}": {hint}')
    return getattr(import_keras().applications, name)(**{"weights": None, **options})


def from_model(model: keras.Model) -> Graph:
    """The graph of a live Keras model, by what it says of itself when it is saved.

    Raises Refused as `to_graph` does, and TypeError for what is no model.
    """
    if not isinstance(model, import_keras().Model):
        raise TypeError(f"a keras.Model is asked for, not {type(model).__name__}")
    config = json.loads(json.dumps(import_keras().saving.serialize_keras_object(model)))
    return to_graph(config, given_name(config))
