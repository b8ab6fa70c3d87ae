"""Values that make sense, as a text that stands alone: 16..128:8, or 8, 16..64:16, or [relu, swish], as `sweep --over` takes them."""

from __future__ import annotations

from cnnspec.base.source import Source, brief, printable
from cnnspec.elaborate.choices import EXAMPLES, BadChoices, ChoiceReader, list_once
from cnnspec.elaborate.network_builder import NetworkBuilder
from cnnspec.elaborate.value_text import explain_syntax
from cnnspec.elaborate.values import Scope
from cnnspec.syntax import tree
from cnnspec.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def read_choices(text: str, name: str) -> tuple[Any, ...]:
    """The values that a text lists, each once: 16..128:8, or several with commas between them, in brackets or not. `name` is
    where it was given. Raises ValueError with a sentence."""
    if not text.strip():
        raise ValueError("there are no values")
    before = "model x(x in ["
    source = Source(name, f"{before}{text}\n]) {{}}")
    parsed = parse(source)
    item = parsed.body.items[0] if len(parsed.body.items) == 1 else None
    values = item.parameters[0].values if isinstance(item, tree.Model) and len(item.parameters) == 1 else None
    if parsed.diagnostics or values is None:
        raise ValueError(explain_text(text))
    choice = values.choice
    if isinstance(choice, tree.List) and len(choice.items) == 1 and isinstance(choice.items[0], tree.List):
        values = values.replace(choice=choice.items[0])
    builder = NetworkBuilder("")
    try:
        choices = ChoiceReader(builder.evaluator, Scope(None, source), of_file=False).read(values)
    except BadChoices as bad:
        raise ValueError("; ".join(filter(None, (bad.message, bad.help)))) from None
    if choices is None:
        raise ValueError("; ".join([f"{error.message}" for error in builder.report.errors[:1]]) or "no values")
    return list_once(choices)


def explain_text(text: str) -> str:
    """Why a text lists no values."""
    if ".." in text or ":" in text:
        return f'"{brief(printable(text.strip()))}" is no range: write, for example, {EXAMPLES}'
    return explain_syntax(text)
