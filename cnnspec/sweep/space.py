"""The space of candidates: axes with their options, of which a candidate takes one each.

An option is a value of a parameter, or of an element of a list that is one. A candidate's number counts from 0, the last axis
first; its digits are the numbers of its options.
"""

from __future__ import annotations

from math import prod

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any


class Axis(Record):
    """The options of a parameter; with `element`, of one element of its list, counted from 0."""

    parameter: str
    options: tuple[Any, ...]
    element: int | None = None

    @property
    def name(self) -> str:
        return self.parameter if self.element is None else f"{self.parameter}[{self.element}]"


class Space(Record):
    """Axes, and the parameters that are the same for every candidate."""

    axes: tuple[Axis, ...]
    fixed: Mapping[str, Any]

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple([len(axis.options) for axis in self.axes])

    @property
    def count(self) -> int:
        """How many candidates there are."""
        return prod(self.sizes)

    def combine(self, values: Sequence[Any]) -> dict[str, Any]:
        """The parameters of the candidate with these values on the axes."""
        made = dict(self.fixed)
        for axis, value in zip(self.axes, values, strict=True):
            if axis.element is None:
                made[axis.parameter] = value
            else:
                elements = [*made[axis.parameter]]
                elements[axis.element] = value
                made[axis.parameter] = elements
        return made

    def candidate(self, digits: Sequence[int]) -> dict[str, Any]:
        """The parameters of a candidate."""
        return self.combine([axis.options[digit] for axis, digit in zip(self.axes, digits, strict=True)])


def outline(value: Any) -> Any:
    """What two values must have in common for numbers on a tape to stand for both: the types of numbers, and all else."""
    if isinstance(value, (list, tuple)):
        return type(value), tuple([outline(part) for part in value])
    return type(value) if type(value) in (int, float) else (type(value), repr(value))


def numbers_in(value: Any) -> list[float]:
    """The numbers of a value, in order."""
    if isinstance(value, (list, tuple)):
        return [number for part in value for number in numbers_in(part)]
    return [value] if type(value) in (int, float) else []
