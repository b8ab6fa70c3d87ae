"""What is asked of a sweep, as text: axes, conditions, keys and quantities → a `Request`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from cnnspec.base.limits import MAX_LAYERS
from cnnspec.base.source_files import read
from cnnspec.elaborate import elaborate, read_parameter
from cnnspec.elaborate.choices import list_once
from cnnspec.elaborate.holes import Holes
from cnnspec.elaborate.value_text import evaluate_text
from cnnspec.elaborate.values import UNKNOWN
from cnnspec.sweep.conditions import BadCondition, read_conditions, read_quantity
from cnnspec.sweep.ranges import BadRange, check_options, make_axes, read_axes, read_options
from cnnspec.sweep.rows import Key
from cnnspec.sweep.space import Axis, Space
from cnnspec.sweep.structure import INPUT, Parameter, Quantity, Question
from cnnspec.sweep.sweep import Request
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from typing import Any, TypeAlias

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.elaborate.files import Read
    from cnnspec.graph import Graph
    from cnnspec.sweep.conditions import Condition

    # NAME=OPTIONS as texts, or the options by the name: a text, or values
    Over: TypeAlias = Sequence[str] | Mapping[str, str | Iterable[Any]]

DEFAULT_QUANTITIES = ("params", "macs", "receptive_field")


class BadRequest(ValueError):
    """A sweep that makes no sense; the message is a sentence."""


def make_request(
    parsed: tree.Tree, model: str | None, given: Mapping[str, Any], over: Over, *, where: str = "",
    by: str = "", top: int = 10, pareto: str = "", columns: str = "", sample: int | None = None, seed: int = 0,
    histogram: str = "", read: Read = read, max_layers: int = MAX_LAYERS,
) -> Request:  # fmt: skip
    """The request that texts say; `given` are parameters with one value each. Raises BadRequest."""
    try:
        graph, item = find_model(parsed, model, given, read, max_layers)
        space = make_space(graph, given, over)
        needing = [one.name.text for one in item.parameters if one.default is None] if item else []
        check_given(needing, (*given, *[axis.parameter for axis in space.axes]))
        named = [*graph.parameters]
        derived = find_derived(item, [*given, *[axis.parameter for axis in space.axes]], parsed)
        conditions = [
            condition.replace(quantities=(*condition.quantities, *find_parameters(condition, derived)))
            for condition in (read_conditions(where, named) if where.strip() else ())
        ]
        shown = [read_quantity(part) for part in split_names(columns)] or [
            Quantity(name) for name in DEFAULT_QUANTITIES
        ]
        order = [read_key(part, space, named) for part in split_names(by)] or [Key(shown[0])]
        front = [read_key(part, space, named) for part in split_names(pareto)]
        histograms = [read_key(part, space, named) for part in split_names(histogram)]
    except (BadCondition, BadRange) as error:
        raise BadRequest(str(error)) from None
    for key in histograms:
        if key.largest:
            raise BadRequest(f"a histogram has no order: write {key.name}, not {key}")
    asked = [*shown, *[key.name for key in (*order, *front, *histograms) if isinstance(key.name, Quantity)]]
    asked += [quantity for condition in conditions for quantity in condition.quantities]
    quantities = tuple(dict.fromkeys(asked))
    channels = (graph.nodes[graph.inputs[0]].shape or (0,))[-1] if graph.inputs else 0
    if any([axis.parameter == INPUT for axis in space.axes]) and not isinstance(channels, int):
        raise BadRequest("the input's channels are unknown: its size alone is no shape")
    question = Question(
        parsed,
        item.name.text if item else None,
        quantities,
        read,
        max_layers,
        channels if isinstance(channels, int) else 0,
    )
    constants = {
        name: value for name, value in graph.parameters.items()
        if name not in derived and name not in space.fixed and name not in [axis.parameter for axis in space.axes]
    }  # fmt: skip
    return Request(
        question, space, tuple(conditions), tuple(order), top, tuple(front), sample, seed,
        tuple(dict.fromkeys(histograms)), tuple(constants.items()),
    )  # fmt: skip


def find_model(
    parsed: tree.Tree, model: str | None, given: Mapping[str, Any], read: Read, max_layers: int
) -> tuple[Graph, tree.Model | None]:
    """The one model that is asked for, as it is with its defaults."""
    if parsed.diagnostics:
        raise BadRequest(f"{parsed.source.name} has mistakes: mend them first, `cnnspec check` shows them")
    try:
        made = elaborate(parsed, read, given, max_layers, model)
    except KeyError as error:
        raise BadRequest("; ".join(map(str, error.args))) from None
    names = [item.name.text for item in parsed.body.items if isinstance(item, tree.Model)]
    if not made:
        has = f"it has {', '.join(names)}" if names else "there is no network in it"
        raise BadRequest(
            f'{parsed.source.name} has no model "{model}": {has}' if model else f"{parsed.source.name}: {has}"
        )
    if len(made) > 1:
        raise BadRequest(f"{parsed.source.name} has several models: choose one with --model, {', '.join(names)}")
    check_text_values(parsed, made[0].errors)
    return made[0].graph, made[0].item


def check_text_values(parsed: tree.Tree, errors: Sequence[Diagnostic]) -> None:
    """BadRequest for values of a parameter or a hole that make no sense as the text has them."""
    places = [(node.start, node.end) for node in tree.walk(parsed.body) if isinstance(node, tree.Values)]
    for error in errors:
        span = error.span
        if span is not None and span.source is parsed.source:
            if any([start <= span.start and span.end <= end for start, end in places]):
                raise BadRequest("; ".join(filter(None, (f"{span.origin}: {error.message}", error.help))))


def make_space(graph: Graph, given: Mapping[str, Any], over: Over) -> Space:
    """The space of some axes: those of `over`, and one for every other parameter and hole for which the text has values that
    make sense and `given` has none. Raises BadRange."""
    axes: list[Axis] = []
    for text, values in over.items() if isinstance(over, Mapping) else [(text, None) for text in over]:
        if isinstance(values, str):
            text, values = f"{text}={values}", None
        if text.partition("=")[0].strip() == INPUT:
            axes += read_input(text, graph, values)
        elif values is None:
            axes += read_axes(text, graph.parameters)
        else:
            axes += make_axes(text, partial(take_options, text, values), graph.parameters)
    for axis in axes:
        if axis.parameter in given:
            raise BadRange(f"{axis.parameter} has a value already: leave --set {axis.parameter}=… out")
    axes += make_text_axes(graph, {*given, *[axis.parameter for axis in axes]})
    names = [axis.name for axis in axes]
    whole = [axis.parameter for axis in axes if axis.element is None]
    for axis in axes:
        if names.count(axis.name) > 1 or axis.parameter in whole and axis.element is not None:
            raise BadRange(f"{axis.name} is given twice")
    fixed = dict(given)
    for axis in axes:
        if axis.element is not None:
            fixed[axis.parameter] = graph.parameters[axis.parameter]
    unknown = [name for name, value in graph.parameters.items() if value is UNKNOWN]
    holes = [name for name in unknown if name.startswith("?")]
    for name in [name for name in holes if name not in (*fixed, *whole)]:
        say = f"say which numbers it may be, --over {name}=8..64:8, or give it one, --set {name}=64"
        raise BadRange(f"the hole {name} has no values: {say}")
    if not axes:
        raise BadRange("there is nothing to go over: name a parameter and its options, --over width=16..128:8")
    if not holes:  # else it may be one that is computed from them
        check_given(unknown, (*fixed, *whole))
    return Space(tuple(axes), fixed)


def check_given(names: Iterable[str], given: Collection[str]) -> None:
    """BadRange for a parameter that needs a value, and is given none."""
    for name in [name for name in names if name not in given]:
        raise BadRange(f"the parameter {name} has no value: give it one with --set {name}=…, or options")


def make_text_axes(graph: Graph, named: Collection[str]) -> list[Axis]:
    """The axes that a text itself has: the values of its parameters and holes that make sense, but for those of some names. Of
    a parameter that is a list, values that are none are those of each of its elements."""
    axes: list[Axis] = []
    for name, choices in graph.choices.items():
        if name in named:
            continue
        options, default = list_once(choices), graph.parameters[name]
        if isinstance(default, list) and choices.are_of_elements:
            axes += [Axis(name, options, place) for place in range(len(default))]
        else:
            axes.append(Axis(name, options))
    return axes


def take_options(name: str, values: Iterable[Any]) -> tuple[Any, ...]:
    """The options of an axis from Python; a str is read as the language reads it."""
    try:
        found = [evaluate_text(v, name) if isinstance(v, str) else read_parameter(v) for v in values]
    except ValueError as error:
        raise BadRange(f"{name}: {error}") from None
    except TypeError:
        raise BadRange(f"the options of {name} are a text or several values, not {values!r}") from None
    return check_options(found, name)


def read_input(text: str, graph: Graph, values: Iterable[Any] | None = None) -> list[Axis]:
    """The axis of the input's size: 224 for each of its axes, or 224x320."""
    shapes = [graph.nodes[index].shape for index in graph.inputs]
    shape = shapes[0] if len(shapes) == 1 else None
    if shape is None or len(shape) < 2:
        what = f"{len(shapes)} inputs" if len(shapes) != 1 else "an input without a size"
        raise BadRange(f"input=… is for a network with one input that has a size; this one has {what}")
    rank = len(shape) - 1
    sizes = []
    options = read_options(text.partition("=")[2], text) if values is None else take_options(text, values)
    for option in options:
        size = (option,) * rank if isinstance(option, int) else option
        if not isinstance(size, tuple) or len(size) != rank or not all([isinstance(n, int) for n in size]):
            raise BadRange(f"{option} is no size of the input, which has {rank} of them: write input=32..256:32")
        sizes.append(size)
    return [Axis(INPUT, tuple(sizes))]


