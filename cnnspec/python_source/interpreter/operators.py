"""Operators on plain values, as Python computes them, where what they come to is not too large."""

from __future__ import annotations

import operator

from cnnspec.python_source.interpreter.budget import MOST_BITS, MOST_CHARACTERS, MOST_ITEMS, TooLarge
from cnnspec.python_source.values import CONTAINERS, PLAIN, Unknown, Value, count_values

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
    elif (
        name in MIRRORED and isinstance(left, CONTAINERS) and count_values((left, right), MOST_COMPARED) > MOST_COMPARED
    ):
        raise TooLarge
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
def is_equal(one: Any, other: Any) -> bool | None:
    """Whether two values are equal, which may hold any; None: that is not known."""
    waiting, left = [(one, other)], MOST_COMPARED
    known: bool | None = True
    while waiting:
        one, other = waiting.pop()
        left -= 1
        if left < 0:
            return None
        if one is other and not isinstance(one, (Unknown, float)):
            continue
        if isinstance(one, (tuple, list)) and type(one) is type(other):
            if len(one) != len(other):
                return False
            waiting += zip(one, other, strict=True)
        elif isinstance(one, dict) and isinstance(other, dict):
            if one.keys() == other.keys():
                waiting += [(item, other[key]) for key, item in one.items()]
            elif not has_value(one) and not has_value(other):
                return False
            else:
                known = None
        elif isinstance(one, PLAIN) and isinstance(other, PLAIN) and not has_value(one) and not has_value(other):
            if one != other:
                return False
        else:
            known = None
    return known


def has_value(value: Any) -> bool:
    """Whether one of the keys of a dict, or of the items of a set, is no plain value."""
    return isinstance(value, (dict, set, frozenset)) and any(isinstance(item, Value) for item in value)


def find_plain_truth(value: Any) -> bool | None:
    """bool() of a value."""
    return value.find_truth() if isinstance(value, Value) else bool(value)
