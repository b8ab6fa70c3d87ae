"""Tokens → tree, by the LALR(1) tables of the grammar.

What to do at a mistake is not known here: a function that the parser is given says where to go on, or that it gives up.
"""

from __future__ import annotations

import re

from cnnspec.base.source import Source
from cnnspec.syntax.build import BUILD, ITEMS, Refusals
from cnnspec.syntax.grammar import ACTIONS, END_STATE, GOTOS, RULES, TERMINALS
from cnnspec.syntax.lexer import KIND, Lexer
from cnnspec.syntax.tree import Bad, Body, Name, Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from cnnspec.syntax.build import Build

    Token = tuple[int, int, int]
    Recover = Callable[[int, int, int], Iterator[Token] | None]  # the token at fault → the tokens to go on with

MAX_DEPTH = 100  # of nesting; bounds the recursion of every later stage
TOO_DEEP = "give the inner parts names or blocks of their own"

_NAME, _END = KIND["NAME"], KIND["END"]

# (nonterminal, length, what builds its node; "" splices, None keeps the only child, kept children, whether that is all)
_rules: list[tuple[str, int, Build | str | None, tuple[int, ...], bool]] = [
    (origin, length, BUILD[action] if action else action, kept, kept == tuple(range(length)))
    for origin, length, action, kept in RULES
]


class Stack:
    """What has been read: values with their places and depths, each on the state below it. `states` is one longer."""

    def __init__(self) -> None:
        self.states = [0]
        self.values: list[Any] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.depths: list[int] = []

    def cut(self, height: int) -> None:
        """Drop what stands above `height` states."""
        del self.states[height:], self.values[height - 1 :], self.starts[height - 1 :], self.ends[height - 1 :]
        del self.depths[height - 1 :]

    def push_bad(self, nonterminal: str, end: int, names: tuple[str, ...]) -> None:
        """Push a `Bad` node in place of a nonterminal, from where the last value ends."""
        start = self.ends[-1] if self.ends else 0
        self.states.append(GOTOS[self.states[-1]][nonterminal])
        self.values.append(Bad(start, max(start, end), names))
        self.starts.append(start)
        self.ends.append(max(start, end))
        self.depths.append(0)

    def find_brackets(self) -> tuple[list[int], list[int]]:
        """Where the brackets stand that are open, and which states stand in none that is closed."""
        opened: list[int] = []
        marks: list[int] = []
        outside = [0]
        for i, value in enumerate(self.values):
            if type(value) is str and value in ("(", "[", "{"):
                opened.append(i)
                marks.append(len(outside))
            elif type(value) is str and value in (")", "]", "}"):
                opened.pop()
                del outside[marks.pop() :]
            outside.append(i + 1)
        return opened, outside

    def find_context(self) -> str:
        """What the text at fault began as: a parameter, an item, an argument, an element of a list, a condition or an expression."""
        _, outside = self.find_brackets()
        for i in reversed(outside):
            before = self.values[i - 1] if i else ""
            if type(before) is str and (before == "=" or re.fullmatch(TERMINALS["_ARROW"], before)):
                continue  # look at what the value is given to, where the chain began
            for word in ("param", "item", "arg", "_element", "condition", "expr"):
                if word in GOTOS[self.states[i]]:
                    return word
        return ""


class Parser:
    """Steps through the tables. `begin_recovery` is asked at the first mistake for what recovers from it and the next."""

    def __init__(
        self, source: Source, begin_recovery: Callable[[Parser], Recover], lexer: Lexer | None = None
    ) -> None:  # fmt: skip
        self.source = source
        self.begin_recovery = begin_recovery
        self.lexer = lexer or Lexer(source.text)
        self.refusals = Refusals(source)
        self.stack = Stack()

    def run(self, at: int = 0) -> Tree:
        """The tree of the source, or of what follows a place between two of its statements; where recovery gives up, of what
        had been read until then."""
        stack, text, refusals = self.stack, self.source.text, self.refusals
        states, values, starts, ends, depths = stack.states, stack.values, stack.starts, stack.ends, stack.depths
        unit: dict[tuple[int, str, int], int] = {}  # where a run of one-child rules leads
        recover: Recover | None = None
        tokens = self.lexer.tokens(at)
        kind, start, end = next(tokens)
        while True:
            step = ACTIONS[states[-1]].get(kind)
            if step is None:
                recover = recover or self.begin_recovery(self)
                resumed = recover(kind, start, end)
                if resumed is None:
                    break
                tokens = resumed
                kind, start, end = next(tokens)
            elif step >= 0:
                states.append(step)
                values.append(Name(start, end, text[start:end]) if kind == _NAME else text[start:end])
                starts.append(start)
                ends.append(end)
                depths.append(0)
                kind, start, end = next(tokens)
            else:
                origin, length, action, kept, whole = _rules[~step]
                if length == 0:
                    first = last = ends[-1] if ends else 0
                    depth = 0
                    children: list[Any] = []
                else:
                    first, last = starts[-length], ends[-1]
                    if length == 1:
                        children = values[-1:]
                        depth = depths[-1]
                    else:
                        children = values[-length:] if whole else [values[i - length] for i in kept]
                        depth = max(depths[-length:])
                    del states[-length:], values[-length:], starts[-length:], ends[-length:], depths[-length:]
                if action == "":
                    if children and type(children[0]) is list:
                        value: Any = children[0]
                        for child in children[1:]:
                            value.extend(child) if type(child) is list else value.append(child)
                    else:
                        value = []
                        for child in children:
                            value.extend(child) if type(child) is list else value.append(child)
                else:
                    if list in map(type, children):
                        flat: list[Any] = []
                        for child in children:
                            flat.extend(child) if type(child) is list else flat.append(child)
                        children = flat
                    if action is None:
                        value = children[0]
                    else:
                        value = action(refusals, first, last, children)  # type: ignore[operator]
                        if length > 1 and origin != "args":  # a call counts once, not its arguments too
                            depth += 1
                            if depth > MAX_DEPTH:
                                message = f"this is nested more than {MAX_DEPTH} deep"
                                refusals.refuse("E003", first, first + 1, message, TOO_DEEP)
                                break
                values.append(value)
                starts.append(first)
                ends.append(last)
                depths.append(depth)
                below = states[-1]
                target = unit.get((below, origin, kind))
                if target is None:
                    target = GOTOS[below][origin]
                    following = ACTIONS[target].get(kind)
                    while following is not None and following < 0 and _rules[~following][1:3] == (1, None):
                        target = GOTOS[below][_rules[~following][0]]
                        following = ACTIONS[target].get(kind)
                    unit[below, origin, kind] = target
                states.append(target)
                if kind == _END and target == END_STATE:
                    break
        body = values[-1] if values and isinstance(values[-1], Body) else self.salvage_body()
        comments = tuple(sorted(self.lexer.comments.items()))
        diagnostics = tuple(sorted(refusals.diagnostics, key=lambda d: d.span.start if d.span else 0))
        return Tree(self.source, body, comments, diagnostics)

    def salvage_body(self) -> Body:
        """What had been read of the outermost body when the parser gave up, and the rest as one `Bad`."""
        from cnnspec.syntax.after_mistakes import names_bound

        text = self.source.text
        read = [v for value in self.stack.values[:2] for v in (value if type(value) is list else [value])]
        items = [item for item in read if isinstance(item, ITEMS)]
        at = items[-1].end if items else 0
        return Body(0, len(text), (*items, Bad(at, len(text), names_bound(text, at, len(text)))))
