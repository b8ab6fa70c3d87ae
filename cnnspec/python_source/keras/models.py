"""Models as a source makes them: Sequential, Model, classes of its own."""

from __future__ import annotations

from cnnspec.python_source.keras.call_mistakes import refuse_ends, refuse_shape
from cnnspec.python_source.keras.cloning import clone_model
from cnnspec.python_source.keras.functional import make_functional
from cnnspec.python_source.keras.inputs import read_input
from cnnspec.python_source.keras.instances import MODELS, SEQUENTIAL, call_super, make_instance
from cnnspec.python_source.keras.names import lacks
from cnnspec.python_source.keras.sequential import make_sequential

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.values import Call

INPUTS = ("keras.Input", "keras.layers.Input", "keras.models.Input")


def make_model(call: Call) -> Any:
    """Model(inputs, outputs, name)."""
    if refuse_ends(call):
        return call.make_unknown("this Model is refused")
    name = call.find(2, "name")
    inputs, outputs = call.find(0, "inputs"), call.find(1, "outputs")
    return make_functional(inputs, outputs, name if isinstance(name, str) else "", call.machine, call.node)


def load_model(call: Call) -> Any:
    return call.make_unknown("load_model reads a file")


def make_input(call: Call) -> Any:
    """Input(shape, batch_size, dtype, sparse, batch_shape, name, tensor)."""
    if refuse_shape(call):
        return call.make_unknown("this Input is refused")
    names = ("shape", "batch_size", "dtype", "sparse", "batch_shape", "name", "tensor")
    given = {**dict(zip(names, call.arguments, strict=False)), **call.keywords}
    if call.open_keywords or call.open_arguments:
        given.setdefault("shape", call.find(0, "shape"))
    return read_input(given, call.machine, call.site)


def register(libraries: Libraries) -> None:
    libraries.functions.update(dict.fromkeys(MODELS, make_model))
    libraries.functions.update(dict.fromkeys(SEQUENTIAL, make_sequential))
    libraries.functions.update(dict.fromkeys(INPUTS, make_input))
    libraries.functions["keras.models.load_model"] = libraries.functions["keras.saving.load_model"] = load_model
    libraries.functions["keras.models.clone_model"] = clone_model
    libraries.instance_makers.append(make_instance)
    libraries.lacking.append(lacks)
    libraries.super_callers.append(call_super)
