"""Changes of a text by its syntax tree: set an argument, drop a layer, put one before or behind another.

An `Editor` writes in one file. What it is given are nodes of that file's tree, known again by kind and place, so that a
tree parsed elsewhere will do; what it returns are edits. It keeps to the spelling that it finds: pasted Keras calls get
Keras's names and literals. What cannot be said by an edit raises `Inexpressible`.
"""

from __future__ import annotations

from cnnspec.base.diagnostic import Edit
from cnnspec.base.source import Span
from cnnspec.elaborate.argument_binder import given_arguments, word_of_function
from cnnspec.lint.fix.layout import ARROW, COMMA, Layout
from cnnspec.lint.fix.spelling import Raw, is_default, is_pasted, name_in_keras, spell
from cnnspec.syntax.parse import parse
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


class Inexpressible(Exception):
    """No edit says this."""


class Editor:
    """Writes in one file."""

    def __init__(self, source: Source) -> None:
        self.source, self.text = source, source.text
        self.tree = parse(source)
        self.comments = self.tree.comments
        self._layout = Layout(self.text, self.comments)
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

    def holder_of(self, node: Node) -> Node:
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

    def text_of(self, node: Node) -> str:
        return self.text[node.start : node.end]

    # ---- arguments -----------------------------------------------------------------------------------------
    def set(self, node: Node, layer: Layer, values: dict[str, Any]) -> list[Edit]:
        """A layer's call with other arguments, by their canonical names; one that is alone set to its default goes."""
        call = self.call(node, layer)
        given, pasted = given_arguments(call, layer) if isinstance(call, Call) else {}, is_pasted(call)
        edits, added = [], []
        for name, value in values.items():
            declared = layer.arguments[name]
            raw = isinstance(value, Raw)
            text = spell(value, True, self._quote) if pasted and not raw else value if raw else declared.write(value)
            argument = given.get(name)
            if argument is None:
                added.append(f"{name_in_keras(name, declared) if pasted else name}={text}")
            elif len(values) == 1 and is_default(value, declared) and self.may_go(call, argument):
                edits.append(self.without_argument(call, argument))
            else:
                edits.append(self.edit(argument.value.start, argument.value.end, text))
        if added:
            edits.append(self.append_argument(call, ", ".join(added)))
        return edits

    def may_go(self, call: Node, argument: Argument) -> bool:
        """Whether no other argument changes its place without this one."""
        return argument.name is not None or isinstance(call, Call) and argument.end == call.arguments[-1].end

    def call(self, node: Node, layer: Layer) -> Node:
        """The call, or the bare word, that made a layer. Inexpressible where it is a name for one, or another's call."""
        word = word_of_function(node.function if isinstance(node, Call) else node)
        if word is None or word.lower() not in layer.names:
            raise Inexpressible
        return node

    def append_argument(self, call: Node, text: str) -> Edit:
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
        self.holder_of(node)
        return [self.edit(node.start, node.end, text)]

    def drop(self, node: Node) -> list[Edit]:
        """A body or a chain without one of its expressions; elsewhere `in`, which changes nothing, in its place."""
        holder = self.holder_of(node)
        if isinstance(holder, Chain):
            return self.without_stage(holder, node)
        if isinstance(holder, Step):
            return self.without_items([holder])
        if isinstance(holder, List) and len(holder.items) > 1:
            line = self._layout.own_line(node.start, node.end, COMMA)
            if line is not None:
                return [self.edit(*line, "")]
            number = self.number(node)
            before, behind = holder.items[number - 1], holder.items[min(number + 1, len(holder.items) - 1)]
            start, end = (before.end, node.end) if number else (node.start, behind.start)
            if self._layout.has_comment(start, end):
                raise Inexpressible
            return [self.edit(start, end, "")]
        if isinstance(holder, Arithmetic) and key_of(holder.first) == key_of(node):
            return self.drop(holder)
        chain = self.holder_of(holder) if isinstance(holder, Naming) else None
        if isinstance(chain, Chain) and self._layout.before(node.start) == ">":  # a -> b as c becomes a as c
            stages = chain.stages
            number = self.number(holder)
            if number and not isinstance(stages[number - 1], Naming):
                start = self._layout.end_with_parentheses(stages[number - 1].end)
                if not self._layout.has_comment(start, node.end):
                    return [self.edit(start, node.end, "")]
        return [self.edit(node.start, node.end, "in")]

    def without_stage(self, chain: Chain, node: Node) -> list[Edit]:
        """A chain without a stage, and without the parentheses that stand around that alone."""
        stages, layout = chain.stages, self._layout
        number = self.number(node)
        start, end = node.start, node.end
        while number and layout.before(start) == "(" or not number and layout.behind(end) == ")":
            if (layout.before(start), layout.behind(end)) != ("(", ")"):
                raise Inexpressible
            start, end = self.text.rindex("(", 0, start), self.text.index(")", end) + 1
        line = layout.own_line(node.start, node.end, ARROW)
        if line is not None:
            return [self.edit(*line, "")]
        before = stages[number - 1].end if number else end
        first, last = (
            (layout.end_with_parentheses(before), end)
            if number
            else (start, layout.start_with_parentheses(stages[1].start))
        )
        if not layout.has_comment(first, last):
            return [self.edit(first, last, "")]
        arrow = layout.find_arrow(before)
        return [self.edit(*arrow.span(), ""), self.edit(start, end, "")]  # and the comments between them stay

    def without_items(self, items: Sequence[Node]) -> list[Edit]:
        """Bodies without some of their items; without the lines, and the comments on them, that hold nothing else."""
        going = frozenset([key_of(item) for item in items])
        empty: dict[Key, bool] = {}  # bodies of which nothing would be left
        edits = []
        for item in items:
            body = self.holder_of(item)
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
        item, layout = items[number], self._layout
        line = layout.line_start(item.start)
        before, behind = items[number - 1] if number else None, items[number + 1] if number + 1 < len(items) else None
        beside = before is not None and before.end > line
        if behind is not None and "\n" not in self.text[item.end : behind.start]:
            start = item.start if beside else layout.indent_start(item.start)
            return self.edit(start if key_of(behind) in going else item.start, behind.start, "")
        stop = self.text.find("\n", item.end)
        stop = len(self.text) if stop < 0 else stop
        if beside and before is not None and key_of(before) not in going:
            return self.edit(before.end, item.end, "")
        if layout.rest_of_line(item.end, stop) or not beside and self.text[line : item.start].strip():
            return self.edit(item.start, item.end, "")
        return self.edit(item.start if beside else line, min(stop + 1, len(self.text)), "")

    def insert(self, node: Node, text: str, first: bool) -> list[Edit]:
        """A layer before (`first`) or behind an expression."""
        holder = self.holder_of(node)
        if isinstance(holder, Naming) and first:
            node, holder = holder, self.holder_of(holder)
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
        one = f"({text} -> {self.text_of(node)})" if first else f"({self.text_of(node)} -> {text})"
        return [self.edit(node.start, node.end, one)]


def key_of(node: Node) -> Key:
    return type(node), node.start, node.end
