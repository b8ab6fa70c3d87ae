"""Arithmetic as text and as LaTeX: the trees of a derivation, with no more parentheses than they need.

Text is arithmetic that a calculator with floor, ceil, max and mod takes as it stands, thousands separators apart.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.size import Size
from cnnspec.explain.traced_numbers import Leaf, Op, is_op

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.explain.traced_numbers import Tree

# How tightly a piece holds together: a sum, a product, a quotient (which stands in parentheses in a product), a number.
SUM, PRODUCT, QUOTIENT, ATOM = range(4)


class Style(Record):
    """How operations are written; {0} and {1} are their operands."""

    times: str  # between factors
    wide_times: str  # between factors some of which are products
    quotient: str
    floor: str
    ceil: str
    mod: str
    maximum: str
    parentheses: str
    separator: str  # between thousands
    expression: str  # a symbolic size
    bar: bool  # whether a quotient is a bar, which needs no parentheses


TEXT = Style(
    "*", " * ", "{0}/{1}", "floor({0})", "ceil({0})", "{0} mod {1}", "max({0})", "({0})", ",", "{0}", False
)  # fmt: skip
PLAIN = TEXT.replace(separator="")
LATEX = Style(
    r" \cdot ", r" \;\cdot\; ", r"\frac{{{0}}}{{{1}}}", r"\left\lfloor {0} \right\rfloor",
    r"\left\lceil {0} \right\rceil", r"{0} \bmod {1}", r"\max({0})", r"\left( {0} \right)", "{,}", r"\texttt{{{0}}}", True,
)  # fmt: skip


def write_number(value: Any, style: Style) -> str:
    """A figure; ? where it is unknown."""
    if value is None:
        return "?"
    if isinstance(value, int):
        return f"{value:,}".replace(",", style.separator)
    if isinstance(value, float):
        return f"{value:g}"
    return style.expression.format(str(value).replace("_", r"\_") if style.bar else value)


def write_tree(tree: Tree, style: Style) -> str:
    """A tree in a style."""
    return _write_part(tree, style)[0]


def _write_part(tree: Tree, style: Style) -> tuple[str, int]:
    """A tree's text, and how tightly it holds together: SUM to ATOM."""
    if isinstance(tree, Leaf):
        single = str(tree.value).isidentifier() if isinstance(tree.value, Size) else tree.value >= 0
        return write_number(tree.value, style), ATOM if single else SUM
    parts = tree.parts
    if tree.sign == "+":
        return " + ".join([_at_least(part, SUM, style) for part in parts]), SUM
    if tree.sign == "-":
        return f"{_at_least(parts[0], SUM, style)} - {_at_least(parts[1], PRODUCT, style)}", SUM
    if tree.sign == "*":
        nested = any(is_op(part, "*") for part in parts)
        least = [PRODUCT if is_op(part, "*") else ATOM for part in parts]
        factors = [_at_least(part, level, style) for part, level in zip(parts, least, strict=True)]
        return (style.wide_times if nested else style.times).join(factors), PRODUCT
    if tree.sign == "max":
        return style.maximum.format(", ".join([_at_least(part, SUM, style) for part in parts])), ATOM
    if tree.sign == "%":
        return style.mod.format(_at_least(parts[0], ATOM, style), _at_least(parts[1], ATOM, style)), SUM
    above, below = (SUM, SUM) if style.bar else (PRODUCT, ATOM)
    exact = style.quotient.format(_at_least(parts[0], above, style), _at_least(parts[1], below, style))
    if tree.sign == "ceil":
        return style.ceil.format(exact), ATOM
    if tree.sign == "/" or _comes_out(tree):
        return exact, QUOTIENT
    return style.floor.format(exact), ATOM


def _at_least(tree: Tree, level: int, style: Style) -> str:
    text, holds = _write_part(tree, style)
    return text if holds >= level else style.parentheses.format(text)


def _comes_out(tree: Op) -> bool:
    """Whether a floor division of two plain numbers has no remainder, and so needs no floor."""
    first, second = tree.parts
    if not isinstance(first, Leaf) or not isinstance(second, Leaf):
        return False
    return isinstance(first.value, int) and isinstance(second.value, int) and first.value % second.value == 0
