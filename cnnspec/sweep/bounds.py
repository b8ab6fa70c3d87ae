"""Between which numbers the result of an operation lies, given between which its operands lie."""

from __future__ import annotations

import math
import operator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    Bounds: TypeAlias = tuple[float, float]  # ints where the numbers are ints: as large as they are

EVERYTHING = (-math.inf, math.inf)
INT64 = (-(2**63), 2**63 - 1)
EXACT = 2**53  # up to here every int is a float


def within(bounds: Bounds, limits: Bounds) -> bool:
    return limits[0] <= bounds[0] and bounds[1] <= limits[1]


def is_finite(number: float) -> bool:
    return isinstance(number, int) or math.isfinite(number)


def find_bounds(operation: str, a: Bounds, b: Bounds = (0, 0)) -> Bounds:
    """Of an operation on any numbers between these bounds."""
    if operation == "add":
        return a[0] + b[0], a[1] + b[1]
    if operation == "sub":
        return a[0] - b[1], a[1] - b[0]
    if operation == "max":
        return max(a[0], b[0]), max(a[1], b[1])
    if operation == "log2":
        if a[0] <= 0 or not is_finite(a[1]):
            return EVERYTHING
        return math.nextafter(math.log2(a[0]), -math.inf), math.nextafter(math.log2(a[1]), math.inf)
    if operation in ROUND:
        rounded = ROUND[operation]
        return (rounded(a[0]), rounded(a[1])) if is_finite(a[0]) and is_finite(a[1]) else EVERYTHING
    if not all(map(is_finite, (*a, *b))):
        return EVERYTHING
    if operation == "mul":
        products = [x * y for x in a for y in b]
        return min(products), max(products)
    if b[0] <= 0 <= b[1]:  # what divides by zero is no candidate
        return EVERYTHING if isinstance(b[0], float) else _spread(operation, a, b)
    if operation == "mod":
        return (0, b[1]) if b[0] > 0 else (b[0], 0)
    divide = operator.floordiv if operation == "floordiv" else operator.truediv
    corners = [divide(x, y) for x in a for y in b]
    return min(corners), max(corners)


ROUND: dict[str, Callable[[float], int]] = {"round": round, "floor": math.floor, "ceil": math.ceil}


def _spread(operation: str, a: Bounds, b: Bounds) -> Bounds:
    """Of a division by ints some of which are zero."""
    most = max(map(abs, b if operation == "mod" else a))
    return -most - 1, most + 1
