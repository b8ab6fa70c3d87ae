"""re: patterns whose search takes a bounded time. No group is repeated in them, so that trying all ways to match a text of n
characters by r repeats, options and alternatives takes about n to the power of r + 1 steps at most."""

from __future__ import annotations

import re
from functools import partial

from cnnspec.python_source.interpreter.sequences import IteratorValue
from cnnspec.python_source.values import Method, Value, find_unknown, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call

MOST_TRIED = 1_000_000  # steps of one search
FREE = 100  # such steps that cost as much as one of the source's
PARTS = re.compile(
    r"(\\[^0-9]|\[\^?\]?(?:\\.|[^\]\\])*\])|(\((?:\?:|\?P<\w+>|(?!\?)))|(\))|([*+]|\{\d*,?\d*\})|([?|])|([^\\\[(])",
    re.S,
)
METHODS: dict[str, tuple[Any, int]] = {
    function.__name__: (function, most)  # with how many arguments
    for function, most in (
        (re.Pattern.match, 1), (re.Pattern.fullmatch, 1), (re.Pattern.search, 1), (re.Pattern.findall, 1),
        (re.Pattern.finditer, 1), (re.Pattern.split, 2), (re.Pattern.sub, 3),
    )
}  # fmt: skip
OF_A_MATCH = {
    function.__name__: function
    for function in (re.Match.group, re.Match.groups, re.Match.groupdict, re.Match.start, re.Match.end, re.Match.span)
}
KEYWORDS = {"string", "repl", "count", "maxsplit"}


def count_repeats(pattern: str) -> int | None:
    """How many repeats, options and alternatives there are in a pattern; None where a group is repeated, or there is what is not looked into: flags,
    looks ahead, references."""
    count, place, last = 0, 0, 0
    while place < len(pattern):
        part = PARTS.match(pattern, place)
        if part is None or part.lastindex is None or part.lastindex == 4 and last == 3:
            return None
        count += part.lastindex == 4 or part.lastindex == 5 and not (last == 4 and part[0] == "?")
        place, last = part.end(), part.lastindex
    return count


class PatternValue(Value):
    """re.compile(pattern)"""

    __slots__ = ("compiled",)

    def __init__(self, compiled: re.Pattern[str]) -> None:
        self.compiled = compiled

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        if name == "pattern":
            return self.compiled.pattern
        if name in METHODS:
            return Method(name, partial(self.apply, name))
        return super().get_attribute(name, machine, node)

    def apply(self, name: str, call: Call) -> Any:
        """What a method gives for texts."""
        function, most = METHODS[name]
        given = [*call.arguments, *call.keywords.values()]
        texts = [text for text in given if isinstance(text, str)]
        if not is_known(given) or not texts or len(given) > most or not call.keywords.keys() <= KEYWORDS:
            return find_unknown(given) or call.make_unknown(f"what {name} gives is not known")
        repeats, it = count_repeats(self.compiled.pattern), call.machine.interpreter
        steps = max(2, *map(len, texts)) ** (1 + (repeats or 0))
        if repeats is None or steps > MOST_TRIED or call.open_arguments or call.open_keywords:
            return call.make_unknown("the pattern may take longer than is followed")
        it.budget.take(steps // FREE)
        try:
            found = function(self.compiled, *call.arguments, **call.keywords)
        except Exception as error:
            return it.fail(type(error).__name__, str(error), call.node)
        if isinstance(found, re.Match):
            return MatchValue(found)
        if isinstance(found, str):
            it.budget.take_characters(len(found))
        return IteratorValue([MatchValue(one) for one in found]) if name == "finditer" else found

    def describe(self) -> str:
        return "a pattern"


class MatchValue(Value):
    """What match and search find."""

    __slots__ = ("found",)

    def __init__(self, found: re.Match[str]) -> None:
        self.found = found

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        if name in OF_A_MATCH:
            return Method(name, partial(self.apply, name))
        return super().get_attribute(name, machine, node)

    def apply(self, name: str, call: Call) -> Any:
        given = [*call.arguments, *call.keywords.values()]
        if not is_known(given) or call.open_arguments or call.open_keywords:
            return find_unknown(given) or call.make_unknown(f"what {name} gives is not known")
        try:
            return OF_A_MATCH[name](self.found, *call.arguments, **call.keywords)
        except Exception as error:
            return call.machine.interpreter.fail(type(error).__name__, str(error), call.node)

    def get_item(self, key: Any, machine: Machine, node: ast.AST) -> Any:
        try:
            return self.found[key]
        except (IndexError, TypeError):
            return super().get_item(key, machine, node)

    def describe(self) -> str:
        return "a match"


def make_pattern(call: Call) -> Any:
    """re.compile(pattern), without flags"""
    pattern = call.find(0, "pattern")
    if isinstance(pattern, PatternValue):
        return pattern
    if not isinstance(pattern, str) or len(call.arguments) + len(call.keywords) > 1:
        return find_unknown(pattern) or call.make_unknown("which pattern is meant is not known")
    if count_repeats(pattern) is None:
        return call.make_unknown("the pattern may take longer than is followed")
    try:
        return PatternValue(re.compile(pattern))
    except (re.error, OverflowError, RecursionError):
        return call.make_unknown("it is no pattern")


def use_pattern(name: str, call: Call) -> Any:
    """re.match(pattern, …)"""
    if not call.arguments:
        return call.make_unknown("which pattern is meant is not known")
    pattern = make_pattern(call.replace(arguments=call.arguments[:1], keywords={}))
    if not isinstance(pattern, PatternValue):
        return pattern
    return pattern.apply(name, call.replace(arguments=call.arguments[1:]))


def escape(call: Call) -> Any:
    text = call.find(0, "pattern")
    return re.escape(text) if isinstance(text, str) else call.make_unknown("which pattern is meant is not known")


def register(libraries: Libraries) -> None:
    libraries.functions["re.compile"] = make_pattern
    libraries.functions["re.escape"] = escape
    for name in METHODS:
        libraries.functions[f"re.{name}"] = partial(use_pattern, name)
