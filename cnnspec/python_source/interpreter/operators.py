"""Operators on plain values, as Python computes them, where what they come to is not too large."""

from __future__ import annotations

import operator
from itertools import islice

from cnnspec.python_source.interpreter.budget import MOST_BITS, MOST_CHARACTERS, MOST_ITEMS, TooLarge
from cnnspec.python_source.values import PLAIN, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FUNCTIONS = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "**": operator.pow, "@": operator.matmul, "&": operator.and_, "|": operator.or_,
    "^": operator.xor, "<<": operator.lshift, ">>": operator.rshift, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
UNARY = {"+": operator.pos, "-": operator.neg, "~": operator.invert}
NAMES = {
    "Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "FloorDiv": "//", "Mod": "%", "Pow": "**", "MatMult": "@",
    "BitAnd": "&", "BitOr": "|", "BitXor": "^", "LShift": "<<", "RShift": ">>", "Lt": "<", "LtE": "<=", "Gt": ">",
    "GtE": ">=", "Eq": "==", "NotEq": "!=", "UAdd": "+", "USub": "-", "Invert": "~",
}  # fmt: skip
METHODS = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul", "&": "and",
    "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift", "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq",
    "!=": "ne",
}  # fmt: skip
MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
SIZED = (str, bytes, tuple, list)
MOST_COMPARED = 20_000  # values within one another


def compute_plain(name: str, left: Any, right: Any) -> Any:
    """left operator right, of plain values; raises what Python does, and TooLarge."""
    if isinstance(left, int) and isinstance(right, int):
        if name == "**" and right > 0 and left.bit_length() * right > MOST_BITS:
            raise TooLarge
        if name == "<<" and right > MOST_BITS:
            raise TooLarge
    elif name == "*" and isinstance(left, SIZED) and isinstance(right, int):
        guard_size(left, len(left) * right)
    elif name == "*" and isinstance(right, SIZED) and isinstance(left, int):
        guard_size(right, len(right) * left)
    elif name == "+" and isinstance(left, SIZED) and isinstance(right, SIZED):
        guard_size(left, len(left) + len(right))
    return guard(FUNCTIONS[name](left, right))


def guard(value: Any) -> Any:
    """A number that has come out, if it is not too large."""
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        raise TooLarge
    return value


def guard_size(kind: Any, size: int) -> None:
    if size > (MOST_CHARACTERS if isinstance(kind, (str, bytes)) else MOST_ITEMS):
        raise TooLarge


# ---- equality, however deep ---------------------------------------------------------------------------------------
class Comparison:
    """Whether values are equal: True, False, or None where that is not known."""

    def __init__(self) -> None:
        self.left = MOST_COMPARED

    def equal(self, one: Any, other: Any) -> bool | None:
        self.left -= 1
        if self.left < 0:
            return None
        if isinstance(one, (tuple, list)) and type(one) is type(other):
            return self._all(one, other) if len(one) == len(other) else self._differ(one, other)
        if isinstance(one, dict) and isinstance(other, dict):
            if one.keys() != other.keys():
                return None if has_value(one) or has_value(other) else False
            return self._all(one.values(), [other[key] for key in one])
        if isinstance(one, (set, frozenset)) and isinstance(other, (set, frozenset)):
            return None if has_value(one) or has_value(other) else one == other
        if isinstance(one, PLAIN) and isinstance(other, PLAIN):
            return bool(one == other)
        if one is other and not isinstance(one, Unknown):
            return True
        return None

    def _all(self, ones: Any, others: Any) -> bool | None:
        known: bool | None = True
        for one, other in zip(ones, others, strict=True):
            found = True if one is other and not isinstance(one, Unknown) else self.equal(one, other)
            if found is False:
                return False
            known = known and found
        return known

    def _differ(self, one: Any, other: Any) -> bool | None:
        return False


def has_value(container: Any) -> bool:
    """Whether one of the first items is no plain value."""
    return any(isinstance(item, Value) for item in islice(container, MOST_COMPARED))


def is_equal(one: Any, other: Any) -> bool | None:
    """Whether two plain values, which may hold any, are equal."""
    return Comparison().equal(one, other)


def find_plain_truth(value: Any) -> bool | None:
    """bool() of a value."""
    return value.find_truth() if isinstance(value, Value) else bool(value)
