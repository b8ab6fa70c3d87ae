"""The formatter: source → the same network in the one canonical form.

`parse`, `rewrite` (what users paste from elsewhere becomes the language's own words), `print_tree`. A file with
syntax errors is never touched, and neither is one whose printed form would not read back as what was meant.
"""

from __future__ import annotations

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.record import Record, compared_values
from cnnspec.base.source import Source, Span
from cnnspec.format.comments import texts
from cnnspec.format.printer import print_tree
from cnnspec.format.rewrite import rewrite
from cnnspec.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.syntax.tree import Tree

__all__ = ["format_source", "print_tree", "rewrite"]


def format_source(source: Source) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """The canonical text of a source and what is noted of it; None, and why, where it cannot be formatted."""
    tree = parse(source)
    if tree.diagnostics:
        return None, tree.diagnostics
    meant = rewrite(tree)
    text = print_tree(meant)
    printed = parse(Source(source.name, text))
    if printed.diagnostics or not same(printed.body, meant.body) or texts(printed) != texts(tree):
        return None, (_internal(tree),)
    return text, tree.notes


def same(one: object, other: object) -> bool:
    """Whether two trees are equal; `==` says so too, but recurses deeper than nesting is allowed to be."""
    pairs = [(one, other)]
    while pairs:
        left, right = pairs.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, Record) and isinstance(right, Record):
            left, right = compared_values(left), compared_values(right)
        if isinstance(left, tuple) and isinstance(right, tuple):
            if len(left) != len(right):
                return False
            pairs.extend(zip(left, right, strict=True))
        elif left != right:
            return False
    return True


def _internal(tree: Tree) -> Diagnostic:
    message = "the formatter would have changed the meaning; nothing was written"
    return Diagnostic("E003", message, Span(tree.source, 0, 0), "please report this file: it shows a defect of cnnspec")
