"""Live Keras models: those that are built into Keras, by name and without weights, and any other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cnnspec.base.did_you_mean import find_proposals, write_question
from cnnspec.compile.backend import silenced
from cnnspec.compile.keras_model import import_keras
from cnnspec.model_files.keras.to_graph import convert_config, find_given_name
from cnnspec.model_files.refusal import ModelRefused

if TYPE_CHECKING:
    import keras

    from cnnspec.graph import Graph


def list_applications() -> list[str]:
    """The names of the models that are built into Keras, in alphabetical order."""
    applications = import_keras().applications
    return sorted(name for name in vars(applications) if name[0].isupper() and callable(getattr(applications, name)))


def build_application(name: str, **options: Any) -> keras.Model:
    """A model of keras.applications with fresh weights: none are ever downloaded. `options` are its other arguments.

    Raises ModelRefused for an unknown name.
    """
    known = list_applications()
    if name not in known:
        hint = write_question(find_proposals(name, known)) or f"it has {', '.join(known)}"
        raise ModelRefused(f'keras.applications has no "{name}": {hint}')
    return getattr(import_keras().applications, name)(**{"weights": None, **options})


def convert_model(model: keras.Model) -> Graph:
    """The graph of a live Keras model, from the config that Keras would save.

    Raises ModelRefused as `convert_config` does, and TypeError for what is no model.
    """
    if not isinstance(model, import_keras().Model):
        raise TypeError(f"a keras.Model is asked for, not {type(model).__name__}")
    with silenced():  # on every backend Keras now imports TensorFlow where it is installed
        config = json.loads(json.dumps(import_keras().saving.serialize_keras_object(model)))
    return convert_config(config, find_given_name(config))
