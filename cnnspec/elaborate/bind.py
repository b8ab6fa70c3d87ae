"""The arguments of a layer call → the layer, with the argument at fault where they do not fit."""

from __future__ import annotations

from functools import partial

from cnnspec.elaborate.expressions import Expressions
from cnnspec.elaborate.reporting import describe
from cnnspec.elaborate.values import UNKNOWN, Closure, Function, Scope, Tensor
from cnnspec.layers.argument import REQUIRED, Term, Unfit, show, word_of
from cnnspec.names import suggestion
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.layers.base import Layer


class Bound:
    """A bound call: the layer, and what the call says beside it."""

    __slots__ = ("activation", "input_shape", "layer", "name")

    def __init__(self) -> None:
        self.layer: Layer | None = None
        self.name: str | None = None  # name="stem", as pasted from Keras
        self.input_shape: tree.Node | None = None  # input_shape=(28, 28, 1), likewise
        self.activation: Function | None = None  # an activation with arguments, a layer of its own


_made: dict[Any, Layer] = {}


def bind(
    cls: type[Layer], word: str, arguments: tuple[tree.Argument, ...], at: tree.Node, scope: Scope,
    current: Tensor | None, run: Expressions,
) -> Bound | None:  # fmt: skip
    """The layer that a call asks for; None, and an error noted, when it cannot be made."""
    bound = Bound()
    given: dict[str, Any] = {}
    places: dict[str, tree.Node] = {}
    preset = cls.presets.get(word) or cls.presets.get(word.lower(), {})
    free = [name for name in cls.arguments if name not in preset]
    position = 0
    failed = False
    for argument in arguments:
        if argument.name is None:
            if position >= len(free):
                takes = f"{len(free)} argument{'s' * (len(free) > 1)}" if free else "no arguments"
                help = f"`cnnspec layers {word}` lists them" if free else "drop it"
                if len(free) == 1:
                    help = f"several numbers stand in parentheses of their own: {word}((2, 1))"
                run.error("E011", argument, scope, f"{word} takes {takes}, this is one too many", help)
                return None
            name = free[position]
            position += 1
        else:
            name = argument_name(cls, argument.name.text)
            if name == "":
                if aside(argument, bound, scope, current, run):
                    continue
                message = f'{word} has no argument "{argument.name.text}"'
                run.error("E011", argument.name, scope, message, partial(instead, argument.name.text, free))
                failed = True
                continue
        if name in given:
            run.error("E011", argument, scope, f"{name} is given twice", "drop one, or put what has no name first")
            failed = True
            continue
        value = run.evaluate(argument.value, scope, current)
        if value is UNKNOWN:
            failed = True
            continue
        if name == "activation" and isinstance(value, Closure):
            bound.activation = value
            continue
        given[name] = value
        places[name] = argument.value
    missing = [n for n in free if n not in given and cls.arguments[n].record_default is REQUIRED]
    if missing and not failed:
        needs = " and ".join(missing)
        from cnnspec.elaborate.meant import by_arguments

        help = by_arguments(cls, word, given) or f"write, for example, {example_call(cls)}"
        run.error("E011", at, scope, f"{word} needs {needs}", help)
        return None
    if failed:
        return None
    try:
        key = (cls, tuple(preset.items()), tuple([(name, kinds(value), value) for name, value in given.items()]))
        layer = _made.get(key)
    except TypeError:  # a list among the values
        key, layer = None, None
    if layer is None:
        values: dict[str, Any] = dict(preset)
        for name, value in given.items():
            try:
                values[name] = cls.arguments[name].kind(value)
            except Unfit as unfit:
                from cnnspec.elaborate.meant import by_arguments, by_sign

                unfit.hint = by_arguments(cls, word, given) or by_sign(places[name], scope) or unfit.hint
                misfit(cls, word, name, value, unfit, places[name], scope, run)
                return None
        layer = cls(**values)
        if key is not None and len(_made) < 100_000:
            _made[key] = layer
    bound.layer = layer
    return bound


