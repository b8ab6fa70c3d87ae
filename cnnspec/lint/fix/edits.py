"""Changes of a text by its syntax tree: set an argument, drop a layer, put one before or behind another.

A `Pen` writes in one file. What it is given are nodes of that file's tree, known again by kind and place, so that a
tree parsed elsewhere will do; what it returns are edits. It keeps to the spelling that it finds: pasted Keras calls get
Keras's names and literals. What cannot be said by an edit raises `Inexpressible`.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from cnnspec.base.diagnostic import Edit
from cnnspec.base.source import Span
from cnnspec.elaborate.bind import given_arguments, word_of_function
from cnnspec.layers import find
from cnnspec.lint.fix.spelling import Raw, is_default, is_pasted, spelled
from cnnspec.syntax.parse import parse
from cnnspec.syntax.table import TERMINALS
from cnnspec.syntax.tree import (
    Argument,
    Arithmetic,
    Body,
    Call,
    Chain,
    Input,
    List,
    Naming,
    Node,
    Step,
    Ternary,
    walk,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.base.source import Source
    from cnnspec.layers.base import Layer

    Key = tuple[type, int, int]


ARROW, COMMA = re.compile(TERMINALS["_ARROW"]), re.compile(",?")  # what may stand between a part and the next


class Inexpressible(Exception):
    """No edit says this."""


class Pen:
    """Writes in one file."""

    def __init__(self, source: Source) -> None:
        self.source, self.text = source, source.text
        self.tree = parse(source)
        self._comments = [start for start, _ in self.tree.comments]
        self._quote = '"' if '"' in self.text else "'"
        self._around: dict[Key, Node] = {}
        self._numbers: dict[Key, int] = {}  # which of its holder's stages or items a node is
        for node in walk(self.tree.body):
            for name in node._fields:
                value = getattr(node, name)
                for number, part in enumerate(value if isinstance(value, tuple) else (value,)):
                    if isinstance(part, Node):
                        self._around[key_of(part)], self._numbers[key_of(part)] = node, number
                    elif isinstance(part, tuple):  # (operator, term)
                        self._around.update({key_of(term): node for term in part if isinstance(term, Node)})

    def around(self, node: Node) -> Node:
        """What a node stands in. Inexpressible for one that is not of this file's tree."""
        found = self._around.get(key_of(node))
        if found is None:
            raise Inexpressible
        return found

    def number(self, node: Node) -> int:
        """Which one a node is of the stages or items that it stands among."""
        return self._numbers[key_of(node)]

    def edit(self, start: int, end: int, text: str) -> Edit:
        return Edit(Span(self.source, start, end), str(text))  # a Raw too: what is kept and sent is plain

    def written(self, node: Node) -> str:
        return self.text[node.start : node.end]

    # ---- arguments -----------------------------------------------------------------------------------------
    def set(self, node: Node, layer: Layer, values: dict[str, Any]) -> list[Edit]:
        """A layer's call with other arguments, by their canonical names; one that is alone set to its default goes."""
        call = self.call(node, layer)
        given, pasted = given_arguments(call, layer) if isinstance(call, Call) else {}, is_pasted(call)
        edits, added = [], []
        for name, value in values.items():
            declared = layer.arguments[name]
            text = str(value) if isinstance(value, Raw) else spelled(value, pasted, self._quote)
            argument = given.get(name)
            if argument is None:
                label = declared.keras if pasted and declared.keras not in ("", "-") else name
                added.append(f"{label}={text}")
            elif len(values) == 1 and is_default(value, declared) and self.may_go(call, argument):
                edits.append(self.without_argument(call, argument))
            else:
                edits.append(self.edit(argument.value.start, argument.value.end, text))
        if added:
            edits.append(self.appended(call, ", ".join(added)))
        return edits

    def may_go(self, call: Node, argument: Argument) -> bool:
        """Whether no other argument changes its place without this one."""
        return argument.name is not None or isinstance(call, Call) and argument.end == call.arguments[-1].end

    def call(self, node: Node, layer: Layer) -> Node:
        """The call, or the bare word, that made a layer. Inexpressible where it is a name for one, or another's call."""
        word = word_of_function(node.function if isinstance(node, Call) else node)
        if word is None or find(word) is not type(layer):
            raise Inexpressible
        return node

    def appended(self, call: Node, text: str) -> Edit:
        """An argument behind the last one."""
        if not isinstance(call, Call):
            return self.edit(call.end, call.end, f"({text})")
        if not call.arguments:
            at = self.text.index("(", call.function.end) + 1
            return self.edit(at, at, text)
        at = call.arguments[-1].end
        return self.edit(at, at, f", {text}")

    def without_argument(self, call: Node, argument: Argument) -> Edit:
        """The call without an argument that has a name, or is the last."""
        assert isinstance(call, Call)
        number = [a.start for a in call.arguments].index(argument.start)
        if number:
            return self.edit(call.arguments[number - 1].end, argument.end, "")
        if len(call.arguments) > 1:
            return self.edit(argument.start, call.arguments[1].start, "")
        return self.edit(argument.start, argument.end, "")

    def value(self, node: Node, layer: Layer | None, name: str) -> Node:
        """The value of a layer's argument as it is written. Inexpressible where it is not."""
        given = given_arguments(node, layer) if isinstance(node, Call) and layer is not None else {}
        if name not in given:
            raise Inexpressible
        return given[name].value

    # ---- layers --------------------------------------------------------------------------------------------
    def replace(self, node: Node, text: str) -> list[Edit]:
        """Something else in the place of an expression."""
        self.around(node)
        return [self.edit(node.start, node.end, text)]

    def drop(self, node: Node) -> list[Edit]:
        """A body or a chain without one of its expressions; elsewhere `in`, which changes nothing, in its place."""
        holder = self.around(node)
        if isinstance(holder, Chain):
            return self.without_stage(holder, node)
        if isinstance(holder, Step):
            return self.without_items([holder])
        if isinstance(holder, List) and len(holder.items) > 1:
            line = self.own_line(node, COMMA)
            if line is not None:
                return [line]
            number = self.number(node)
            before, behind = holder.items[number - 1], holder.items[min(number + 1, len(holder.items) - 1)]
            start, end = (before.end, node.end) if number else (node.start, behind.start)
            if self.comments(start, end):
                raise Inexpressible
            return [self.edit(start, end, "")]
        if isinstance(holder, Arithmetic) and key_of(holder.first) == key_of(node):
            return self.drop(holder)
        chain = self.around(holder) if isinstance(holder, Naming) else None
        if isinstance(chain, Chain) and self.before(node.start) == ">":  # a -> b as c becomes a as c
            stages = chain.stages
            number = self.number(holder)
            if number and not isinstance(stages[number - 1], Naming):
                start = self.closed(stages[number - 1])
                if not self.comments(start, node.end):
                    return [self.edit(start, node.end, "")]
        return [self.edit(node.start, node.end, "in")]

    def without_stage(self, chain: Chain, node: Node) -> list[Edit]:
        """A chain without a stage, and without the parentheses that stand around that alone."""
        stages = chain.stages
        number = self.number(node)
        start, end = node.start, node.end
        while number and self.before(start) == "(" or not number and self.behind(end) == ")":
            if (self.before(start), self.behind(end)) != ("(", ")"):
                raise Inexpressible
            start, end = self.text.rindex("(", 0, start), self.text.index(")", end) + 1
        line = self.own_line(node, ARROW)
        if line is not None:
            return [line]
        first, last = (self.closed(stages[number - 1]), end) if number else (start, self.opened(stages[1]))
        if not self.comments(first, last):
            return [self.edit(first, last, "")]
        arrow = self.arrow(stages[number - 1].end if number else end)
        return [self.edit(*arrow.span(), ""), self.edit(start, end, "")]  # and the comments between them stay

    def own_line(self, node: Node, between: re.Pattern[str]) -> Edit | None:
        """Without the lines that a part, what stands between it and the next, and their comment have to themselves."""
        line, stop = self.line(node.start), self.text.find("\n", node.end)
        beside = self.text[line : node.start].strip() + self.behind_in_line(node.end, stop)
        return self.edit(line, stop + 1, "") if stop >= 0 and between.fullmatch(beside) else None

    def comments(self, start: int, end: int) -> bool:
        """Whether a comment stands in a stretch of the text."""
        return bisect_left(self._comments, start) < bisect_left(self._comments, end)

    def arrow(self, at: int) -> re.Match[str]:
        """The next arrow behind a place, no comment's."""
        while True:
            found = ARROW.search(self.text, at)
            assert found is not None
            number = bisect_left(self._comments, found.start()) - 1  # the last comment that begins before it
            if number < 0 or self.tree.comments[number][1] <= found.start():
                return found
            at = self.tree.comments[number][1]

    def closed(self, node: Node) -> int:
        """The end of a stage with the parentheses around it: where its arrow begins."""
        between = self.text[node.end : self.arrow(node.end).start()]
        return node.end if "#" in between else node.end + between.rfind(")") + 1

    def opened(self, node: Node) -> int:
        """The begin of a stage with the parentheses before it: where its arrow ended."""
        arrow = node.start
        while not ARROW.fullmatch(self.text, arrow - 1, arrow) and not ARROW.fullmatch(self.text, arrow - 2, arrow):
            arrow -= 1
        between = self.text[arrow : node.start]
        return node.start if "#" in between or "(" not in between else arrow + between.index("(")

    def before(self, at: int) -> str:
        while at and self.text[at - 1].isspace():
            at -= 1
        return self.text[max(0, at - 1) : at]

    def behind(self, at: int) -> str:
        while at < len(self.text) and self.text[at].isspace():
            at += 1
        return self.text[at : at + 1]

    def without_items(self, items: Sequence[Node]) -> list[Edit]:
        """Bodies without some of their items; without the lines, and the comments on them, that hold nothing else."""
        going = frozenset([key_of(item) for item in items])
        empty: dict[Key, bool] = {}  # bodies of which nothing would be left
        edits = []
        for item in items:
            body = self.around(item)
            assert isinstance(body, Body)
            if key_of(body) not in empty:
                inner = body is not self.tree.body
                empty[key_of(body)] = inner and all(key_of(other) in going for other in body.items)
            if empty[key_of(body)]:
                edits.append(self.edit(item.start, item.end, "in"))
                continue
            edits.append(self.without_item(body.items, self.number(item), going))
        return edits

    def without_item(self, items: Sequence[Node], number: int, going: frozenset[Key]) -> Edit:
        """Without one item of a body, of which others go too."""
        item = items[number]
        before, behind = items[number - 1] if number else None, items[number + 1] if number + 1 < len(items) else None
        if behind is not None and "\n" not in self.text[item.end : behind.start]:
            start = item.start if before is not None and before.end > self.line(item.start) else self.indent(item.start)
            return self.edit(start if key_of(behind) in going else item.start, behind.start, "")
        stop = self.text.find("\n", item.end)
        stop = len(self.text) if stop < 0 else stop
        beside = before is not None and before.end > self.line(item.start)
        if beside and before is not None and key_of(before) not in going:
            return self.edit(before.end, item.end, "")
        if self.behind_in_line(item.end, stop) or not beside and self.text[self.line(item.start) : item.start].strip():
            return self.edit(item.start, item.end, "")
        return self.edit(item.start if beside else self.line(item.start), min(stop + 1, len(self.text)), "")

    def line(self, at: int) -> int:
        """Where the line of a place begins."""
        return self.text.rfind("\n", 0, at) + 1

    def indent(self, at: int) -> int:
        """Where the line of a place begins, if nothing else stands before it there."""
        return self.line(at) if not self.text[self.line(at) : at].strip() else at

    def behind_in_line(self, at: int, stop: int) -> str:
        """What stands behind a place in its line, but for a comment."""
        return self.text[at:stop].partition("#")[0].strip()

    def put(self, node: Node, text: str, first: bool) -> list[Edit]:
        """A layer before (`first`) or behind an expression."""
        holder = self.around(node)
        if isinstance(holder, Naming) and first:
            node, holder = holder, self.around(holder)
        if isinstance(holder, List):
            return [
                self.edit(node.start, node.start, f"{text}, ") if first else self.edit(node.end, node.end, f", {text}")
            ]
        if isinstance(holder, Step) and holder.end != node.end:  # model.add(…)
            head, tail = self.text[holder.start : node.start], self.text[node.end : holder.end]
            line = self.text[self.text.rfind("\n", 0, holder.start) + 1 : holder.start]
            added, at = f"{head}{text}{tail}", holder.start if first else holder.end
            return [self.edit(at, at, f"{added}\n{line}" if first else f"\n{line}{added}")]
        if isinstance(holder, (Chain, Step, Argument, Naming, Input)):
            arrow = "=>" if self.text.endswith(("=>", "=> "), 0, node.start) else "->"
            whole = f"{text} {arrow} " if first else f" {arrow} {text}"
            at = node.start if first else node.end
            return [self.edit(at, at, whole)]
        if isinstance(holder, Ternary) and node.start == holder.condition.start:
            raise Inexpressible
        one = f"({text} -> {self.written(node)})" if first else f"({self.written(node)} -> {text})"
        return [self.edit(node.start, node.end, one)]


def key_of(node: Node) -> Key:
    return type(node), node.start, node.end
