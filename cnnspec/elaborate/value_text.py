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
    from typing import Any


def evaluate_text(text: str, name: str, setting: bool = False) -> Any:
    """The value that a text says; `name` is where it was given. Of a `setting` of a train section it may be a mapping.
    ValueError for a text that is no value, with the reason."""
    source = Source(name, f"x = {text}")
    parsed = parse(source)
    builder = NetworkBuilder("")
    item = parsed.body.items[0] if len(parsed.body.items) == 1 else None
    result = UNKNOWN
    if not parsed.diagnostics and isinstance(item, tree.Assign):
        scope = Scope(None, source)
        if setting:
            result = evaluate_setting(builder, item.value, scope)
        else:
            result = builder.evaluator.evaluate(item.value, scope, None)
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
