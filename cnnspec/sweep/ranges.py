"""The options of an axis as text: width=16..128:8, width=16, 24, 32..64:8, act=[relu, swish], w[0]=8..32:8, w[*]=8, 16.

A range has both of its ends, as in the language; behind a colon stands its step, or with *2 its factor. What stands in the
outermost brackets are the options; a parameter that is a list has lists as options, or an axis for one of its elements.
"""

from __future__ import annotations

import re
from fractions import Fraction

from cnnspec.base.source import brief, printable
from cnnspec.elaborate.value_text import evaluate_text
from cnnspec.sweep.space import Axis

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

MAX_OPTIONS = 1_000_000  # of an axis
NAME = re.compile(r"\s*([A-Za-z_]\w*)\s*(?:\[\s*(\d+|\*)\s*\]\s*)?\Z")
RANGE = re.compile(r"\s*(-?[\d.eE+]+?)\s*\.\.\s*(-?[\d.eE+]+)\s*(?::\s*(\*?)\s*([\d.eE+]+)\s*)?\Z")


class BadRange(ValueError):
    """Options that cannot be read; the message is a sentence."""


def read_axes(text: str, parameters: Mapping[str, Any]) -> list[Axis]:
    """The axes of a text NAME=OPTIONS; several for w[*], one for each element. `parameters`: those of the model, with their
    defaults. Raises BadRange."""
    before, equals, after = text.partition("=")
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
    stripped = text.strip()
    parts = list(split(stripped))
    if len(parts) == 1 and stripped.startswith("[") and stripped.endswith("]"):
        parts = list(split(stripped[1:-1]))
    options: list[Any] = []
    for part in parts:
        options += _read_part(part, whole)
    return check_options(options, whole)


def check_options(options: Sequence[Any], whole: str) -> tuple[Any, ...]:
    """Options, a number that stands there twice once. BadRange for none, too many, or another value twice."""
    if not options:
        raise BadRange(f"{_quote(whole)} has no options")
    if len(options) > MAX_OPTIONS:
        raise BadRange(f"{_quote(whole)} has more than {MAX_OPTIONS:,} options: take a larger step")
    found: dict[Any, Any] = {}
    for option in options:
        plain = isinstance(option, (int, float))
        before = found.setdefault((type(option), option if plain else str(option)), option)
        if before is not option and not plain:
            raise BadRange(f"{_quote(whole)} has the option {option} twice")
    return tuple(found.values())


def split(text: str) -> Iterator[str]:
    """The parts of a text between commas outside of brackets."""
    depth = start = 0
    quoted = ""
    for place, sign in enumerate(text):
        if quoted:
            quoted = "" if sign == quoted else quoted
        elif sign in "\"'":
            quoted = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        elif sign == "," and depth == 0:
            yield text[start:place]
            start = place + 1
    if text[start:].strip() or start == 0 and text.strip():
        yield text[start:]


def _read_part(part: str, whole: str) -> list[Any]:
    found = RANGE.match(part)
    if found is None:
        if ".." in part and "[" not in part:
            raise BadRange(
                f"{_quote(part.strip())} is no range: write, for example, 16..128:8, 0.25..1.0:0.25 or 8..256:*2"
            )
        try:
            return [evaluate_text(part, whole)]
        except ValueError as error:
            raise BadRange(f"{_quote(whole)}: {error}") from None
    first, last, times, step = found.groups()
    try:
        ends, stride = (Fraction(first), Fraction(last)), Fraction(step or 1)
    except ValueError:
        raise BadRange(f"{_quote(part.strip())} is no range: write, for example, 16..128:8") from None
    whole_numbers = not any(["." in number or "e" in number.lower() for number in (first, last, step or "1")])
    if step is None and not whole_numbers:
        raise BadRange(f"{_quote(part.strip())} needs a step: {part.strip()}:0.25")
    if stride <= 0 or times and (stride <= 1 or ends[0] <= 0):
        raise BadRange(
            f"{_quote(part.strip())} never ends: its step is to be positive, its factor more than 1, from more than 0"
        )
    if ends[0] > ends[1]:
        raise BadRange(f"{_quote(part.strip())} is empty: its first number is larger than its last")
    return list(_count(ends, stride, bool(times), whole_numbers, part))


def _count(
    ends: tuple[Fraction, Fraction], stride: Fraction, times: bool, whole_numbers: bool, part: str
) -> Iterator[Any]:
    if not times and (ends[1] - ends[0]) // stride >= MAX_OPTIONS:
        raise BadRange(f"{_quote(part.strip())} has more than {MAX_OPTIONS:,} numbers: take a larger step")
    if whole_numbers and not times:
        yield from range(int(ends[0]), int(ends[1]) + 1, int(stride))
        return
    number = ends[0]
    while number <= ends[1]:
        yield int(number) if whole_numbers else float(number)
        number = number * stride if times else number + stride


def _quote(text: str) -> str:
    return f'"{brief(printable(text))}"'
