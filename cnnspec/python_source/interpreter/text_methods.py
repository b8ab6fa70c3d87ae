"""The methods of texts and numbers."""

from __future__ import annotations

from cnnspec.python_source.interpreter.budget import MOST_CHARACTERS, TooLarge
from cnnspec.python_source.interpreter.formatting import format_text
from cnnspec.python_source.interpreter.sequences import IteratorValue
from cnnspec.python_source.values import find_unknown, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.interpreter.interpreter import Interpreter
    from cnnspec.python_source.values import Call

PLAIN = (
    str.lower, str.upper, str.strip, str.lstrip, str.rstrip, str.title, str.capitalize, str.swapcase, str.casefold,
    str.split, str.rsplit, str.splitlines, str.partition, str.rpartition, str.startswith, str.endswith, str.find,
    str.rfind, str.index, str.rindex, str.count, str.isdigit, str.isalpha, str.isalnum, str.isnumeric, str.isdecimal,
    str.isspace, str.isupper, str.islower, str.istitle, str.isidentifier, str.isprintable, str.isascii,
    str.removeprefix, str.removesuffix, str.replace, str.center, str.ljust, str.rjust, str.zfill, str.encode,
)  # fmt: skip
WIDE = {"center", "ljust", "rjust", "zfill"}
NUMBERS = {
    int: (int.bit_length, int.conjugate, int.as_integer_ratio, int.bit_count),
    float: (float.is_integer, float.as_integer_ratio, float.hex, float.conjugate),
    bytes: (bytes.decode, bytes.hex),
}


def make_method(function: Any) -> Callable[[Interpreter, Any, Call], Any]:
    """A method of ours that does what one of Python's does, where all that it is given is known."""
    name = function.__name__

    def method(it: Interpreter, value: Any, call: Call) -> Any:
        given = [*call.arguments, *call.keywords.values()]
        unknown = find_unknown(given)
        if unknown is not None:
            return unknown
        if not is_known(given) or call.open_arguments or call.open_keywords:
            return call.make_unknown(f"what {name} gives is not known")
        check_size(name, value, call.arguments)
        try:
            found = function(value, *call.arguments, **call.keywords)
        except Exception as error:
            return it.fail(type(error).__name__, str(error), call.node)
        if isinstance(found, list):
            it.budget.take_items(len(found))
        elif isinstance(found, (str, bytes)):
            it.budget.take_characters(len(found))
        return found

    return method


def check_size(name: str, value: Any, arguments: tuple[Any, ...]) -> None:
    """Refuse what would make a very long text."""
    if name in WIDE and arguments and isinstance(arguments[0], int) and arguments[0] > MOST_CHARACTERS:
        raise TooLarge
    if name == "replace" and len(arguments) > 1 and isinstance(arguments[1], str):
        if (len(value) + 1) * len(arguments[1]) > MOST_CHARACTERS:
            raise TooLarge


def join(it: Interpreter, value: str, call: Call) -> Any:
    """text.join(…)"""
    given = call.find(0)
    found = it.list_items(given, call.node)
    if found is None:
        return find_unknown(given) or call.make_unknown("the texts are not known")
    unknown = find_unknown(found)
    if unknown is not None:
        return unknown
    if not all(isinstance(one, str) for one in found):
        return it.fail("TypeError", "only texts are joined", call.node)
    it.budget.take_characters(sum(map(len, found)) + len(value) * len(found))
    return value.join(found)


def format_map(it: Interpreter, value: str, call: Call) -> Any:
    given = call.find(0)
    if not isinstance(given, dict) or not all(isinstance(name, str) for name in given):
        return find_unknown(given) or call.make_unknown("what is filled in is not known")
    return format_text(it, value, call.replace(arguments=(), keywords=given))


def iterate(it: Interpreter, value: str, call: Call) -> Any:
    return IteratorValue(list(value))


METHODS: dict[type, dict[str, Callable[[Interpreter, Any, Call], Any]]] = {
    str: {
        **{function.__name__: make_method(function) for function in PLAIN},
        "join": join,
        "format": format_text,
        "format_map": format_map,
        "__iter__": iterate,
    },
    **{kind: {function.__name__: make_method(function) for function in row} for kind, row in NUMBERS.items()},
}
