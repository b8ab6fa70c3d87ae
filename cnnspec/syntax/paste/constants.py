"""The value of a constant, computed where it is written: Python lets a name have another one later."""

from __future__ import annotations

import operator

from cnnspec.base.limits import MAX_NUMBER
from cnnspec.syntax.tree import Arithmetic, List, Name, Node, Number, Power, Signed, Tuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MAX_EXPONENT = 64
_OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "**": operator.pow,
}  # fmt: skip


def folded(node: Node, known: Callable[[str], Node | None]) -> Node | None:
    """An expression as a number, a text or a tuple of such; None where it is none. `known` are names' values."""
    if isinstance(node, Name):
        return known(node.text)
    if isinstance(node, (Tuple, List)):
        items = [folded(item, known) for item in node.items]
        return None if None in items else node.replace(items=tuple(items))
    if not isinstance(node, (Arithmetic, Power, Signed)):
        return node
    value = _number(node, known)
    if value is None or abs(value) > MAX_NUMBER:
        return None
    whole = Number(node.start, node.end, abs(value), str(abs(value)))
    return whole if value >= 0 else Signed(node.start, node.end, "-", whole)


def _number(node: Node, known: Callable[[str], Node | None]) -> int | float | None:
    if isinstance(node, Name):
        found = known(node.text)
        return None if found is None else _number(found, known)
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Signed):
        value = _number(node.value, known)
        return None if value is None else -value if node.operator == "-" else value
    if isinstance(node, Power):
        return _apply("**", _number(node.base, known), _number(node.exponent, known))
    if isinstance(node, Arithmetic):
        value = _number(node.first, known)
        for sign, term in node.rest:
            value = _apply(sign, value, _number(term, known))
        return value
    return None


def _apply(sign: str, left: int | float | None, right: int | float | None) -> int | float | None:
    """Two numbers put together; None where one is missing, or what comes out is none or too large."""
    if left is None or right is None or max(abs(left), abs(right)) > MAX_NUMBER:
        return None
    if (sign in ("/", "//", "%") and right == 0) or (sign == "**" and (abs(right) > MAX_EXPONENT or left <= 0)):
        return None
    return _OPERATIONS[sign](left, right)  # type: ignore[no-any-return]
