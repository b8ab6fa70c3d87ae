"""The largest sum of tables over the options of many axes, by dynamic programming: one axis after the other is eliminated.

A chain has tables of two neighbouring axes, and takes a step for each; axes that many tables share make the tables on the way larger.
"""

from __future__ import annotations

from math import prod

import numpy as np

from cnnspec.base.record import Record
from cnnspec.sweep.replay import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    Array = NDArray[Any]

LARGEST_CLIQUE = 2**22  # entries of a table on the way


class TooWide(Exception):
    """The axes hang together too closely to be eliminated one by one."""


class Bucket(Record):
    """A step: the axis that is eliminated, all axes of the table made for it, which tables and results of steps before go into it."""

    axis: int
    axes: tuple[int, ...]
    factors: tuple[int, ...]
    messages: tuple[int, ...]


class Sums:
    """Several sums of tables over the same axes, the first of them the objective, of which the options in `masks` are taken. Tables of
    truths say which combinations there are. Digits count the options that are taken."""

    def __init__(
        self, masks: Sequence[Array], sums: Sequence[Sequence[Table]], truths: Mapping[tuple[int, ...], Array]
    ) -> None:
        self.kept = [np.flatnonzero(mask) for mask in masks]
        self.sizes = [len(kept) for kept in self.kept]
        self.constants = np.zeros(len(sums))
        stacks: dict[tuple[int, ...], Array] = {}
        for number, tables in enumerate(sums):
            for table in tables:
                values = self._take(table.axes, table.values)
                if not table.axes:
                    self.constants[number] += float(values)
                    continue
                if table.axes not in stacks:
                    stacks[table.axes] = np.zeros((len(sums), *values.shape))
                stacks[table.axes][number] += values
        self.truths = {axes: self._take(axes, holds) for axes, holds in truths.items()}
        for axes in self.truths:
            stacks.setdefault(axes, np.zeros((len(sums), *[self.sizes[axis] for axis in axes])))
        self.axes = [*stacks]
        self.stacks = [*stacks.values()]
        self.blocked = [
            np.where(self.truths[axes], 0.0, -np.inf) if axes in self.truths else None for axes in self.axes
        ]
        self.of_axis = [[n for n, axes in enumerate(self.axes) if axis in axes] for axis in range(len(self.sizes))]

    def _take(self, axes: tuple[int, ...], values: Array) -> Array:
        return values[np.ix_(*[self.kept[axis] for axis in axes])] if axes else values

    @property
    def count(self) -> int:
        return prod(self.sizes)

    def spell(self, digits: Sequence[int]) -> tuple[int, ...]:
        """The digits of a candidate in the whole space."""
        return tuple([int(kept[digit]) for kept, digit in zip(self.kept, digits, strict=True)])

    def add_up(self, digits: Sequence[int]) -> Array:
        """All sums of one candidate."""
        made = self.constants.copy()
        for axes, stack in zip(self.axes, self.stacks, strict=True):
            place: Any = (slice(None), *[digits[axis] for axis in axes])
            made += stack[place]
        return made

    def vary(self, digits: Sequence[int], axis: int) -> tuple[Array, Array]:
        """What the tables of one axis add to all sums for each of its options, the others as they are; and which options there are."""
        made, allowed = np.zeros((len(self.constants), self.sizes[axis])), np.ones(self.sizes[axis], bool)
        for number in self.of_axis[axis]:
            place = tuple([slice(None) if other == axis else digits[other] for other in self.axes[number]])
            made += self.stacks[number][(slice(None), *place)]
            if self.axes[number] in self.truths:
                allowed &= self.truths[self.axes[number]][place]
        return made, allowed

    def list_all(self) -> tuple[Array, Array]:
        """All candidates that the tables of truths allow: their digits, a row each, and their sums."""
        digits = np.indices(self.sizes).reshape(len(self.sizes), -1) if self.sizes else np.zeros((0, 1), int)
        allowed = np.ones(digits.shape[1], bool)
        for axes, holds in self.truths.items():
            allowed &= holds[tuple([digits[axis] for axis in axes])]
        digits = digits[:, allowed]
        made = np.repeat(self.constants[:, None], digits.shape[1], 1)
        for axes, stack in zip(self.axes, self.stacks, strict=True):
            made += stack[(slice(None), *[digits[axis] for axis in axes])]
        return digits, made


class Elimination:
    """The order in which the axes of sums are eliminated. Raises TooWide."""

    def __init__(self, sums: Sums) -> None:
        self.sums = sums
        self.buckets: list[Bucket] = []
        waiting: list[tuple[tuple[int, ...], int, bool]] = [(axes, n, False) for n, axes in enumerate(sums.axes)]
        left = set(range(len(sums.sizes)))
        while left:
            reach = {axis: {axis, *[a for axes, _, _ in waiting if axis in axes for a in axes]} for axis in left}
            axis = min(left, key=lambda axis: (prod([sums.sizes[a] for a in reach[axis]]), axis))
            axes = tuple(sorted(reach[axis]))
            if prod([sums.sizes[a] for a in axes]) > LARGEST_CLIQUE:
                raise TooWide("too many parameters decide the same terms together")
            mine = [one for one in waiting if axis in one[0]]
            waiting = [one for one in waiting if axis not in one[0]]
            factors = tuple([n for _, n, made in mine if not made])
            messages = tuple([n for _, n, made in mine if made])
            waiting.append((tuple([a for a in axes if a != axis]), len(self.buckets), True))
            self.buckets.append(Bucket(axis, axes, factors, messages))
            left.remove(axis)
        self.roots = [n for axes, n, made in waiting if made and not axes]

    def maximize(self, weights: Array) -> tuple[float, list[int] | None]:
        """The largest weighted sum of the sums, and the digits of where it is; None where there is no candidate."""
        sums = self.sums
        combined = [self._combine(number, weights) for number in range(len(sums.stacks))]
        messages: list[Array] = []
        chosen: list[Array] = []
        for bucket in self.buckets:
            made: Array = np.zeros([sums.sizes[axis] for axis in bucket.axes])
            for number in bucket.factors:
                made += Table(sums.axes[number], combined[number]).spread(bucket.axes)
            for number in bucket.messages:
                before = self.buckets[number]
                axes = tuple([axis for axis in before.axes if axis != before.axis])
                made += Table(axes, messages[number]).spread(bucket.axes)
            place = bucket.axes.index(bucket.axis)
            best = made.argmax(place)
            chosen.append(best)
            messages.append(np.take_along_axis(made, np.expand_dims(best, place), place).squeeze(place))
        value = float(sums.constants @ weights) + sum([float(messages[root]) for root in self.roots])
        if not np.isfinite(value):
            return value, None
        digits = [0] * len(sums.sizes)
        for bucket, best in zip(reversed(self.buckets), reversed(chosen), strict=True):
            digits[bucket.axis] = int(best[tuple([digits[axis] for axis in bucket.axes if axis != bucket.axis])])
        return value, digits

    def _combine(self, number: int, weights: Array) -> Array:
        stack, blocked = self.sums.stacks[number], self.sums.blocked[number]
        made = np.tensordot(weights, stack, 1)
        return made if blocked is None else made + blocked
