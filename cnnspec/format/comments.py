"""Which comment belongs to what.

A comment on a line of its own leads the element after it; one at the end of a line trails the element before it,
or the bracket that the line opens; the rest hangs before the closing bracket. Elements are what stands one a line
when printed: items of a body, stages of a chain, what is listed between brackets. Comments are handed out from front
to back, each once, so none is lost and none overtakes another; one that stands where no line may end (in the middle
of a sum) goes before the smallest element around it.

An expression's print must neither begin nor end with a comment, since text may follow: hence a chain's
first stage has no leading comments and its last no trailing ones; those are left to the element around the chain.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.syntax.tree import (
    Block,
    Body,
    Call,
    Chain,
    Contract,
    Input,
    List,
    Mapping,
    Model,
    Node,
    Ternary,
    Tuple,
    Use,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.syntax.tree import Tree

SPACE = " \t\r\f\ufeff\u00a0\u202f\u205f\u2060\u3000" + "".join(map(chr, range(0x2000, 0x200E)))
_BLANK = SPACE + "\n"
_UNBOUNDED = 1 << 60


class Comment(Record):
    start: int
    text: str
    own_line: bool
    opening: bool  # ends a line that opens a bracket
    blank: bool  # a blank line stands before it


class Attached:
    """Comments by the id of their node, and the ids of elements that a blank line stands before."""

    def __init__(self) -> None:
        self.leading: dict[int, list[Comment]] = {}
        self.trailing: dict[int, list[Comment]] = {}
        self.opening: dict[int, list[Comment]] = {}
        self.dangling: dict[int, list[Comment]] = {}
        self.blank: set[int] = set()

    def any(self, holder: Node, elements: Sequence[Node]) -> bool:
        """Whether a comment stands directly in these brackets."""
        if id(holder) in self.opening or id(holder) in self.dangling:
            return True
        return any(id(element) in self.leading or id(element) in self.trailing for element in elements)

    # ---- their text ----------------------------------------------------------------------------------------
    def above(self, element: Node, indent: int, blanks: bool) -> str:
        """What stands above an element: its comments and the blank line; `blanks` where one may stand at all."""
        leading = self.leading.get(id(element), ())
        blank = id(element) in self.blank and (blanks or bool(leading))
        return self.lines(leading, indent, blanks) + "\n" * blank

    @staticmethod
    def lines(comments: Sequence[Comment], indent: int, blanks: bool = True) -> str:
        """Comments on lines of their own."""
        out = ""
        for comment in comments:
            out += "\n" * (comment.blank and (blanks or bool(out))) + new_line(indent) + comment.text
        return out

    @staticmethod
    def behind(comments: Sequence[Comment], indent: int) -> str:
        """Comments behind the end of a line: the first in that line, more below."""
        out = ""
        for comment in comments:
            out += new_line(indent) + comment.text if out else f"  {comment.text}"
        return out


def texts(tree: Tree) -> list[str]:
    """The comments of a tree as they are printed."""
    return [tree.source.text[start:end].rstrip() for start, end in tree.comments]


def blank_before(text: str, at: int) -> bool:
    """Whether a blank line stands before this place."""
    newlines = 0
    while at and text[at - 1] in _BLANK:
        at -= 1
        newlines += text[at] == "\n"
    return newlines > 1


def new_line(indent: int) -> str:
    return "\n" + " " * indent


class Attacher:
    """Gives every comment of a tree to what it belongs to, in `attached`."""

    def __init__(self, tree: Tree) -> None:
        self.attached = Attached()
        self.text = text = tree.source.text
        self.ends = dict(tree.comments)
        self.comments: list[Comment] = []
        for start, end in tree.comments:
            before = text[text.rfind("\n", 0, start) + 1 : start].strip(SPACE)
            comment = text[start:end].rstrip()
            self.comments.append(
                Comment(start, comment, not before, before[-1:] in tuple("([{"), blank_before(text, start))
            )
        self.next = 0
        if self.comments or "\n" in text:  # else there is nothing to hand out
            self.elements(tree.body, tree.body.items, _UNBOUNDED)

    def take(self, place: dict[int, list[Comment]], key: Node, bound: int, *, trailing: bool = False) -> None:
        """Give the comments before `bound` to a node; of `trailing` ones only those at the end of a line."""
        first = self.next
        while self.next < len(self.comments) and self.comments[self.next].start < bound:
            if trailing and self.comments[self.next].own_line:
                break
            self.next += 1
        if self.next > first:
            place.setdefault(id(key), []).extend(self.comments[first : self.next])

    def elements(self, holder: Node, elements: Sequence[Node], close: int) -> None:
        """Hand out the comments between two brackets, the closing one of which stands at `close`."""
        attached = self.attached
        bracketed = close < _UNBOUNDED  # a file has no bracket that opens it
        if bracketed and self.next < len(self.comments) and self.comments[self.next].opening:
            at = self.comments[self.next].start
            if at < (elements[0].start if elements else close):
                self.take(attached.opening, holder, at + 1)
        previous = -1
        for number, element in enumerate(elements):
            self.take(attached.leading, element, element.start)
            if element.start > previous and blank_before(self.text, element.start):
                attached.blank.add(id(element))
            previous = element.start
            first = self.next
            self.walk(element)
            if self.next == first:
                self.take(attached.leading, element, element.end)
                if self.next > first and id(element) in attached.blank:  # the blank line stays above them
                    attached.blank.discard(id(element))
                    found = attached.leading[id(element)]
                    at = len(found) - (self.next - first)
                    found[at] = found[at].replace(blank=True)
            else:
                self.take(attached.trailing, element, element.end)
            bound = elements[number + 1].start if number + 1 < len(elements) else close
            self.take(attached.trailing, element, bound, trailing=True)
        self.take(attached.dangling, holder, close)

    def stages(self, stages: Sequence[Node], before: Node | None) -> None:
        """Hand out the comments of a chain; `before` is what stands before its first arrow when no stage does."""
        if before:
            self.take(self.attached.opening, before, stages[0].start, trailing=True)
        for number, stage in enumerate(stages):
            if number or before:
                self.take(self.attached.leading, stage, stage.start)
            self.walk(stage)
            if number + 1 < len(stages):
                self.take(self.attached.trailing, stage, stage.end)
                self.take(self.attached.trailing, stage, stages[number + 1].start, trailing=True)

    def walk(self, node: Node) -> None:
        if isinstance(node, Body):
            self.elements(node, node.items, self.closing(node.end))
        elif isinstance(node, Call):
            self.walk(node.function)
            self.elements(node, node.arguments, node.end - 1)
        elif isinstance(node, Contract):
            self.elements(node, node.arguments, node.end - 1)
        elif isinstance(node, (Tuple, List)):
            self.elements(node, node.items, node.end - 1)
        elif isinstance(node, Mapping):
            self.elements(node, node.entries, node.end - 1)
        elif isinstance(node, Use):
            self.elements(node, node.names, node.end - 1)
        elif isinstance(node, Chain):
            self.stages(node.stages, None)
        elif isinstance(node, Ternary):
            self.walk(node.then)
            self.walk(node.condition)
            self.take(self.attached.trailing, node.condition, node.condition.end)
            self.take(self.attached.trailing, node.condition, node.otherwise.start, trailing=True)
            self.take(self.attached.leading, node.otherwise, node.otherwise.start)
            self.walk(node.otherwise)
        elif isinstance(node, Input):
            if node.stages:
                self.stages(node.stages, node)
        else:
            if isinstance(node, (Block, Model)) and node.parameters:
                self.elements(node, node.parameters, self.closing(node.parameters[-1].end))
                self.walk(node.body)
                return
            for name in node._fields:
                value = getattr(node, name)
                if isinstance(value, Node):
                    self.walk(value)
                elif type(value) is tuple:
                    for part in value:
                        part = part[1] if type(part) is tuple else part
                        if isinstance(part, Node):
                            self.walk(part)

    def closing(self, at: int) -> int:
        """Where the bracket stands that closes what ends at `at`."""
        text = self.text
        while at < len(text):
            if at in self.ends:
                at = self.ends[at]
            elif text[at] in SPACE or text[at] in "\n;,\\":
                at += 1
            else:
                break
        return at
