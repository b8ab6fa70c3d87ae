"""A value that stands alone, written as the language writes it: 10, 3x3, [3, 4, 6, 3], relu, sgd(momentum=0.9)."""

from __future__ import annotations

from cnnspec.base.source import Source, brief, printable
from cnnspec.elaborate.network_builder import NetworkBuilder
from cnnspec.elaborate.values import UNKNOWN, Scope
from cnnspec.syntax import tree
from cnnspec.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def evaluate_text(text: str, name: str) -> Any:
    """The value that a text says; `name` is where it was given. ValueError for a text that is no value, with the reason."""
    source = Source(name, f"x = {text}")
    parsed = parse(source)
    builder = NetworkBuilder("")
    item = parsed.body.items[0] if len(parsed.body.items) == 1 else None
    result = UNKNOWN
    if not parsed.diagnostics and isinstance(item, tree.Assign):
        result = builder.evaluator.evaluate(item.value, Scope(None, source), None)
    if result is UNKNOWN or builder.report.errors:
        why = [*parsed.diagnostics, *builder.report.errors]
        raise ValueError(f'"{brief(printable(text))}" is no value' + (f": {why[0].message}" if why else ""))
    return result
