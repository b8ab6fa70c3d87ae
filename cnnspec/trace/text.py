"""The arithmetic of a value as a line of text: 3*(-1) + 4*(-1) + 3*5 + 2*(-1) + 0*(-1) = 6."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnspec.trace.arithmetic import Largest, Sum

DIGITS = 6


def write_arithmetic(found: Sum | Largest, decimals: bool = False) -> str:
    """The line; with `decimals`, fractions as decimals. Products by 0 are not written, nor factors that are all 1."""
    from cnnspec.trace.arithmetic import Largest

    if isinstance(found, Largest):
        values = ", ".join([write_number(read.value, decimals) for read in found.reads])
        return f"max({values}) = {write_number(found.value, decimals)}"
    plain = all([read.factor in (0, 1) for read in found.reads])
    parts = [(read.value,) if plain else (read.value, read.factor) for read in found.reads if read.factor != 0]
    parts += [(found.offset,)] if found.offset != 0 else []
    line, total = " + ".join([write_part(part, decimals) for part in parts]), write_number(found.total, decimals)
    if line.startswith("(-"):  # what stands first needs no parentheses
        line = line.replace("(", "", 1).replace(")", "", 1)
    passed_on = plain and len(parts) <= 1
    line = total if passed_on else f"{line} = {total}"
    return f"{line}; {found.function}({total}) = {write_number(found.value, decimals)}" if found.function else line


def write_part(part: tuple[Any, ...], decimals: bool) -> str:
    """A number, or a product of two: with a sign in parentheses, and so is a fraction in a product."""
    written = [write_number(value, decimals) for value in part]
    return "*".join([f"({w})" if w.startswith("-") or "/" in w and len(part) > 1 else w for w in written])


def write_number(value: Any, decimals: bool) -> str:
    """10/3, 6, 0.25."""
    if isinstance(value, Fraction) and (not decimals or value.denominator == 1):
        return str(value)
    written = f"{float(value):.{DIGITS}g}"
    return "0" if written == "-0" else written
