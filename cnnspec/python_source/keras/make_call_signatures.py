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
    """The public names in Keras's modules and models."""
    functional = import_module("keras.src.models.functional").Functional
    spaces = {name: import_module(name) for name in ("keras", *[f"keras.{name}" for name in NAMED])}
    spaces |= {"Functional": functional, "Sequential": spaces["keras"].Sequential}
    return {name: " ".join([one for one in dir(space) if one[:1] != "_"]) for name, space in spaces.items()}


def write_table() -> str:
    parts = [("METHODS", find_methods()), ("LAYER_CALLS", find_layer_calls()), ("NAMES", find_names())]
    return HEAD + "\n".join([f"{name}: dict[str, str] = {show(table)}  # fmt: skip" for name, table in parts]) + "\n"


if __name__ == "__main__":
    TABLE.write_text(write_table(), encoding="utf-8")