def word_of_function(function: tree.Node) -> str | None:
    """The word of a call: conv of conv(8), Conv2D of layers.Conv2D(8)."""
    if isinstance(function, tree.Attribute):
        return function.name.text
    return function.text if isinstance(function, tree.Name) else None


def given_arguments(call: tree.Call, layer: Layer) -> dict[str, tree.Argument]:
    """The arguments of a layer's call by their canonical names."""
    word, cls = word_of_function(call.function) or "", type(layer)
    preset = cls.presets.get(word) or cls.presets.get(word.lower(), {})
    free = iter([name for name in cls.arguments if name not in preset] if not cls.merges else [])
    found: dict[str, tree.Argument] = {}
    for argument in call.arguments:
        name = next(free, "") if argument.name is None else argument_name(cls, argument.name.text)
        if name:
            found[name] = argument
    return found


def factors(value: tree.Node) -> list[int]:
    """The numbers of a product that is written out; none of another expression."""
    if not isinstance(value, tree.Arithmetic) or not all([operator == "*" for operator, _ in value.rest]):
        return []
    parts = [value.first, *[part for _, part in value.rest]]
    whole = [part.value for part in parts if isinstance(part, tree.Number) and isinstance(part.value, int)]
    return whole if len(whole) == len(parts) else []


def instead(name: str, known: list[str]) -> str:
    """What to write in place of an argument that a layer does not have."""
    return suggestion(name, known).removeprefix("; ") or f"it has {', '.join(known)}"


def kinds(value: Any) -> Any:
    """Types, deep: what tells true from 1, which compare equal."""
    return tuple([kinds(v) for v in value]) if type(value) is tuple else type(value)


def argument_name(cls: type[Layer], word: str) -> str:
    """The canonical name of a layer's argument by any of its spellings, "" when it has none such."""
    if word in cls.arguments:
        return word
    for name, argument in cls.arguments.items():
        if word == argument.keras or word in argument.aliases:
            return name
    return ""


def aside(argument: tree.Argument, bound: Bound, scope: Scope, current: Tensor | None, run: Expressions) -> bool:
    """Arguments that every Keras layer takes and that say nothing about the layer itself; whether this is one."""
    word = argument.name.text if argument.name else ""
    if word in ("input_shape", "input_dim"):
        bound.input_shape = argument.value
    elif word == "name":
        value = run.evaluate(argument.value, scope, current)
        bound.name = word_of(value)
        if value is not UNKNOWN and not bound.name:
            run.error("E011", argument, scope, f"a layer's name is a text, not {describe(value)}")
    elif word == "data_format":
        value = run.evaluate(argument.value, scope, current)
        if word_of(value) not in ("channels_last", "none", "None"):
            run.error(
                "E011",
                argument,
                scope,
                f"data_format is {describe(value)}, but here channels stand last",
                "drop it, and write the shapes as HxWxC",
            )
    else:
        return False
    return True


def misfit(
    cls: type[Layer], word: str, name: str, value: Any, unfit: Unfit, place: tree.Node, scope: Scope, run: Expressions
) -> None:
    """Say why a value does not fit an argument; a word that another argument would take gets a hint."""
    if isinstance(value, Term) and value.place and not value.positional:
        place = value.place[0] if value.place[1].source is scope.source else place
    help = unfit.hint
    for other, argument in cls.arguments.items():
        if other != name and word_of(value) is not None:
            try:
                argument.kind(value)
            except Unfit:
                continue
            help = f"did you mean {other}={show(value)}?"
            break
    run.error("E011", place, scope, f"{word}'s {name} must be {unfit.expected}, not {describe(value)}", help)


def example_call(cls: type[Layer]) -> str:
    """The layer's own example, without its input line."""
    return cls.example.split("\n")[-1]
