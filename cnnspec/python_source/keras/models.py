"""Models as a source makes them: Sequential, Model, classes of its own."""

from __future__ import annotations

from cnnspec.python_source.keras.functional import make_functional
from cnnspec.python_source.keras.instances import MODELS, SEQUENTIAL, call_super, make_instance
from cnnspec.python_source.keras.sequential import make_sequential

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.values import Call


def make_model(call: Call) -> Any:
    """Model(inputs, outputs, name)."""
    name = call.find(2, "name")
    inputs, outputs = call.find(0, "inputs"), call.find(1, "outputs")
    return make_functional(inputs, outputs, name if isinstance(name, str) else "", call.machine, call.node)


def load_model(call: Call) -> Any:
    return call.make_unknown("load_model reads a file")


def register(libraries: Libraries) -> None:
    libraries.functions.update(dict.fromkeys(MODELS, make_model))
    libraries.functions.update(dict.fromkeys(SEQUENTIAL, make_sequential))
    libraries.functions["keras.models.load_model"] = libraries.functions["keras.saving.load_model"] = load_model
    libraries.instance_makers.append(make_instance)
    libraries.super_callers.append(call_super)
