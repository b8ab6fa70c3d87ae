"""Whether the numbers that are written down for a weight fill it, and the weight that they make.

As values they are nested as the layer is drawn: for each filter, for each channel, row by row. What stands alone needs no
brackets of its own: the matrix of one filter on one channel is a matrix. As those of a constant initialiser Keras multiplies
them with ones of the weight's shape, so that they are repeated along axes that they do not have, and a weight of another
shape comes out where they do not fit.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product as combine
from math import prod
from typing import TYPE_CHECKING, Any

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.argument import Term
from cnnspec.layers.array import Array, nest
from cnnspec.layers.exact_numbers import read_exact
from cnnspec.layers.named_filters import find_filter, find_sizes
from cnnspec.layers.shape import show_shape
from cnnspec.layers.weight import Values
from cnnspec.layers.words import initializer, lengths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.layers.base import Layer
    from cnnspec.layers.shape import Shape
    from cnnspec.layers.weight import Weight


DEEPEST = 5  # lists in lists that a weight may have
SHORT = 18  # numbers of an example
REMEMBERED = 256  # weights whose numbers are not worked out anew for whoever asks next


class Misfit(Exception):
    """Numbers that do not fill a weight: what they are instead, and what to do."""

    def __init__(self, why: str, help: str = "") -> None:
        super().__init__(why)
        self.why, self.help = why, help


def unfilled(layer: Layer, inputs: tuple[Shape, ...]) -> Problem | None:
    """The first numbers of a layer that do not fill their weight, or contradict another argument."""
    weights = layer.own_weights(inputs)
    for name, argument in layer.arguments.items():
        given = layer.argument_values()[name]
        if type(given) is Values:
            weight = next((w for w in weights if w.values == name), None)
            found = _find_contradiction(layer, name, weight) or (weight and _find_misfit(layer, weight, given))
        else:
            found = _find_unfilled(name, given, weights) if argument.kind is initializer else None
        if found:
            return found
    return None


# ---- values --------------------------------------------------------------------------------------------------
def lay_out_values(layer: Layer, inputs: tuple[Shape, ...]) -> dict[str, Array]:
    """The weights of a layer whose values are written down, by Keras's names: exact numbers as they lie in Keras's tensor."""
    return {weight.name: _lay_out(weight, values) for weight, values in _find_values(layer, inputs)}


def begin_with_values(layer: Layer, inputs: tuple[Shape, ...]) -> dict[str, Any]:
    """Keras's initialisers of the weights whose values are written down, by the names of their arguments."""
    return {
        layer.arguments[weight.initializer].keras or weight.initializer: _make_constant(weight, values)
        for weight, values in _find_values(layer, inputs)
    }


def draw_values(layer: Layer, inputs: tuple[Shape, ...]) -> dict[str, Values]:
    """All values of a layer, by their arguments, in the one form of those that mean the same: exact numbers, without
    brackets around what stands alone."""
    return {
        weight.values: Values(nest(_draw(weight, values).numbers, _find_shortest(weight)))
        for weight, values in _find_values(layer, inputs)
    }


def draw_array(weight: Weight, array: Array) -> Values:
    """The values of a weight whose numbers lie in Keras's tensor as these, without brackets around what stands alone."""
    return Values(nest(array.transpose(_find_order(weight)).numbers, _find_shortest(weight)))


def read_constants(layer: Layer, inputs: tuple[Shape, ...]) -> Layer:
    """The layer with the numbers of its constant initialisers as values, where they are a whole weight."""
    changes: dict[str, Any] = {}
    for weight in layer.own_weights(inputs):
        term = layer.argument_values().get(weight.initializer)
        given = dict(term.keywords).get("value") if isinstance(term, Term) and term.name == "Constant" else None
        if isinstance(given, tuple) and weight.values in layer.arguments and lengths(given) == weight.shape:
            changes[weight.values] = draw_array(weight, Array(tuple(_flatten(given)), lengths(given)))
            changes[weight.initializer] = layer.arguments[weight.initializer].record_default
    return layer.replace(**changes) if changes else layer


