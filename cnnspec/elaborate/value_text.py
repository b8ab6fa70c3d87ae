"""A value that stands alone, written as the language writes it: 10, 3x3, [3, 4, 6, 3], relu, sgd(momentum=0.9)."""

from __future__ import annotations

from cnnspec.base.source import Source, brief, printable
from cnnspec.elaborate.network_builder import NetworkBuilder
from cnnspec.elaborate.train_section import evaluate_setting
from cnnspec.elaborate.values import UNKNOWN, Scope
from cnnspec.syntax import tree
from cnnspec.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def evaluate_text(text: str, name: str) -> Any:
    """The value that a text says; `name` is where it was given. ValueError for a text that is no value, with the reason."""
    return _evaluate(text, name, lambda builder, node, scope: builder.evaluator.evaluate(node, scope, None))


def evaluate_setting_text(text: str, name: str) -> Any:
    """As `evaluate_text`, for the value of a setting, which may be a mapping: {mask: dice, label: hinge}."""
    return _evaluate(text, name, evaluate_setting)


def _evaluate(text: str, name: str, evaluate: Callable[[NetworkBuilder, tree.Node, Scope], Any]) -> Any:
    source = Source(name, f"x = {text}")
    parsed = parse(source)
    builder = NetworkBuilder("")
    item = parsed.body.items[0] if len(parsed.body.items) == 1 else None
    result = UNKNOWN
    if not parsed.diagnostics and isinstance(item, tree.Assign):
        result = evaluate(builder, item.value, Scope(None, source))
    if parsed.diagnostics:
        raise ValueError(explain_syntax(text))
    if result is UNKNOWN or builder.report.errors:
        why = "".join([f": {error.message}" for error in builder.report.errors[:1]])
        raise ValueError(f"{quote(text)} is no value{why}")
    return result


def explain_syntax(text: str) -> str:
    """Why a text cannot be read as a value. It is looked at as an element of a list: what stands beside it is no step, and
    lines of numbers are rows."""
    rows = text if "[" in text else ";".join(filter(str.strip, text.split("\n")))
    found = parse(Source("", f"x = [{rows}]")).diagnostics
    outer = bool(found) and found[0].span is not None and found[0].span.start < len("x = [")  # of the list around it
    if not text.strip() or outer and text.count("[") <= text.count("]"):
        return f"{quote(text)} is no value"
    if not found:
        return f"{quote(text)} is several values; a list of them is written [{brief(printable(text))}]"
    return f"{quote(text)} is no value: " + "; ".join(filter(None, (found[0].message, found[0].help)))


def quote(text: str) -> str:
    return f'"{brief(printable(text))}"'
