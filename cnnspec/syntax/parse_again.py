"""A text that has changed → its tree, made of that of the text before: only the statements that changed are read.

The statements of a file do not depend on one another in how they are read, and what begins one is at the start of a line
of its own or behind a newline. So what stands before the change and behind it keeps its nodes, moved to where they stand now.
Where either text has a mistake all is read, since recovery may go on anywhere.
"""

from __future__ import annotations

from bisect import bisect_left

from cnnspec.base.text_change import find_change
from cnnspec.syntax.lalr import Parser
from cnnspec.syntax.tree import Body, Node, Tree, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from cnnspec.base.source import Source


class Mistaken(Exception):
    """What changed has a mistake."""


def parse_again(source: Source, before: Tree) -> Tree | None:
    """The tree of a source, made of that of an earlier text; None where all of it must be read."""
    if before.diagnostics or before.notes or not before.body.items:
        return None
    old, items = before.source.text, before.body.items
    start, old_end, new_end = find_change(old, source.text)
    by = new_end - old_end

    # The statement before the change is read too: it may go on in what follows it.
    first = max(0, bisect_left(items, start, key=lambda item: item.end) - 1)
    at = items[first].start if items[first].end < start else 0
    # Behind the change a statement is itself if a line ends between: else it may be a comment now.
    line_end = old.find("\n", old_end)
    last = bisect_left(items, line_end, key=lambda item: item.start) if line_end >= 0 else len(items)
    stop = items[last].start if last < len(items) else len(old)

    parser = Parser(source.replace(text=source.text[: stop + by]), refuse)
    try:
        changed = parser.run(at)
    except Mistaken:
        return None
    if changed.diagnostics:
        return None
    made = (*items[:first], *changed.body.items, *[move(item, by) for item in items[last:]])
    comments = (
        *[place for place in before.comments if place[0] < at],
        *changed.comments,
        *[(start + by, end + by) for start, end in before.comments if start >= stop],
    )
    body = Body(made[0].start, made[-1].end, made) if made else Body(0, 0, ())
    return Tree(source, body, comments, ())


def refuse(parser: Parser) -> NoReturn:
    raise Mistaken


def move(node: Node, by: int) -> Node:
    """A node as it is further on in a text; itself where it stays."""
    if not by:
        return node
    moved: dict[int, Node] = {}

    def take(value: Any) -> Any:
        if isinstance(value, Node):
            return moved[id(value)]
        return tuple([take(one) for one in value]) if isinstance(value, tuple) else value

    for part in reversed([*walk(node)]):  # those that a node holds before it
        rest = [take(getattr(part, name)) for name in part._fields[2:]]
        moved[id(part)] = type(part)(part.start + by, part.end + by, *rest)
    return moved[id(node)]
