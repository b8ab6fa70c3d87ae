"""Calls of the classes and functions of keras.layers → layers."""

from __future__ import annotations

from functools import partial

from cnnspec.python_source.arrays.numpy_int import to_python
from cnnspec.python_source.keras.arguments import bind, find_signature, find_written
from cnnspec.python_source.keras.layer_value import LayerValue, call_layer
from cnnspec.python_source.keras.refusals import find_refusal
from cnnspec.python_source.keras.signatures import ALIASES, SIGNATURES
from cnnspec.python_source.tape import TensorValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.values import Call

# What stands in keras.layers and is made elsewhere, or is no layer.
NO_LAYERS = ("Input", "InputSpec", "Layer", "Wrapper", "Pipeline")
# The functions of keras.layers that call a layer at once, the first argument its inputs; with what it has by position besides.
FUNCTIONS = {
    "add": "Add", "average": "Average", "concatenate": "Concatenate", "dot": "Dot", "maximum": "Maximum", "minimum": "Minimum",
    "multiply": "Multiply", "subtract": "Subtract",
}  # fmt: skip
RAISES = ("TypeError", "ValueError")
OLD_PLACE = "keras.layers.experimental.preprocessing."


def make_layer(kind: str, call: Call) -> Any:
    """The layer that a call of a class makes; something unknown where Keras would refuse it, which is reported."""
    signature = find_signature(f"keras.layers.{kind}")
    assert signature is not None
    bound = bind(call, signature, kind)
    if bound is None:
        return call.make_unknown(f"this {kind} is refused")
    if (refusal := find_refusal(kind, bound.arguments)) is not None:
        stretch = bound.stretches.get(refusal.argument)
        call.machine.report(refusal.code, refusal.message, call.site, stretch, refusal.help)
        return call.make_unknown(f"this {kind} is refused")
    arguments = to_python(bound.arguments)
    if call.machine.channels_first and signature.takes("data_format") and arguments.get("data_format") is None:
        arguments = {**arguments, "data_format": "channels_first"}
    return LayerValue(kind, arguments, call.site, call.machine, bound.stretches)


def refuse_function(kind: str, call: Call) -> bool:
    """Report tensors that one of these functions is given one by one, or none; whether it is."""
    name = kind.lower()
    count = sum([isinstance(value, TensorValue) for value in call.arguments])
    none = not call.arguments and not call.keywords and not call.open_arguments and not call.open_keywords
    if count < 2 and not none:
        return False
    message = f"{name} takes one list of tensors, and gets {count or 'nothing'}"
    call.machine.report("E011", message, call.site, find_written(call, 1), f"write {name}([a, b])", raises=RAISES)
    return True


def call_function(kind: str, call: Call) -> Any:
    """What a function of keras.layers gives: the inputs, then what its layer takes by name, and `axes` or `axis` by
    position."""
    if refuse_function(kind, call):
        return call.make_unknown(f"this call of {kind.lower()} is refused")
    inputs = call.find(0, "inputs")
    keywords = {key: value for key, value in call.keywords.items() if key != "inputs"}
    made = make_layer(kind, call.replace(arguments=call.arguments[1:], keywords=keywords))
    if not isinstance(made, LayerValue):
        return made
    return call_layer(call.machine, made, call.replace(arguments=(inputs,), keywords={}))


def register(libraries: Libraries) -> None:
    for name in (*SIGNATURES, *ALIASES):
        module, _, public = name.rpartition(".")
        kind = ALIASES.get(name, name).rpartition(".")[2]
        if module == "keras.layers" and kind[:1].isupper() and kind not in NO_LAYERS:
            libraries.functions[name] = partial(make_layer, kind)
            libraries.functions[OLD_PLACE + public] = libraries.functions[name]
    for name, kind in FUNCTIONS.items():
        libraries.functions[f"keras.layers.{name}"] = partial(call_function, kind)
