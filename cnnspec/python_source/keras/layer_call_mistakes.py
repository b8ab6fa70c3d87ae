"""What Keras refuses where a layer is called, whatever the shapes of its tensors: no tensor at all, what is none, a list of
tensors in the place of one, arguments that the call does not have.

Source: measured on Keras 3.15 (tests/python_source/calls; each layer on a list: tests/python_source/layers/test_calls.py).
"""

from __future__ import annotations

from functools import cache

from cnnspec.base.did_you_mean import find_proposals, write_question
from cnnspec.python_source.keras.arguments import Signature, find_signature, find_written, read_signature
from cnnspec.python_source.keras.call_mistakes import advise, name_no_tensor, report
from cnnspec.python_source.keras.call_signatures import LAYER_CALLS
from cnnspec.python_source.keras.misuses import LISTS
from cnnspec.python_source.keras.problems import show
from cnnspec.python_source.tape import TensorValue
from cnnspec.python_source.values import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.values import Call

ANYWHERE = ("training",)  # what Keras takes for any layer, and leaves out where the layer has no use for it


@cache
def find_call_signature(kind: str) -> Signature | None:
    """What a layer of a class is called with; None of one that takes more than tensors."""
    return read_signature(LAYER_CALLS[kind]) if kind in LAYER_CALLS else None


def refuse_call(layer: Any, call: Call) -> bool:
    """Report a call of a layer of Keras's that is refused, whatever the tensors are; whether it is."""
    return _refuse_no_tensors(layer, call) or _refuse_arguments(layer, call)


def _refuse_no_tensors(layer: Any, call: Call) -> bool:
    """Layers, classes and plain values among the tensors."""
    for value in walk(call.arguments):
        what = name_no_tensor(value)
        if what:
            takes = f"{layer.kind} is called on tensors, and this is {what}"
            report(call, "E012", takes, Signature(("inputs",), (), {}), "inputs", advise(value))
            return True
    if find_call_signature(layer.kind) is None:
        return False
    for number, value in enumerate(call.arguments):
        if isinstance(value, (bool, int, float, str)) or value is None and number == 0:
            message = f"{layer.kind} is called on tensors, and this is {show(value)}"
            help = "write training=…" if isinstance(value, bool) and number else ""
            call.machine.report("E012", message, call.site, find_written(call, number), help)
            return True
    return False


def _refuse_arguments(layer: Any, call: Call) -> bool:
    """Arguments that the layer's call does not have, and those that it lacks."""
    signature = find_call_signature(layer.kind)
    if signature is None or call.open_arguments or call.open_keywords:
        return False
    raises = ("TypeError", "ValueError")
    several = [value for value in call.arguments[1:2] if isinstance(value, TensorValue) and value.is_certain]
    if len(call.arguments) > len(signature.positional) or several and signature.positional[1] in ANYWHERE:
        count = sum([isinstance(value, TensorValue) for value in call.arguments])
        message = f"{layer.kind} takes one {'list of tensors' if layer.kind in LISTS else 'tensor'}, and gets {count or len(call.arguments)}"
        help = (
            f"write {layer.kind}()([a, b])" if layer.kind in LISTS else "join them by a Concatenate, or call it on each"
        )
        call.machine.report("E011", message, call.site, find_written(call, 1), help, raises=raises)
        return True
    given = {*signature.positional[: len(call.arguments)], *call.keywords}
    for key in call.keywords:
        if not signature.takes(key) and key not in ANYWHERE:
            message = f"{layer.kind} has no argument {key} where it is called"
            own = find_signature(f"keras.layers.{layer.kind}")
            if own is not None and own.takes(key):
                help = f"write {layer.kind}(…, {key}=…)(x): it is an argument of the layer itself"
            else:
                help = write_question(find_proposals(key, (*signature.positional, *ANYWHERE)))
            call.machine.report("E011", message, call.site, find_written(call, key), help, raises=raises)
            return True
    missing = [key for key in signature.positional if key not in given and key not in signature.defaults]
    if missing:
        message = f"{layer.kind} is called on nothing"
        help = "call it on tensors: layer([a, b])" if layer.kind in LISTS else "call it on a tensor: layer(x)"
        if given:
            message = f"{layer.kind} is not given {missing[0]} where it is called"
            help = f"write layer(x, {missing[0]}), or layer(x, x)" if missing == ["value"] else ""
        call.machine.report("E011", message, call.site, None, help, raises=raises)
    return bool(missing)
