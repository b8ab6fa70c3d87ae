"""Findings about the values of --set, which stand in no file: a mistake is one of the option, the rest is said of the model."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, Note
from cnnspec.base.source import Span, brief, printable
from cnnspec.cli.messages import UsageError
from cnnspec.syntax.tree import Block, Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.syntax.tree import Tree


def place_findings(found: tuple[Diagnostic, ...], tree: Tree, given: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """Findings in a value, moved to the parameter that it is given to. UsageError for the first mistake in one. `given`:
    the options as they were written, and the parameters."""
    for diagnostic in found:
        span = diagnostic.span
        if span is not None and span.source.name in given and diagnostic.severity == ERROR:
            written = printable(brief(span.source.name))
            raise UsageError("; ".join(filter(None, (f"{written}: {diagnostic.message}", diagnostic.help))))
    return tuple([place_finding(diagnostic, tree, given) for diagnostic in found])


def place_finding(found: Diagnostic, tree: Tree, given: Mapping[str, str]) -> Diagnostic:
    """A finding without places in values."""
    notes = [n.replace(span=None) if n.span and n.span.source.name in given else n for n in found.notes]
    span = found.span
    if span is not None and span.source.name in given:
        notes.append(Note(f"given by {printable(brief(span.source.name))}", None))
        span = find_parameter(tree, given[span.source.name])
    elif notes == [*found.notes]:
        return found
    return found.replace(span=span, notes=tuple(notes), repairs=())


def find_parameter(tree: Tree, name: str) -> Span | None:
    """Where a parameter of this name stands first in a file; None where it is one of a block that the file uses."""
    for item in tree.body.items:
        if isinstance(item, (Block, Model)):
            for parameter in item.parameters:
                if parameter.name.text == name:
                    return Span(tree.source, parameter.start, parameter.end)
    return None
