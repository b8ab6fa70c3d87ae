"""The formatter: source → the same network in the one canonical form.

`parse`, `rewrite` (what users paste from elsewhere becomes the language's own words), `print_tree`. A file with
syntax errors is never touched, and neither is one whose printed form would not read back as what was meant.
"""

from __future__ import annotations

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.record import Record
from cnnspec.base.source import Source, Span
from cnnspec.format.comments import texts
from cnnspec.format.printer import print_tree
from cnnspec.format.rewrite import rewrite
from cnnspec.syntax.parse import parse
from cnnspec.syntax.tree import same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.syntax.tree import Tree

__all__ = ["Formatted", "format_source", "format_tree", "print_tree", "rewrite"]


class Formatted(Record):
    """A canonical text, the tree that it was printed of, whose nodes stand where they did, and its own tree, which is the
    same."""

    text: str
    meant: Tree
    printed: Tree


def format_source(source: Source) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """The canonical text of a source and what is noted of it; None, and why, where it cannot be formatted."""
    tree = parse(source)
    if tree.diagnostics:
        return None, tree.diagnostics
    formatted = format_tree(tree)
    if formatted is None:
        return None, (_internal(tree),)
    return formatted.text, () if formatted.text == source.text else tree.notes


def format_tree(tree: Tree) -> Formatted | None:
    """The canonical form of a text without syntax errors; None where it would not read back as what was meant. Where there is
    nothing but Python that is passed over, nothing would be left: that stays as it is."""
    if tree.notes and not tree.body.items:
        return Formatted(tree.source.text, tree, tree)
    meant = rewrite(tree)
    text = print_tree(meant)
    printed = parse(Source(tree.source.name, text))
    if printed.diagnostics or not same(printed.body, meant.body) or texts(printed) != texts(tree):
        return None
    return Formatted(text, meant, printed)


def _internal(tree: Tree) -> Diagnostic:
    message = "the formatter would have changed the meaning; nothing was written"
    return Diagnostic("E003", message, Span(tree.source, 0, 0), "please report this file: it shows a defect of cnnspec")
