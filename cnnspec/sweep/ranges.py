"""The options of an axis as text: width=16..128:8, width=16, 24, 32..64:8, act=[relu, swish], w[0]=8..32:8, w[*]=8, 16, ?a=8..64.

The options themselves are read as those in the text of a spec are (`elaborate/choices.py`). A parameter that is a list has lists
as options, or an axis for one of its elements.
"""

from __future__ import annotations

import re

from cnnspec.base.source import brief, printable
from cnnspec.elaborate.choice_text import read_choices
from cnnspec.elaborate.choices import MAX_VALUES, find_twice, list_once
from cnnspec.layers.argument import show
from cnnspec.sweep.space import Axis

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

NAME = re.compile(r"\s*(\?\d+|\??[A-Za-z_]\w*)\s*(?:\[\s*(\d+|\*)\s*\]\s*)?\Z", re.ASCII)


class BadRange(ValueError):
    """Options that cannot be read; the message is a sentence."""


def read_axes(text: str, parameters: Mapping[str, Any]) -> list[Axis]:
    """The axes of a text NAME=OPTIONS; several for w[*], one for each element. `parameters`: those of the model, with their
    defaults. Raises BadRange."""
    before, equals, after = text.partition("=")
    if not equals and NAME.match(text):
        name = text.strip()
        raise BadRange(f"{_quote(name)} has no options: write, for example, {name}=16..128:8")
    if not equals:
        raise BadRange(f"{_quote(text)} names no parameter: write, for example, width=16..128:8")
    return make_axes(before, lambda: read_options(after, f"{before.strip()}={after}"), parameters)


def make_axes(name: str, find_options: Callable[[], tuple[Any, ...]], parameters: Mapping[str, Any]) -> list[Axis]:
    """The same of a name, whose options are found where there is such a parameter."""
    found = NAME.match(name)
    if found is None:
        raise BadRange(f"{_quote(name)} names no parameter: write, for example, width=16..128:8")
    parameter, element = found.groups()
    check_parameter(parameter, parameters)
    options, default = find_options(), parameters[parameter]
    if element is None:
        if isinstance(default, list) and not all([isinstance(option, (list, tuple)) for option in options]):
            raise BadRange(
                f"{parameter} is a list, and so is each of its options: {parameter}=[{default}, …];"
                f" one element alone is {parameter}[0]=…"
            )
        return [Axis(parameter, options)]
    if not isinstance(default, (list, tuple)):
        raise BadRange(f"{parameter} is no list, and has no element {element}: write {parameter}=…")
    if element == "*":
        return [Axis(parameter, options, place) for place in range(len(default))]
    if int(element) >= len(default):
        raise BadRange(f"{parameter} has no element {element}: its last is {parameter}[{len(default) - 1}]")
    return [Axis(parameter, options, int(element))]


def check_parameter(name: str, parameters: Mapping[str, Any]) -> None:
    """BadRange for a parameter that there is not."""
    if name not in parameters:
        from cnnspec.base.did_you_mean import write_suggestion

        has = f"it has {', '.join(parameters)}" if parameters else "it has none"
        raise BadRange(f'the model has no parameter "{name}": {has}{write_suggestion(name, parameters)}')


def read_options(text: str, whole: str) -> tuple[Any, ...]:
    """The options that a text lists, each once. `whole`: what is told where they cannot be read."""
    if not text.strip(" ,[]\n"):
        raise BadRange(f"{_quote(whole)} has no options")
    try:
        return read_choices(text, whole)
    except ValueError as error:
        raise BadRange(f"{_quote(whole)}: {error}") from None


def check_options(options: Sequence[Any], whole: str) -> tuple[Any, ...]:
    """Options, a number that stands there twice once. BadRange for none, too many, or another value twice."""
    if not options:
        raise BadRange(f"{_quote(whole)} has no options")
    if len(options) > MAX_VALUES:
        raise BadRange(f"{_quote(whole)} has more than {MAX_VALUES:,} options: take a larger step")
    twice = find_twice(options)
    if twice is not None:
        raise BadRange(f"{_quote(whole)} has the option {show(twice)} twice")
    return list_once(options)


def _quote(text: str) -> str:
    return f'"{brief(printable(text))}"'