def _find_values(layer: Layer, inputs: tuple[Shape, ...]) -> Iterator[tuple[Weight, Values]]:
    """The weights of a layer with the values that fill them; such as do not are left out: they are a mistake of the layer's."""
    given = layer.argument_values()
    for weight in layer.own_weights(inputs):
        if type(values := given.get(weight.values)) is Values and all([isinstance(n, int) for n in weight.shape]):
            if _find_misfit(layer, weight, values) is None:
                yield weight, values


def _find_contradiction(layer: Layer, name: str, weight: Weight | None) -> Problem | None:
    """Why a weight has no use for values: there is no such weight, or an initialiser too says how it begins."""
    what = name.removesuffix("_values")
    if weight is None:
        flag = next((flag for flag, others in layer.needed_by.items() if f"{what}_initializer" in others), what)
        message = f"{name} has no weight to fill: with {flag}=false {layer.names[0]} has no {what}"
        return Problem("E011", message, name, f"drop {name}, or {flag}=false")
    other = weight.initializer
    if layer.argument_values()[other] == layer.arguments[other].record_default:
        return None
    return Problem("E011", f"{name} and {other} both say how the {what} begins", name, "give one of them")


def _find_misfit(layer: Layer, weight: Weight, values: Values) -> Problem | None:
    """Why values do not fill their weight."""
    if not all([isinstance(n, int) for n in weight.shape]):
        return None  # a size that is not known, which is another problem
    try:
        _find_whole_shape(weight, values.written)
    except Misfit as misfit:
        message = f"{layer.names[0]}'s {weight.values} must be {_describe(weight)}{misfit.why}"
        return Problem("E011", message, weight.values, misfit.help or _advise(weight))
    return None


# ---- how a weight is drawn -----------------------------------------------------------------------------------
def _find_order(weight: Weight) -> tuple[int, ...]:
    """The axes of the tensor in the order in which they are drawn."""
    rank = len(weight.shape)
    leading = tuple([axis % rank for axis in weight.drawn.leading])
    return (*leading, *[axis for axis in range(rank) if axis not in leading])


def _find_parts(weight: Weight) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The numbers of filters, channels, …, and the size of the window."""
    sizes, count = [weight.shape[axis] for axis in _find_order(weight)], len(weight.drawn.leading)
    return tuple(sizes[:count]), tuple(sizes[count:])  # type: ignore[arg-type]  # all are numbers


def _find_shortest(weight: Weight) -> tuple[int, ...]:
    """The shape of a weight's numbers without the brackets around what stands alone."""
    parts, window = _find_parts(weight)
    several = tuple([n for n in parts if n > 1])
    return several if several and set(window) == {1} else (*several, *window) if window else several or (1,)


def _find_whole_shape(weight: Weight, written: Any) -> tuple[int, ...]:
    """The shape of a weight as it is drawn, with 1 for parts that stand for all. Raises Misfit."""
    parts, window = _find_parts(weight)
    given = _measure(written, window, weight)
    tails = [window, ()] if window and set(window) == {1} else [window]
    wholes = [parts, (1, *parts[1:])] if weight.drawn.alike else [parts]
    for whole in wholes:
        heads = combine(*[[(n,), ()] if n == 1 else [(n,)] for n in whole])
        for head in heads:
            if given in [(*[n for part in head for n in part], *tail) for tail in tails]:
                return (*whole, *window)
    if isinstance(written, str):
        raise Misfit(f", not {written}, which is {_say_count(given)}", _advise(weight, written))
    raise Misfit(f", not {_say_count(given)}" if len(given) <= DEEPEST else f", not numbers {len(given)} lists deep")


def _measure(part: Any, window: tuple[int, ...], weight: Weight) -> tuple[int, ...]:
    """The shape of lists in lists, with the window's for the name of a filter. Raises Misfit where they are uneven."""
    if isinstance(part, str):
        if find_filter(part, window) is None:
            size = f"this kernel is {show_shape(window)}" if window else "this kernel slides no window"
            raise Misfit(f": {part} is {find_sizes(part)}, and {size}", "box and gaussian have any size" * bool(window))
        return window
    if not isinstance(part, tuple):
        return ()
    if not isinstance(part[0], (tuple, str)) and not any([isinstance(n, (tuple, str)) for n in part]):
        return (len(part),)
    shapes = [_measure(inner, window, weight) for inner in part]
    for number, shape in enumerate(shapes, 1):
        if shape != shapes[0]:
            one, other = _say_count(shapes[0]), _say_count(shape)
            raise Misfit(
                f", but they are uneven: of {len(part)} lists the first has {one}, number {number} has {other}"
            )
    return (len(part), *shapes[0])


