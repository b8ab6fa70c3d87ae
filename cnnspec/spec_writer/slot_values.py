"""The values in the slots of a draft, and how they are written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cnnspec.layers.argument import Term, show, snake


@dataclass(frozen=True)
class Variable:
    """A value that changes from one use of a body to the next: a column of a loop, or a parameter of a block.

    `scope` is the loop's height (1 around no other loop) or the block's number below zero, so that equal loops in
    two places have equal variables, and nested ones different.
    """

    scope: int
    column: int
    name: str = field(compare=False)  # what the slot is called

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Formula:
    """A value that is computed from another one: 4 * filters, in.channels // 2, kernel[0] // 2."""

    factor: int
    base: Variable | str
    divisor: int = 1
    item: str = ""  # [0] for the first number of a shape

    def __str__(self) -> str:
        if self.divisor > 1:
            return f"{self.base}{self.item} // {self.divisor}"
        return f"{self.factor} * {self.base}" if self.factor > 1 else str(self.base)


@dataclass(frozen=True)
class Choice:
    """A value that follows from another one: same if stride == 1 else 1."""

    base: Variable
    asked: Any
    then: Any
    otherwise: Any

    def __str__(self) -> str:
        return (
            f"{print_value(self.then)} if {self.base} == {print_value(self.asked)} else {print_value(self.otherwise)}"
        )


@dataclass(frozen=True)
class Named:
    """A long value that stands in several places, and has a name."""

    value: Any
    name: str = field(compare=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Label:
    """The name of a tensor. Two labels of the same text are the same tensor."""

    name: str

    def __str__(self) -> str:
        return self.name


class Axes(tuple[int, ...]):
    """The numbers of axes: written as a list, not as a shape."""

    __slots__ = ()


class Quoted(str):
    """A text of a person's own, which is no word of the language."""

    __slots__ = ()


class Rows(tuple[Any, ...]):
    """The rows of a loop's table: written as a list."""

    __slots__ = ()


class Row(tuple[Any, ...]):
    """A row of several columns: written in brackets, where a shape is written as 3x3."""

    __slots__ = ()


# ---- as text ---------------------------------------------------------------------------------------------
def print_value(value: Any) -> str:
    """A value as the language writes it."""
    if isinstance(value, float):
        return print_float(value)
    if isinstance(value, Quoted) or isinstance(value, str) and not value.isidentifier():
        return quote(value)
    if isinstance(value, Term) and value.keywords and not value.positional:
        alone = len(value.keywords) == 1 and value.keywords[0][0] in (snake(value.name), "value")  # l2(0.0001)
        inner = [print_value(v) if alone else f"{key}={print_value(v)}" for key, v in value.keywords]
        return f"{snake(value.name)}({', '.join(inner)})"
    if isinstance(value, Rows):
        return f"[{print_values(value)}]"
    if isinstance(value, Row):
        return f"({print_values(value)})"
    if (
        isinstance(value, tuple)
        and not isinstance(value, Axes)
        and len(value) > 1
        and all(type(v) is int and v > 0 for v in value)
    ):
        return show(value)
    if isinstance(value, tuple):
        return f"({print_values(value)}{',' if len(value) == 1 else ''})"
    return f"[{print_values(value)}]" if isinstance(value, list) else show(value)


def quote(value: str) -> str:
    """A text in quotes. The language knows no escapes, so that a text with quotes of both kinds gets those of one."""
    line = " ".join(value.split())
    if '"' in line and "'" not in line:
        return f"'{line}'"
    return '"{}"'.format(line.replace('"', "'"))


def print_values(values: Iterable[Any]) -> str:
    """Values one behind another; floats alike, all as parts of one number: 0.2*1/79, 0.2*2/79."""
    values = [*values]
    if len(values) > 1 and all(isinstance(v, float) for v in values) and max(len(show(v)) for v in values) > PLAIN:
        for scale, below in FRACTIONS:
            parts = [print_fraction(v, scale, below) for v in values]
            if all(parts):
                return ", ".join(parts)
    return ", ".join([print_value(v) for v in values])


def print_float(value: float) -> str:
    """A float's shortest exact spelling: its digits, or what Python computes to the same float: 1/255, 0.2*3/16."""
    plain = show(int(value)) if value.is_integer() and abs(value) < 1e15 else show(value).replace("e-0", "e-")
    if len(plain) <= PLAIN:
        return plain
    return next((text for scale, below in FRACTIONS if (text := print_fraction(value, scale, below))), plain)


PLAIN = 8  # digits that are read as they are
FRACTIONS = [(1, n) for n in range(2, 1001)] + [
    (scale, n) for scale in (0.2, 0.1, 0.3, 0.4, 0.5) for n in range(2, 101)
]


def print_fraction(value: float, scale: float, below: int) -> str:
    """The float as a whole number of parts of another: 0.2*3/16; "" where it is none, or not a small one."""
    above = round(value * below / scale)
    if not 0 < abs(above) <= (20 if scale == 1 else below) or scale * above / below != value:
        return ""
    return f"{above}/{below}" if scale == 1 else f"{scale}*{above}/{below}"
