"""match: the first case that fits is run."""

from __future__ import annotations

import ast

from cnnspec.python_source.interpreter.items import list_items
from cnnspec.python_source.interpreter.objects import ClassValue, InstanceValue
from cnnspec.python_source.interpreter.targets import bind_name
from cnnspec.python_source.values import External, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.interpreter.interpreter import Interpreter


def run_match(it: Interpreter, node: ast.Match) -> None:
    subject = it.evaluate(node.subject)
    run_cases(it, node, subject, node.cases)


def run_cases(it: Interpreter, node: ast.Match, subject: Any, cases: list[ast.match_case]) -> None:
    if not cases:
        return
    case = cases[0]
    fits = find_fit(it, case.pattern, subject)
    if fits and case.guard is not None:
        fits, _ = it.decide(it.evaluate(case.guard), case.guard)
    if fits is None:
        cause = (
            subject if isinstance(subject, Unknown) else it.machine.make_unknown("the case is not known", case.pattern)
        )
        it.doubts.fork(cause, node.subject, lambda: it.run(case.body), lambda: run_cases(it, node, subject, cases[1:]))
    elif fits:
        it.run(case.body)
    else:
        run_cases(it, node, subject, cases[1:])


def find_fit(it: Interpreter, pattern: ast.pattern, value: Any) -> bool | None:
    """Whether a pattern fits a value, whose parts are then bound to its names; None: unknown, with all names unknown."""
    return PATTERNS[type(pattern).__name__](it, pattern, value)


def bind(it: Interpreter, name: str | None, value: Any) -> None:
    if name is not None:
        bind_name(it, it.scope.find_home(name), name, value)


def fit_value(it: Interpreter, pattern: ast.MatchValue, value: Any) -> bool | None:
    return it.find_truth(it.compute("==", value, it.evaluate(pattern.value), pattern))


def fit_singleton(it: Interpreter, pattern: ast.MatchSingleton, value: Any) -> bool | None:
    return None if isinstance(value, Unknown) else value is pattern.value


def fit_as(it: Interpreter, pattern: ast.MatchAs, value: Any) -> bool | None:
    fits = True if pattern.pattern is None else find_fit(it, pattern.pattern, value)
    if fits is not False:
        bind(it, pattern.name, value)
    return fits


def fit_or(it: Interpreter, pattern: ast.MatchOr, value: Any) -> bool | None:
    found: bool | None = False
    for part in pattern.patterns:
        fits = find_fit(it, part, value)
        if fits and found is False:
            return True
        found = None if fits is not False else found
    return found


def fit_all(it: Interpreter, patterns: list[ast.pattern], values: list[Any]) -> bool | None:
    known: bool | None = True
    for pattern, value in zip(patterns, values, strict=True):
        fits = find_fit(it, pattern, value)
        if fits is False:
            return False
        known = known and fits
    return known


def fit_sequence(it: Interpreter, pattern: ast.MatchSequence, value: Any) -> bool | None:

    parts = pattern.patterns
    if not isinstance(value, (tuple, list, range)):
        if isinstance(value, Value):
            fit_all(
                it,
                [part for part in parts if not isinstance(part, ast.MatchStar)],
                [value] * sum(not isinstance(part, ast.MatchStar) for part in parts),
            )
            return None
        return False
    items = list_items(it, value, pattern)
    if items is None:
        return None
    stars = [number for number, part in enumerate(parts) if isinstance(part, ast.MatchStar)]
    if not stars:
        return fit_all(it, parts, items) if len(parts) == len(items) else False
    at, behind = stars[0], len(parts) - stars[0] - 1
    if len(items) < len(parts) - 1:
        return False
    star = parts[at]
    assert isinstance(star, ast.MatchStar)
    bind(it, star.name, items[at : len(items) - behind])
    return fit_all(it, [*parts[:at], *parts[at + 1 :]], [*items[:at], *items[len(items) - behind :]])


def fit_mapping(it: Interpreter, pattern: ast.MatchMapping, value: Any) -> bool | None:
    if not isinstance(value, dict):
        return None if isinstance(value, Value) else False
    keys = [it.evaluate(key) for key in pattern.keys]
    if any(isinstance(key, Value) for key in keys):
        return None
    if any(key not in value for key in keys):
        return False
    bind(it, pattern.rest, {key: item for key, item in value.items() if key not in keys})
    return fit_all(it, pattern.patterns, [value[key] for key in keys])


def fit_class(it: Interpreter, pattern: ast.MatchClass, value: Any) -> bool | None:
    made = it.evaluate(pattern.cls)
    if isinstance(made, External) and made.name.startswith("builtins."):
        fits = it.find_truth(
            it.machine.call(it.machine.libraries.find("builtins.isinstance"), (value, made), {}, pattern)
        )
        if fits and len(pattern.patterns) == 1:
            return find_fit(it, pattern.patterns[0], value)
        return fits
    if isinstance(made, ClassValue) and isinstance(value, InstanceValue):
        if made not in value.class_value.mro:
            return False
        names = [*(made.fields or {})][: len(pattern.patterns)] + pattern.kwd_attrs
        patterns = [*pattern.patterns, *pattern.kwd_patterns]
        if len(names) != len(patterns):
            return None
        return fit_all(it, patterns, [it.get_attribute(value, name, pattern) for name in names])
    return None if isinstance(value, Value) or not isinstance(made, ClassValue) else False


PATTERNS: dict[str, Callable[[Any, Any, Any], bool | None]] = {
    "MatchValue": fit_value,
    "MatchSingleton": fit_singleton,
    "MatchAs": fit_as,
    "MatchOr": fit_or,
    "MatchSequence": fit_sequence,
    "MatchMapping": fit_mapping,
    "MatchClass": fit_class,
}
STATEMENTS: dict[str, Callable[[Any, Any], None]] = {"Match": run_match}
