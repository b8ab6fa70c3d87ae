"""Texts that are put together: f-strings, str.format and format()."""

from __future__ import annotations

import re

from cnnspec.python_source.interpreter.budget import TooLarge
from cnnspec.python_source.interpreter.objects import ClassValue
from cnnspec.python_source.values import CONTAINERS, Unknown, Value, count_values, find_unknown, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.interpreter.interpreter import Interpreter
    from cnnspec.python_source.values import Call

MOST_WIDTH = 999
CONVERSIONS: dict[str, Callable[[Any], str]] = {"s": str, "r": repr, "a": ascii}
MOST_PRINTED = 2_000  # values in a text


def evaluate_formatted(it: Interpreter, node: ast.FormattedValue) -> Any:
    value = it.evaluate(node.value)
    pattern = "" if node.format_spec is None else it.evaluate(node.format_spec)
    return format_value(it, value, pattern, chr(node.conversion) if node.conversion > 0 else "", node)


def evaluate_joined(it: Interpreter, node: ast.JoinedStr) -> Any:
    parts = [it.evaluate(part) for part in node.values]
    return join_texts(it, parts)


def join_texts(it: Interpreter, parts: list[Any]) -> Any:
    unknown = find_unknown(parts)
    if unknown is not None:
        return unknown
    it.budget.take_characters(sum(map(len, parts)))
    return "".join(parts)


def write(it: Interpreter, value: Any, how: str, node: ast.AST) -> Any:
    """str(), repr() or ascii() of a value, as `how` says: s, r, a."""
    if isinstance(value, Value):
        return write_value(it, value, how, node)
    unknown = find_unknown(value)
    if unknown is not None:
        return unknown
    if not is_known(value) or count_values(value, MOST_PRINTED) > MOST_PRINTED or has_sets(value):
        return it.machine.make_unknown("how it is written is not known", node)
    if isinstance(value, (set, frozenset)) and len(value) > 1 and it.list_items(value, node) is None:
        return it.machine.make_unknown("Python orders a set's texts by chance", node)
    if type(value) not in PRINTED:
        return it.machine.make_unknown("how it is written is not known", node)
    text = CONVERSIONS[how](value)
    it.budget.take_characters(len(text))
    return text


PRINTED = {
    bool,
    int,
    float,
    complex,
    str,
    bytes,
    type(None),
    type(Ellipsis),
    tuple,
    list,
    dict,
    set,
    frozenset,
    range,
    slice,
}


def has_sets(value: Any) -> bool:
    """Whether there are sets within a container."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, CONTAINERS):
            waiting += value.values() if isinstance(value, dict) else value
            if any(
                isinstance(item, (set, frozenset)) for item in (value.values() if isinstance(value, dict) else value)
            ):
                return True
    return False


def write_value(it: Interpreter, value: Value, how: str, node: ast.AST) -> Any:
    asked = getattr(value, "class_value", None)
    if isinstance(asked, ClassValue):
        for name in ("__str__", "__repr__") if how == "s" else ("__repr__",):
            if asked.find_method(name) is not None:
                return it.ask_instance(value, name, (), node)  # type: ignore[arg-type]
    if isinstance(value, Unknown):
        return value
    return it.machine.make_unknown(f"how {value.describe()} is written is not known", node)


def format_value(it: Interpreter, value: Any, pattern: Any, conversion: str, node: ast.AST) -> Any:
    """A value as a format pattern, such as ">8.3f", has it."""
    if isinstance(pattern, Unknown):
        return pattern
    if conversion or not isinstance(value, (int, float, complex, str)):
        value = (
            write(it, value, conversion or "s", node)
            if conversion or not pattern or isinstance(value, Value)
            else value
        )
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, (int, float, complex, str)):
        return it.fail("TypeError", "it has no such format", node)
    check_width(pattern)
    try:
        text = format(value, pattern)
    except (ValueError, TypeError, OverflowError) as error:
        return it.fail(type(error).__name__, str(error), node)
    it.budget.take_characters(len(text))
    return text


def check_width(pattern: str) -> None:
    from re import findall

    if any(int(digits) > MOST_WIDTH for digits in findall(r"\d{1,9}", pattern)):
        raise TooLarge


def format_text(it: Interpreter, text: str, call: Call, numbers: list[int] | None = None) -> Any:
    """text.format(…)."""
    from string import Formatter

    if call.open_arguments or call.open_keywords:
        return call.make_unknown("not all of the arguments are known")
    numbers = [0] if numbers is None else numbers
    parts: list[Any] = []
    try:
        for written, field, pattern, conversion in Formatter().parse(text):
            parts.append(written)
            if field is None:
                continue
            value = find_field(it, field, call, numbers)
            inner = format_text(it, pattern, call, numbers) if pattern and "{" in pattern else pattern or ""
            parts.append(format_value(it, value, inner, conversion or "", call.node))
    except (ValueError, IndexError, KeyError, RecursionError) as error:
        return it.fail(type(error).__name__, str(error), call.node)
    return join_texts(it, parts)


def find_field(it: Interpreter, field: str, call: Call, numbers: list[int]) -> Any:
    """The value of a field such as 0, name, name.attribute, name[key]."""
    first = re.split(r"[.[]", field, maxsplit=1)[0]
    rest = re.findall(r"\.([^.[]+)|\[([^]]+)\]", field[len(first) :])
    if not first:
        numbers[0] += 1
    number = int(first) if first.isdecimal() else numbers[0] - 1
    value = call.arguments[number] if not first or first.isdecimal() else call.keywords[first]
    for attribute, key in rest:
        item = int(key) if key.isdecimal() else key
        value = it.get_attribute(value, attribute, call.node) if attribute else it.get_item(value, item, call.node)
    return value


EXPRESSIONS: dict[str, Callable[[Any, Any], Any]] = {"FormattedValue": evaluate_formatted, "JoinedStr": evaluate_joined}
