"""What Keras refuses when a model is made or called: tensors that no input leads to, names that stand twice, what is no layer,
tensors of other sizes."""

from __future__ import annotations

from collections import Counter

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.diagnostic import Note
from cnnspec.base.join_words import join_words
from cnnspec.layers.shape import show_shape
from cnnspec.python_source.interpreter.objects import FunctionValue
from cnnspec.python_source.keras.reached import count_weights
from cnnspec.python_source.tape import TensorValue
from cnnspec.python_source.values import External
from cnnspec.python_source.written import WrittenCall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.graph import Site
    from cnnspec.python_source.keras.model_value import ModelValue
    from cnnspec.python_source.machine import Machine

LAYERS = "keras.layers."
FUNCTIONS = ("keras.activations.", "tensorflow.nn.")


def find_stretch(site: Site, *keys: int | str) -> tuple[int, int] | None:
    """Where one of a call's arguments stands, if it is written there."""
    node = site.node
    return (
        next((node.values[key] for key in keys if key in node.values), None) if isinstance(node, WrittenCall) else None
    )


def refuse_unconnected(loose: list[TensorValue], machine: Machine, site: Site) -> bool:
    """Report that a model's outputs need inputs that it is not given; whether they do."""
    missing = [tensor for tensor in loose if tensor.node.is_input]
    if not missing or len(missing) < len(loose):
        return False
    lines = [f"the input {t.node.name or f'of line {t.node.site.first_line}'}" for t in missing]
    notes = tuple([Note("it is made here", tensor.node.site.span) for tensor in missing[:3]])
    message = (
        f"the model's outputs need {join_words(lines)}, which {'are' if len(lines) > 1 else 'is'} not among its inputs"
    )
    machine.report("E016", message, site, find_stretch(site, 0, "inputs"), "list all of them: inputs=[…]", notes)
    return True


def refuse_names(named: list[tuple[str, Site]], machine: Machine, site: Site) -> None:
    """Report a name that several layers of a model have."""
    counts = Counter([name for name, _ in named if name])
    for name, count in counts.items():
        if count > 1:
            notes = tuple([Note("it stands here", place.span) for other, place in named if other == name][:3])
            message = f'{count} layers of the model are called "{name}", and each needs a name of its own'
            machine.report("E013", message, site, None, "leave the name out, or number it", notes)


def refuse_no_layer(value: Any, machine: Machine, site: Site, stretch: tuple[int, int] | None) -> None:
    """Report what stands where a layer must in a Sequential model, if it is certain that it is none."""
    if isinstance(value, TensorValue):
        what, help = "a tensor", "give it the layer or model itself"
    elif isinstance(value, External) and value.name.startswith(LAYERS) and value.name.rpartition(".")[2][:1].isupper():
        kind = value.name.rpartition(".")[2]
        what, help = f"the class {kind}", f"write {kind}(…), which makes a layer"
    elif isinstance(value, FunctionValue) or isinstance(value, External) and value.name.startswith(FUNCTIONS):
        name = value.name.rpartition(".")[2]
        what = f"the function {name}" if name.isidentifier() else "a function"
        help = f'write layers.Activation("{name}")' if isinstance(value, External) else "write layers.Lambda(…)"
    elif value is None or isinstance(value, (bool, int, float, str, tuple, list)):
        number = isinstance(value, (bool, int, float))
        kind = "text" if isinstance(value, str) else type(value).__name__
        what, help = "None" if value is None else "a number" if number else f"a {kind}", ""
    else:
        return
    machine.report("E012", f"a Sequential model is made of layers, and this is {what}", site, stretch, help)


def refuse_second_input(first: TensorValue, machine: Machine, site: Site, stretch: tuple[int, int] | None) -> None:
    """Report an input that is added to a Sequential model that has one."""
    notes = (Note("its input is made here", first.node.site.span),)
    message, help = "a Sequential model has one input, and this is a second", "a model of several is a keras.Model"
    machine.report("E011", message, site, stretch, help, notes)


def refuse_tensor(model: ModelValue, own: TensorValue, given: TensorValue, machine: Machine, site: Site) -> bool:
    """Report that a model is called on a tensor of other sizes than its input's; whether it is. Keras lets one channel pass, and
    refuses it once the model runs, if there are weights for another number."""
    expected, found = own.list_sizes(), given.list_sizes()
    if expected is None or found is None or expected == found:
        return False
    if len(expected) == len(found):
        differing = [a != b and a is not None and b is not None for a, b in zip(expected, found, strict=True)]
        if not any(differing):
            return False
        if not any(differing[:-1]) and 1 in (expected[-1], found[-1]):
            weights = count_weights(machine.tape, model.list_outputs(), model.list_inputs())
            if not weights:
                return False
    elif 1 in (expected[-1], found[-1]) and abs(len(expected) - len(found)) == 1:
        return False  # Keras adds or takes away an axis
    name = f'the model "{model.name}"' if model.name else "the model"
    message = f"{name} takes {show_shape(expected[1:])}, and is called on {show_shape(found[1:])}"
    code = "E106" if len(expected) != len(found) else "E012"
    machine.report(
        code, message, site, find_stretch(site, 0, "inputs"), "", (Note("its input is made here", own.node.site.span),)
    )
    return True


def refuse_count(model: ModelValue, expected: int, found: int, machine: Machine, site: Site) -> None:
    """Report that a model is called on another number of tensors than it takes."""
    name = f'the model "{model.name}"' if model.name else "the model"
    message = f"{name} takes {count_nouns(expected, 'tensor')}, and is called on {found}"
    machine.report("E012", message, site, find_stretch(site, 0, "inputs"))
