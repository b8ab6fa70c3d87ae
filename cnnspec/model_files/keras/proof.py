"""The proof that a layer of the language is the same as some saved Keras calls.

The layer is asked for the Keras calls that it would become, and the two are compared, argument by argument, each completed
with Keras's defaults.
"""

from __future__ import annotations

from typing import Any

from cnnspec.layers.argument import Term, Unfit, show
from cnnspec.layers.base import KerasCall, Layer, Shape, show_shape
from cnnspec.layers.filling import read_constants
from cnnspec.layers.weight import holds_numbers
from cnnspec.layers.words import saved
from cnnspec.model_files.keras.equivalents import NEUTRAL

# What formulas raise on values of a kind that Keras never saves: a file may hold any, and layers do not check for that.
DAMAGE = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, AssertionError)


INFINITY = float("inf")


def prove_layer(cls: type[Layer], calls: tuple[KerasCall, ...], shapes: tuple[Shape, ...]) -> Layer | str:
    """The layer that some calls are, proved by the calls that it becomes in Keras; else why there is none."""
    try:
        layer = cls.from_keras(calls, shapes)
        if layer is None:
            return f"no layer of the language is Keras's {calls[-1].name}"
        if len(calls) > 1 and layer.problem(shapes) is not None:
            return "together they are refused"
        layer = read_constants(layer, shapes) if holds_numbers(layer) and layer.problem(shapes) is None else layer
        return find_difference(layer, calls, shapes) or layer
    except Unfit as unfit:
        return f"{unfit.expected}{f' ({unfit.hint})' if unfit.hint else ''}"
    except DAMAGE as error:
        return f"its config is damaged: {error}"


def find_difference(layer: Layer, calls: tuple[KerasCall, ...], shapes: tuple[Shape, ...]) -> str:
    """The first difference between some calls and those that a layer would become; "" where there is none."""
    problem = layer.problem(shapes)
    return problem.message if problem is not None else compare_calls(layer, calls, shapes)


def compare_calls(layer: Layer, calls: tuple[KerasCall, ...], shapes: tuple[Shape, ...]) -> str:
    """The same, whether or not the layer takes the inputs."""
    if without := [name for name, value in layer.argument_values().items() if value in (INFINITY, -INFINITY)]:
        return f"its {without[0]} is infinite, which the language cannot say"
    ours = layer.keras(shapes)
    if len(ours) == len(calls) + 1 and ours[0].name.startswith("ops.") and ours[-1].name == "Identity":
        ours = ours[:-1]  # a function of keras.ops cannot carry a name: ours has a layer behind it that can
    if [call.name for call in ours] != [call.name for call in calls]:
        return f"no layer of the language is Keras's {calls[-1].name} on {show_shape(shapes[0])}"
    for our, their in zip(ours, calls, strict=True):
        expected = {**NEUTRAL, **layer.completed(our, shapes)}
        if our.helper or "trainable" not in layer.arguments and not any(w.trainable for w in layer.own_weights(shapes)):
            expected["trainable"] = their.arguments.get("trainable", True)  # there is nothing to train
        if (our.around and (our.around.name, our.around.arguments)) != (
            their.around and (their.around.name, their.around.arguments)
        ):
            return f"it stands in another wrapper than {layer.names[0]} has"
        for key, value in their.arguments.items():
            if key not in expected:
                return f"its {key}={show_value(value)} has no argument in {layer.names[0]}"
            if not is_alike(expected[key], value):
                return f"its {key}={show_value(value)} cannot be said of {layer.names[0]}"
        if lost := [
            key for key in our.arguments if key not in their.arguments and our.arguments[key] != expected.get(key)
        ]:
            return f"its {lost[0]} is missing"
    return ""


def is_alike(ours: Any, theirs: Any) -> bool:
    """Whether an argument is the one that Keras saved: one number stands for equal numbers of all axes."""
    if theirs == {}:
        return ours is None
    if isinstance(theirs, dict):
        ours = Term(ours.name, ours.positional, ours.keywords) if isinstance(ours, Term) else ours
        return bool(saved(theirs) == ours)
    if isinstance(theirs, (list, tuple)):
        if isinstance(ours, (list, tuple)):
            return len(ours) == len(theirs) and all(is_alike(a, b) for a, b in zip(ours, theirs, strict=True))
        return bool(theirs) and all(is_alike(ours, b) for b in theirs)
    if ours is None:
        return theirs in (None, "linear")
    return bool(ours == theirs) and isinstance(ours, bool) == isinstance(theirs, bool)


def show_value(value: Any) -> str:
    try:
        text = show(saved(value))
    except Unfit:
        text = str(value.get("class_name"))
    return text if len(text) <= 60 else text[:57] + "…"
