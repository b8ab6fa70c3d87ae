"""Tokens → tree, by the LALR(1) table that Lark made; goes on after a mistake.

After a mistake the parser drops the item it stands in, leaves a `Bad` node for it and goes on at the next line,
so that each mistake is reported once and does not hide the next.
"""

from __future__ import annotations

from cnnspec.base.gc_pause import Uncollected
from cnnspec.base.source import Source
from cnnspec.syntax import build
from cnnspec.syntax.lexer import KIND
from cnnspec.syntax.recovery import Recovery
from cnnspec.syntax.table import ACTIONS, END_STATE, GOTOS, RULES
from cnnspec.syntax.tree import Bad, Body, Name, Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_DEPTH = 100  # of nesting; bounds the recursion of every later stage
TOO_DEEP = "give the inner parts names or blocks of their own"

_NAME, _END = KIND["NAME"], KIND["END"]

_rules: list[tuple[str, int, Any, tuple[int, ...], bool]] = [
    (origin, length, getattr(build.Builder, action) if action else action, kept, kept == tuple(range(length)))
    for origin, length, action, kept in RULES
]


# What stands in Keras's Python that the language can read, too; its other lines are syntax errors to the language.
PASTED = ("Sequential(", "Model(", "Input(", ".add(", ")(", ".compile(", ".fit(", ".summary(")


def parse(source: Source) -> Tree:
    """The tree of a source; `tree.diagnostics` holds its syntax errors, each once, in order."""
    with Uncollected():
        tree = parse_spec(source)
        if tree.diagnostics or any([sign in source.text for sign in PASTED]):
            from cnnspec.syntax.paste import read_paste

            tree = read_paste(tree, parse_spec)
        return tree


def parse_spec(source: Source) -> Tree:
    """The tree of a source that is the language's alone."""
    return Parser(source).run()


class Parser(Recovery):
    """Steps through the table."""

    def run(self) -> Tree:
        text, builder = self.source.text, self.builder
        states, values, starts, ends, depths = self.states, self.values, self.starts, self.ends, self.depths
        unit: dict[tuple[int, str, int], int] = {}  # where a run of one-child rules leads
        tokens = self.lexer.tokens()
        kind, start, end = next(tokens)
        while True:
            step = ACTIONS[states[-1]].get(kind)
            if step is None:
                resumed = self.recover(kind, start, end)
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
                        value = action(builder, first, last, children)
                        if length > 1 and origin != "args":  # a call counts once, not its arguments too
                            depth += 1
                            if depth > MAX_DEPTH:
                                builder.refuse(
                                    "E003", first, first + 1, f"this is nested more than {MAX_DEPTH} deep", TOO_DEEP
                                )
                                value, depth = Bad(first, last), 0
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
        body = values[-1] if values and isinstance(values[-1], Body) else self.salvaged()
        comments = tuple(sorted(self.lexer.comments.items()))
        diagnostics = tuple(sorted(builder.diagnostics, key=lambda d: d.span.start if d.span else 0))
        return Tree(self.source, body, comments, diagnostics)

    def salvaged(self) -> Body:
        """What had been read of the outermost body when the parser gave up, and the rest as it is."""
        from cnnspec.syntax.remains import names_bound

        text = self.source.text
        read = [v for value in self.values[:2] for v in (value if type(value) is list else [value])]
        items = [item for item in read if isinstance(item, build.ITEMS)]
        at = items[-1].end if items else 0
        return Body(0, len(text), (*items, Bad(at, len(text), names_bound(text, at, len(text)))))
