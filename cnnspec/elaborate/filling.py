"""A spec with its parameters and holes filled, as edits of its text, in which all else stays as it is."""

from __future__ import annotations

from cnnspec.base.diagnostic import Edit
from cnnspec.base.source import Span
from cnnspec.elaborate.holes import Holes
from cnnspec.elaborate.values import read_parameter
from cnnspec.layers.argument import show
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any


def fill_text(parsed: tree.Tree, values: Mapping[str, Any], model: str | None = None) -> str:
    """The text of a spec with values in the place of its holes, {"?a": 64}, and of the defaults of a model's parameters,
    {"width": 32}. Comments stay. `model` chooses one where a file holds several; without one, all have the values."""
    text, parts, at = parsed.source.text, [], 0
    for edit in sorted(find_fillings(parsed, values, model), key=lambda edit: edit.span.start):
        parts += [text[at : edit.span.start], edit.text]
        at = edit.span.end
    return "".join([*parts, text[at:]])


def find_fillings(parsed: tree.Tree, values: Mapping[str, Any], model: str | None = None) -> Iterator[Edit]:
    """The edits that put values in their places; no two touch."""
    source = parsed.source
    for item in parsed.body.items:
        if isinstance(item, tree.Model) and model in (None, item.name.text):
            for parameter in item.parameters:
                if parameter.name.text in values:
                    yield fill_parameter(parameter, values[parameter.name.text], parsed)
    for name, holes in Holes(parsed, {}).by_name.items():
        if name in values:
            for hole in holes:
                yield Edit(Span(source, hole.start, hole.end), write_value(values[name], inside=True))


def fill_parameter(parameter: tree.Parameter, value: Any, parsed: tree.Tree) -> Edit:
    """A value in the place of a parameter's default."""
    if parameter.default is None:
        end = parameter.name.end
        return Edit(Span(parsed.source, end, end), f"={write_value(value)}")
    return Edit(Span(parsed.source, parameter.default.start, parameter.default.end), write_value(value))


def write_value(value: Any, inside: bool = False) -> str:
    """A value as the language writes it; `inside` an expression, where a sign needs parentheses: (-2)^2."""
    if isinstance(value, str) and not value.isidentifier():
        return f"'{value}'" if '"' in value else f'"{value}"'
    written = show(read_parameter(value))
    return f"({written})" if inside and written.startswith("-") else written
