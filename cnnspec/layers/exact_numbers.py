"""Numbers of a text as exact ones: 1/3 is a third, 0.1 a tenth; and back, as they are read most easily."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import Any, TypeAlias

Exact: TypeAlias = "int | Fraction"

MOST_BELOW = 10**6  # of a fraction that is told by the float nearest to it
READABLE = 12  # characters of a decimal that is read more easily than a fraction
SHORT = 9  # digits of a decimal that is near no other fraction of so small denominators


def read_exact(number: float | Fraction) -> Exact:
    """A number as it was meant. A float of many digits is the fraction, if there is one, to which it is the nearest float: no
    two of so small denominators have the same."""
    if isinstance(number, (int, Fraction)):
        return number
    if number.is_integer():
        return int(number)
    if len(f"{number!r}".partition("e")[0].strip("-0.").replace(".", "")) > SHORT:
        below = min(MOST_BELOW, isqrt(int(2**51 / max(1.0, abs(number)))))
        simple = Fraction(number).limit_denominator(max(1, below))
        if float(simple) == number:
            return simple
    return Fraction(repr(number))


def write_number(number: float | Fraction, over: str = "/") -> str:
    """A number as it is read most easily: 0.5, 1/3; `over` stands between the two of a fraction."""
    if isinstance(number, int):
        return str(number)
    exact = read_exact(number)
    if isinstance(exact, int):
        return str(exact)
    decimal = repr(float(exact))
    if Fraction(decimal) == exact and len(decimal) <= READABLE:
        return decimal
    simple = exact.denominator <= MOST_BELOW and float(exact) == exact.numerator / exact.denominator
    return f"{exact.numerator}{over}{exact.denominator}" if simple else decimal


def write_values(values: object, over: str = "/") -> str:
    """Numbers in lists, and names among them, as the language and Python write them."""
    if isinstance(values, (tuple, list)):
        return f"[{', '.join([write_values(part, over) for part in values])}]"
    return values if isinstance(values, str) else write_number(values, over)  # type: ignore[arg-type]  # a number


def pair_numbers(one: Any, other: Any) -> list[tuple[Any, Any]] | None:
    """The numbers of two lists, side by side; None where the lists are nested differently, or hold different names."""
    if isinstance(one, str) or isinstance(other, str):
        return [] if one == other else None
    if not isinstance(one, tuple) and not isinstance(other, tuple):
        return [(one, other)]
    if not isinstance(one, tuple) or not isinstance(other, tuple) or len(one) != len(other):
        return None
    found = []
    for first, second in zip(one, other, strict=True):
        inner = pair_numbers(first, second)
        if inner is None:
            return None
        found += inner
    return found