@lru_cache(REMEMBERED)
def _draw(weight: Weight, values: Values) -> Array:
    """The numbers of a weight as it is drawn."""
    parts, window = _find_parts(weight)
    whole = _find_whole_shape(weight, values.written)
    numbers = [read_exact(n) for n in _flatten(values.written, window)]
    times = parts[0] if parts and whole[0] != parts[0] else 1
    return Array(tuple(numbers * times), (*parts, *window))


@lru_cache(REMEMBERED)
def _lay_out(weight: Weight, values: Values) -> Array:
    """The numbers of a weight as they lie in Keras's tensor."""
    order = _find_order(weight)
    return _draw(weight, values).transpose(tuple([order.index(axis) for axis in range(len(order))]))


@lru_cache(REMEMBERED)
def _make_constant(weight: Weight, values: Values) -> Term:
    """Keras's initialiser that makes a weight of its numbers."""
    array = _lay_out(weight, values)
    numbers = [n if isinstance(n, int) else float(n) for n in array.numbers]
    return Term("Constant", keywords=(("value", nest(numbers, array.shape)),), module="initializers")


def _flatten(part: Any, window: tuple[int, ...] = ()) -> Iterator[Any]:
    """The numbers in lists in lists, one behind the other."""
    if isinstance(part, str):
        part = find_filter(part, window)
    if isinstance(part, tuple):
        for inner in part:
            yield from _flatten(inner, window)
    else:
        yield part


# ---- in words ------------------------------------------------------------------------------------------------
def _describe(weight: Weight) -> str:
    """What a weight's numbers are: 2 filters of 1 channel of 3x3 numbers."""
    parts, window = _find_parts(weight)
    named = [f"{n} {word}{'s' * (n != 1)}" for n, word in zip(parts, weight.drawn.parts, strict=True)]
    return " of ".join([*named, *([_say_count(window)] if window else [])])


def _advise(weight: Weight, name: str = "") -> str:
    """How to nest the numbers, or the name of a filter, by an example where that is short."""
    parts, window = _find_parts(weight)
    shape = _find_shortest(weight)[: -len(window) or None] if name else _find_shortest(weight)
    if prod(shape) <= SHORT:
        return f"write, for example, {Values(nest([name or 0] * prod(shape), shape))}"
    for count, part in zip(parts, weight.drawn.parts, strict=True):
        if count > 1:
            return f"write {count} lists, one for each {part}"
    return f"write {window[0]} rows of {show_shape(window[1:])}" if len(window) > 1 else f"write {_say_count(window)}"


def _say_count(shape: tuple[int, ...]) -> str:
    """How many numbers there are: 1 number, 3x3 numbers."""
    count = show_shape(shape) or "1"
    return f"{count} number{'s' * (count != '1')}"


# ---- constants -----------------------------------------------------------------------------------------------
def _find_unfilled(name: str, term: Any, weights: tuple[Weight, ...]) -> Problem | None:
    """Why the numbers of a constant initialiser do not fill their weight."""
    values = dict(term.keywords).get("value") if term is not None and term.name == "Constant" else None
    weight = next((w for w in weights if w.initializer == name), None)
    if not isinstance(values, tuple) or weight is None or fills(lengths(values), weight.shape):
        return None
    message = f"a constant of {show_shape(lengths(values))} does not fill {weight.name} of {show_shape(weight.shape)}"
    return Problem("E011", message, name, "write one number, or lists of that shape")


def fills(given: tuple[int, ...], shape: Shape) -> bool:
    """Whether numbers of a shape, repeated where they have one or none, have exactly the shape of a weight."""
    behind = shape[len(shape) - len(given) :]
    return len(given) <= len(shape) and all(n == 1 or n == m for n, m in zip(given, behind, strict=True))
