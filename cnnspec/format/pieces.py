"""How each node is spelled: strings, brackets, and child nodes with the precedence that they must have.

Precedences follow grammar/cnnspec.lark, loosest first; a child that binds less tightly than its place asks
for is put into parentheses. The tree keeps no parentheses, so these are the only ones that are printed.
"""

from __future__ import annotations

import re

from cnnspec.base.record import Record
from cnnspec.syntax.grammar import KEYWORDS
from cnnspec.syntax.tree import (
    Argument,
    Arithmetic,
    Assign,
    Attribute,
    Block,
    Body,
    Braces,
    Branch,
    Budget,
    Call,
    Chain,
    Compare,
    Contract,
    Dims,
    Entry,
    Flag,
    Here,
    Hole,
    Index,
    Input,
    Limit,
    List,
    Logic,
    Loop,
    Mapping,
    Model,
    Name,
    Naming,
    Node,
    Number,
    Opposite,
    Output,
    Parameter,
    Power,
    Range,
    Shared,
    Signed,
    Step,
    Ternary,
    Text,
    Train,
    Tuple,
    Use,
    Values,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    Piece: TypeAlias = "str | tuple[Node, int] | Bracket"

VALUE = -1  # where also `?a in 8..64` may stand
EXPR, CHAIN, STAGE, CONDITION, CONJUNCTION, NEGATION, COMPARISON, RANGE, SUM, PRODUCT, UNARY, POWER, POSTFIX, ATOM = (
    range(14)
)

_LEVELS: dict[type[Node], int] = {
    Ternary: EXPR, Chain: CHAIN, Naming: STAGE, Opposite: NEGATION, Compare: COMPARISON, Range: RANGE, Signed: UNARY,
    Power: POWER, Call: POSTFIX, Index: POSTFIX, Attribute: POSTFIX,
}  # fmt: skip


class Bracket(Record):
    """Elements between brackets. `close` is where the closing one stands in the source, -1 when nowhere."""

    holder: Node
    opening: str
    elements: tuple[Node, ...]
    closing: str
    close: int
    commas: bool = True  # whether a comma may follow the last element

    @property
    def lone(self) -> bool:
        """Whether it is a tuple of one, which only its comma makes a tuple."""
        return isinstance(self.holder, Tuple) and len(self.elements) == 1


def level(node: Node) -> int:
    """How tightly a node's print binds."""
    if isinstance(node, Arithmetic):
        return SUM if node.rest[0][0] in "+-" else PRODUCT
    if isinstance(node, Logic):
        return CONDITION if node.operator == "or" else CONJUNCTION
    if isinstance(node, Hole):
        return VALUE if node.values and not _is_short(node) else ATOM
    return _LEVELS.get(type(node), ATOM)


def needs_group(node: Node, place: int) -> bool:
    """Whether a node needs parentheses where an expression of precedence `place` is due."""
    return level(node) < place and not isinstance(node, Body)


def is_name(text: str) -> bool:
    """Whether a text could be written as a name."""
    return re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", text) is not None and text not in KEYWORDS


def quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'


def pieces(node: Node, place: int = EXPR) -> list[Piece]:
    """The spelling of a node, all but its parentheses, where an expression of precedence `place` is due."""
    if isinstance(node, Naming):  # "a if c else b as name" names the whole
        return [
            (node.value, EXPR if place <= EXPR and isinstance(node.value, Ternary) else CONDITION),
            f" as {node.name.text}",
        ]
    return _SPELLINGS[type(node)](node)


def head_of_input(node: Input, pasted: bool = False) -> list[Piece]:
    """`input image 224x224x3`, without the stages that may follow; Keras's form in lists, and for what has no other."""
    name, shape = node.name, node.shape
    plain = shape is None or isinstance(shape, (Name, Number, Dims, Tuple))
    if pasted or not plain or (name and (shape is None or not is_name(name.text))):
        out: list[Piece] = ["Input("]
        if shape is not None:
            out += ["shape=", (shape, EXPR)]
        if name:
            out.append((", " if shape is not None else "") + f"name={quoted(name.text)}")
        return [*out, ")"]
    if shape is None:
        return ["input"]
    out = ["input ", f"{name.text} "] if name else ["input "]
    return [*out, _listed(shape, shape.items, "()", -1) if isinstance(shape, Tuple) else (shape, EXPR)]


def _listed(holder: Node, elements: tuple[Node, ...], brackets: str, close: int) -> Bracket:
    return Bracket(holder, brackets[0], elements, brackets[1], close)


def _arithmetic(node: Arithmetic) -> list[Piece]:
    place = level(node) + 1
    out: list[Piece] = [(node.first, place)]
    for operator, term in node.rest:
        out += [f" {operator} ", (term, place)]
    return out


def _logic(node: Logic) -> list[Piece]:
    out: list[Piece] = []
    for term in node.terms:
        out += [f" {node.operator} "] * bool(out) + [(term, level(node) + 1)]
    return out


def _headed(word: str) -> Callable[[Any], list[Piece]]:
    def spell(node: Block | Model) -> list[Piece]:
        out: list[Piece] = [f"{word} {node.name.text}"]
        if node.parameters:
            out.append(_listed(node, node.parameters, "()", node.parameters[-1].end))
        return [*out, " ", (node.body, EXPR)]

    return spell


def _branch(node: Branch) -> list[Piece]:
    out: list[Piece] = ["if ", (node.condition, CONDITION), " ", (node.body, EXPR)]
    return [*out, " else ", (node.otherwise, EXPR)] if node.otherwise is not None else out


def _limit(node: Limit) -> list[Piece]:
    arguments: list[Piece] = [_listed(node, node.arguments, "()", -1)] if node.arguments else []
    comparison: list[Piece] = [f" {node.operator} ", (node.bound, SUM)] if node.bound is not None else []
    return [node.quantity.text, *arguments, *comparison]


def _budget(node: Budget) -> list[Piece]:
    out: list[Piece] = ["expect "]
    for limit in node.limits:
        out += [", "] * (len(out) > 1) + [(limit, EXPR)]
    return out


def _argument(node: Argument) -> list[Piece]:
    return [*([f"{node.name.text}="] if node.name else []), (node.value, VALUE)]


def _parameter(node: Parameter) -> list[Piece]:
    default: list[Piece] = ["=", (node.default, EXPR)] if node.default is not None else []
    return [node.name.text, *default, *([(node.values, EXPR)] if node.values else [])]


def _range(node: Range) -> list[Piece]:
    step: list[Piece] = [":" + "*" * node.times, (node.step, SUM)] if node.step is not None else []
    signed = isinstance(node.last, Signed) and isinstance(node.last.value, Number)
    plain = signed or isinstance(node.last, (Number, Name))
    if step and not plain:  # which the grammar wants in parentheses
        return [(node.first, SUM), "..(", (node.last, VALUE), ")", *step]
    return [(node.first, SUM), "..", (node.last, SUM), *step]


def _hole(node: Hole) -> list[Piece]:
    if node.values is None:
        return [f"?{node.name}"]
    return ["?", (node.values.choice, RANGE)] if _is_short(node) else [f"?{node.name}", (node.values, EXPR)]


def _is_short(node: Hole) -> bool:
    """Whether a hole is written as its range is, ?8..64:8: it has no name, and the range is one between numbers."""
    choice = node.values.choice if node.values and not node.name else None
    if not isinstance(choice, Range):
        return False
    return all([isinstance(part, Number) for part in (choice.first, choice.last, choice.step) if part is not None])


_SPELLINGS: dict[type[Node], Callable[[Any], list[Piece]]] = {
    Name: lambda n: [n.text],
    Number: lambda n: [n.text],
    Dims: lambda n: ["x".join("?" if size is None else str(size) for size in n.sizes)],
    Text: lambda n: [quoted(n.value)],
    Flag: lambda n: ["true" if n.value else "false"],
    Here: lambda n: ["in"],
    Argument: _argument,
    Parameter: _parameter,
    Hole: _hole,
    Values: lambda n: [" in ", (n.choice, RANGE)],
    Call: lambda n: [(n.function, POSTFIX), _listed(n, n.arguments, "()", n.end - 1)],
    Contract: lambda n: ["expect", _listed(n, n.arguments, "()", n.end - 1)],
    Index: lambda n: [(n.value, POSTFIX), "[", (n.index, EXPR), "]"],
    # the point of (0).e1 would be the number's
    Attribute: lambda n: [(n.value, ATOM + 1 if isinstance(n.value, Number) else POSTFIX), f".{n.name.text}"],
    Tuple: lambda n: [_listed(n, n.items, "()", n.end - 1)],
    List: lambda n: [_listed(n, n.items, "[]", n.end - 1)],
    Mapping: lambda n: [_listed(n, n.entries, "{}", n.end - 1)],
    Entry: lambda n: [f"{n.key.value if is_name(n.key.value) else quoted(n.key.value)}: ", (n.value, EXPR)],
    Braces: lambda n: [(n.body, EXPR)],
    Logic: _logic,
    Opposite: lambda n: ["not ", (n.value, NEGATION)],
    Compare: lambda n: [(n.left, RANGE), f" {n.operator} ", (n.right, RANGE)],
    Range: _range,
    Arithmetic: _arithmetic,
    Power: lambda n: [(n.base, POSTFIX), "^", (n.exponent, UNARY)],
    Signed: lambda n: [n.operator, (n.value, UNARY)],
    Step: lambda n: [(n.value, EXPR)],
    Output: lambda n: ["output " + ", ".join([name.text for name in n.names])],
    Assign: lambda n: [f"{n.name.text} = ", (n.value, VALUE)],
    Shared: lambda n: [f"shared {n.name.text} = ", (n.value, EXPR)],
    Loop: lambda n: [f"for {', '.join([t.text for t in n.targets])} in ", (n.iterable, EXPR), " ", (n.body, EXPR)],
    Branch: _branch,
    Limit: _limit,
    Budget: _budget,
    Block: _headed("block"),
    Model: _headed("model"),
    Train: lambda n: ["train ", (n.body, EXPR)],
    Use: lambda n: [f"use {quoted(n.path.value)} ", Bracket(n, "(", n.names, ")", -1, False)],
}  # fmt: skip


def segments(node: Node) -> list[tuple[Node, list[Piece]]]:
    """What may stand one a line though no bracket is around it: the stages of a chain, the parts of a ternary."""
    if isinstance(node, Ternary):
        then: list[Piece] = [(node.then, CHAIN), " if ", (node.condition, CONDITION)]
        return [(node.condition, then), (node.otherwise, ["else ", (node.otherwise, EXPR)])]
    if isinstance(node, (Input, Chain)):
        out: list[tuple[Node, list[Piece]]] = [(node, head_of_input(node))] if isinstance(node, Input) else []
        for stage in node.stages:
            arrow: list[Piece] = ["-> "] if out else []
            out.append((stage, [*arrow, (stage, STAGE)]))
        return out
    return []
