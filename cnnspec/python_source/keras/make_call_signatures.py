"""Writes call_signatures.py: `python -m cnnspec.python_source.keras.make_call_signatures`, where Keras is installed."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path

from cnnspec.python_source.keras.make_signatures import list_public, show, show_parameter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TABLE = Path(__file__).with_name("call_signatures.py")
HEAD = '''"""What Keras's models and layers take where their methods and they themselves are called, and the names that Keras has.

Written by `python -m cnnspec.python_source.keras.make_call_signatures`; do not edit.
"""

from __future__ import annotations

'''
REFUSING = ("evaluate",)  # methods that take any argument by name, to refuse it
SET_BY_FIT = ("history", "stop_training")  # attributes that a model has from then on
NAMED = (
    "activations", "applications", "callbacks", "constraints", "datasets", "initializers", "layers", "losses", "metrics", "models",
    "ops", "optimizers", "optimizers.schedules", "regularizers", "utils",
)  # fmt: skip


def write_parameters(function: Any) -> str | None:
    """What stands between the brackets, without `self`; None where it takes any argument."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    own = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    taken = len(own) == len(parameters) or function.__name__ in REFUSING
    return ", ".join(map(show_parameter, own)) if taken else None


def find_methods() -> dict[str, str]:
    """The methods of models: Model.fit; of Sequential those that it has of its own."""
    import keras

    found: dict[str, str] = {}
    for made in (keras.Model, keras.Sequential):
        for name, function in inspect.getmembers(made, inspect.isfunction):
            own = made is keras.Model or name in vars(made)
            text = write_parameters(function) if own and not name.startswith("_") and name != "call" else None
            if text is not None:
                found[f"{made.__name__}.{name}"] = text
    return found


def find_layer_calls() -> dict[str, str]:
    """What the layers are called on, without those that prepare data, which take more than tensors."""
    found: dict[str, str] = {}
    for name, made in list_public("layers"):
        text = write_parameters(made.call) if hasattr(made, "call") else None
        if name == made.__name__ and "preprocessing" not in made.__module__ and text:
            found[name] = text
    return found


def find_names() -> dict[str, str]:
    """The public names in Keras's modules, where it is called tensorflow.keras too, and those of models that are trained."""
    found: dict[str, set[str]] = {}
    for name in ("", *[f".{name}" for name in NAMED]):
        both = [import_module(f"keras{part}{name}") for part in ("", "._tf_keras.keras")]
        found[f"keras{name}"] = {one for space in both for one in dir(space)}
    for model in make_models():
        model.compile(loss="mse")
        found[type(model).__name__] = {*dir(model), *SET_BY_FIT}
    return {name: " ".join(sorted([one for one in names if one[:1] != "_"])) for name, names in found.items()}


def make_models() -> list[Any]:
    """A model of each kind that no class of a source stands for."""
    import keras

    inputs = keras.Input((1,))
    return [keras.Model(inputs, keras.layers.ReLU()(inputs)), keras.Sequential([inputs, keras.layers.ReLU()])]


def write_table() -> str:
    parts = [("METHODS", find_methods()), ("LAYER_CALLS", find_layer_calls()), ("NAMES", find_names())]
    return HEAD + "\n".join([f"{name}: dict[str, str] = {show(table)}  # fmt: skip" for name, table in parts]) + "\n"


if __name__ == "__main__":
    TABLE.write_text(write_table(), encoding="utf-8")
