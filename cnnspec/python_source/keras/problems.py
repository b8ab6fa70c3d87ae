"""What keeps a layer from its input, in the words of somebody who wrote it with Keras."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.size import Size
from cnnspec.layers.shape import show_shape
from cnnspec.lint.fix.spelling import name_in_keras

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from cnnspec.base.diagnostic import Problem, Remedy
    from cnnspec.layers.base import Layer
    from cnnspec.layers.shape import Shape

BROADCASTING = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Divide")


class Mistake(Record):
    """What Keras refuses. `argument`: the one at fault, by Keras's name; "" where the input is."""

    code: str
    message: str
    argument: str = ""
    help: str = ""


def blur(shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """Shapes as Keras knows them: of a size that is not known, nothing but that, so that any may be equal."""
    number = 0
    made = []
    for shape in shapes:
        sizes: list[Any] = []
        for size in shape:
            number += 1
            sizes.append(Size.unknown(f"N{number}") if isinstance(size, Size) else size)
        made.append(tuple(sizes))
    return tuple(made)


def explain(problem: Problem, layer: Layer, kind: str, shapes: tuple[Shape, ...]) -> Mistake | None:
    """A layer's problem as Keras has it; None where Keras takes what the language does not."""
    if problem.code == "E102":
        return explain_merge(problem, kind, shapes)
    if problem.code == "E107":
        message = f"{kind} on {show_shape(shapes[0])}: its weights would have an unknown size"
        help = "give the input a size, or put a global pooling in the place of Flatten" if len(shapes[0]) == 1 else ""
        return Mistake("E107", message, help=help or "give the input a size")
    if problem.code == "E011" and layer.merges:  # Keras joins along the batch too
        return None
    argument = layer.arguments.get(problem.argument)
    key = name_in_keras(problem.argument, argument) if argument is not None else ""
    beyond = key == "shared_axes" and is_beyond(layer, shapes[0])
    if problem.code not in ("E101", "E103", "E108", "E110") and key != "dims" and not beyond:
        return None
    message = problem.message.replace(
        f"{layer.names[0]}'s kernel", f"{kind}'s {'window' if 'Pooling' in kind else 'kernel'}"
    )
    if message.startswith(f"{layer.names[0]} "):
        message = kind + message[len(layer.names[0]) :]
    for name in ("output_padding", "padding", "groups"):
        message = message.replace(f"{name}=same", f'{name}="same"')
    return Mistake(problem.code, message, key, write_remedies(problem.remedies, layer))


def is_beyond(layer: Layer, shape: Shape) -> bool:
    """Whether shared axes are further behind than the shape goes; Keras passes over 0."""
    axes = layer.argument_values().get("shared_axes")
    return any([axis > len(shape) for axis in (axes if isinstance(axes, tuple) else (axes,)) if isinstance(axis, int)])


def explain_merge(problem: Problem, kind: str, shapes: tuple[Shape, ...]) -> Mistake | None:
    """Tensors that do not fit together; those of axes of size 1 do in Keras."""
    if kind in BROADCASTING and is_broadcast(shapes):
        return None
    number = int(problem.argument[1:]) - 1 if problem.argument.startswith("#") else len(shapes) - 1
    listed = " and ".join([show_shape(shape) for shape in (shapes[0], shapes[number])])
    if kind == "Concatenate":
        message = f"Concatenate of {listed}: all but the axis they are joined along must agree"
    elif kind == "Dot":
        message = f"Dot of {listed}: {problem.message.removeprefix('dot ')}"
    else:
        message = f"{kind} of {listed}: the shapes differ"
    one, other = shapes[0], shapes[number]
    help = ""
    if len(one) != len(other):
        help = "bring both to the same number of axes"
    elif kind != "Dot" and one[:-1] != other[:-1]:
        help = "bring both to the same sizes: the same strides and paddings, or crop the larger"
    elif kind in BROADCASTING:
        help = f"bring both to {one[-1]} channels, by a convolution of kernel_size=1" if len(one) > 1 else ""
    return Mistake("E102", message, help=help)


def is_broadcast(shapes: tuple[Shape, ...]) -> bool:
    """Whether NumPy's rules make the shapes one; a size that is not known may be any."""
    longest = max(map(len, shapes))
    for place in range(1, longest + 1):
        sizes = {shape[-place] for shape in shapes if len(shape) >= place}
        if len({n for n in sizes if isinstance(n, int) and n != 1}) > 1:
            return False
    return True


def write_remedies(remedies: Sequence[Remedy], layer: Layer) -> str:
    """'write padding="same" or kernel_size=3'; what needs other layers is left out."""
    written = [write_remedy(remedy, layer) for remedy in remedies if not remedy.behind and not remedy.instead]
    return f"write {' or '.join(written)}" if written else ""


def write_remedy(remedy: Remedy, layer: Layer) -> str:
    values = [
        (name_in_keras(name, layer.arguments[name]), value) for name, value in remedy.values if name in layer.arguments
    ]
    return ", ".join([f"{name}={show(value)}" for name, value in values])


def show(value: Any) -> str:
    """A value as it is written in Python, a text in double quotes."""
    return f'"{value}"' if isinstance(value, str) else repr(value)


def list_words(words: Iterable[str]) -> str:
    """Words of which one is to be written: "valid", "same" or "causal"."""
    *others, last = map(show, words)
    return f"{', '.join(others)} or {last}" if others else last