def find_derived(item: tree.Model | None, given: Sequence[str], parsed: tree.Tree | None = None) -> set[str]:
    """The parameters whose defaults are computed from others, or from holes, and so differ between candidates. `parsed` has the
    constants that are computed from holes, too."""
    holes = Holes(parsed, {}).names
    varying = {*given}
    for constant in parsed.body.items if parsed is not None else ():
        if isinstance(constant, tree.Assign) and list_read(constant.value, holes) & varying:
            varying.add(constant.name.text)
    derived: set[str] = set()
    for parameter in item.parameters if item else ():
        if parameter.name.text in given:
            continue
        varying.discard(parameter.name.text)  # which hides a constant of its name
        if parameter.default is not None and list_read(parameter.default, holes) & varying:
            derived.add(parameter.name.text)
            varying.add(parameter.name.text)
    return derived


def list_read(node: tree.Node, holes: Mapping[int, str]) -> set[str]:
    """The names in an expression, with those of its holes."""
    named = {part.text for part in tree.walk(node) if isinstance(part, tree.Name)}
    return named | {holes.get(part.start, "") for part in tree.walk(node) if isinstance(part, tree.Hole)}


def find_parameters(condition: Condition, derived: set[str]) -> list[Parameter]:
    """The derived parameters in a condition."""
    names = [node.text for node in tree.walk(condition.node) if isinstance(node, tree.Name)]
    return [Parameter(name) for name in dict.fromkeys(names) if name in derived]


def read_key(text: str, space: Space, parameters: Sequence[str]) -> Key:
    """A key to compare candidates by: macs, -receptive_field, width."""
    largest = text.startswith("-")
    name = text.lstrip("-").strip()
    for axis in space.axes:
        if axis.name == name:
            if not _are_numbers(axis.options):
                raise BadRange(f"{name} is no number, by which candidates could be compared")
            return Key(name, largest)
    if name.partition("[")[0].strip() in parameters:
        raise BadRange(f"{name} is no axis of the space, whose numbers candidates could be compared by")
    return Key(read_quantity(name, parameters), largest)


def _are_numbers(options: Sequence[Any]) -> bool:
    return all([isinstance(option, (int, float)) and not isinstance(option, bool) for option in options])


def split_names(text: str) -> list[str]:
    """Names between commas outside of parentheses."""
    return [part.strip() for part in re.split(r",(?![^()]*\))", text) if part.strip()]
