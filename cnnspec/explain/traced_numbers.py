"""Numbers that remember how they were worked out: one more kind of number for the layers' formulas.

A traced int is an int, and a traced `Size` is a `Size`, so a layer's formula runs on them as on any other; what comes
out also carries a tree of the operations, its leaves the layer's arguments and the sizes of its inputs. So what a
derivation shows is what was computed. A number that has lost its tree (a formula went through something else) is a
leaf: it is shown as its figure.

Convention: a literal 0 that begins a sum and a literal 1 that begins a product are how sums and products are written
in code, and are left out; x + p + p, one padding on both sides, is x + 2*p; (n + s - 1)//s is ceil(n/s).
"""

from __future__ import annotations

import operator

from cnnspec.base.record import Record
from cnnspec.base.size import Size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeAlias, TypeGuard

    from cnnspec.base.size import Dim

    Tree: TypeAlias = "Leaf | Op"


class Leaf(Record):
    """A number, and what it is: "given as filters", "the height of conv1"; "" for a literal of the formula."""

    value: int | float | Size
    origin: str = ""


class Op(Record):
    """An operation on two or more numbers. `sign`: + - * // % as in Python, / exact, ceil of the quotient, max."""

    sign: str
    parts: tuple[Tree, ...]


ZERO, ONE, TWO = Leaf(0), Leaf(1), Leaf(2)


class TracedNumber:
    """What traced ints and traced sizes have in common: `bare` is the number alone, `tree` how it came about."""

    bare: Dim
    tree: Tree


class TracedInt(TracedNumber, int):
    """An int with its tree."""


class TracedSize(TracedNumber, Size):
    """A symbolic size with its tree."""


def carry_tree(value: Dim, tree: Tree) -> Dim:
    """A number that carries a tree."""
    made = TracedInt(value) if isinstance(value, int) else TracedSize(value.terms)
    made.bare, made.tree = value, tree
    return made


def trace(value: Any, origin: str) -> Any:
    """An argument or a size as a leaf to compute with; tuples of them too. What is no whole number stays as it is."""
    if isinstance(value, tuple):
        return tuple([trace(v, origin) for v in value])
    if isinstance(value, (int, Size)) and not isinstance(value, bool):
        return carry_tree(bare(value), Leaf(bare(value), origin))
    return value


def bare(number: Dim) -> Dim:
    """The number alone, without its tree."""
    return number.bare if isinstance(number, TracedNumber) else number


def tree_of(number: Dim) -> Tree:
    """How a number came about; a leaf where it has no tree."""
    return number.tree if isinstance(number, TracedNumber) else Leaf(number)


# ---- operations --------------------------------------------------------------------------------------------
def _define(name: str, sign: str, compute: Callable[[Any, Any], Any]) -> None:
    def forward(self: Any, other: Any) -> Any:
        return carry_tree(compute(bare(self), bare(other)), combine(sign, tree_of(self), tree_of(other)))

    def backward(self: Any, other: Any) -> Any:
        return carry_tree(compute(bare(other), bare(self)), combine(sign, tree_of(other), tree_of(self)))

    for kind in (TracedInt, TracedSize):
        setattr(kind, f"__{name}__", forward)
        setattr(kind, f"__r{name}__", backward)


for _name, _sign in (("add", "+"), ("sub", "-"), ("mul", "*"), ("floordiv", "//"), ("mod", "%")):
    _define(_name, _sign, getattr(operator, _name))


def combine(sign: str, left: Tree, right: Tree) -> Tree:
    """The tree of one operation, sums and products of several in one row."""
    if sign == "+":
        return right if left == ZERO else _sum(left, right)
    if sign == "*":
        return right if left == ONE else left if right == ONE else _product(left, right)
    if sign == "-" and right == ZERO or sign == "//" and right == ONE:
        return left
    if sign == "//" and isinstance(left, Op) and left.sign == "-" and left.parts[1] == ONE:
        dividend = left.parts[0]
        if isinstance(dividend, Op) and dividend.sign == "+" and dividend.parts[1:] == (right,):
            return Op("ceil", (dividend.parts[0], right))
    return Op(sign, (left, right))


def _sum(left: Tree, right: Tree) -> Tree:
    """Terms in one row; twice the same one is 2*p, a sum that comes in whole stays together."""
    *terms, last = left.parts if is_op(left, "+") else (left,)
    if isinstance(right, Leaf) and last == right and (right.origin or right == ZERO):
        last = Op("*", (TWO, right))
        return Op("+", (*terms, last)) if terms else last
    return Op("+", (*terms, last, right))


def _product(left: Tree, right: Tree) -> Tree:
    """Factors in one row; a product that comes in whole stays together: 26*26*32 * 3*3*1."""
    if is_op(left, "*") and (not is_op(right, "*") or any(is_op(part, "*") for part in left.parts)):
        return Op("*", (*left.parts, right))
    return Op("*", (left, right))


def is_op(tree: Tree, sign: str) -> TypeGuard[Op]:
    return isinstance(tree, Op) and tree.sign == sign


# ---- what is known stands as its figure --------------------------------------------------------------------
def settle(tree: Tree, known: Mapping[Tree, Leaf]) -> Tree:
    """An operation on figures alone: each inner part that has been worked out elsewhere stands as its figure. A leaf stays
    as it is."""
    return tree if isinstance(tree, Leaf) else Op(tree.sign, tuple([_figure(part, known) for part in tree.parts]))


def _figure(tree: Tree, known: Mapping[Tree, Leaf]) -> Tree:
    if isinstance(tree, Leaf):
        return Leaf(tree.value)
    return known.get(tree) or settle(tree, known)
