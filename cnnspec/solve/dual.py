"""A bound by Lagrange multipliers, and candidates that are near it.

What exceeds a budget is charged at a price, and the dearest sum is found without budgets: it is a bound at any prices from 0. Prices move
against what is exceeded (subgradients, with steps after Polyak); what is found on the way is repaired until it fits, and grown.
"""

from __future__ import annotations

import numpy as np

from cnnspec.base.record import Record
from cnnspec.solve.elimination import Elimination

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from cnnspec.solve.elimination import Sums

    Array = NDArray[Any]
    Worth = Callable[[Array, Array, Array], Array]

NOISE = 1e-9  # the share by which sums of floats may be off
FIT = 1e-12  # the share of a budget that may be exceeded by noise
NEAR = 3  # options to both sides that are tried in exchange for another axis
REPAIRED = 12  # solutions that are repaired at most


class Bounded(Record):
    """What is known of a region: no candidate is beyond `bound` (-inf: there is none). `prices` are those of the bound; `found` the best
    candidate that fits, as digits of the sums; `spread` how much each axis wavers between the solutions at different prices."""

    bound: float
    prices: Array
    found: list[int] | None
    value: float
    spread: Array
    middle: Array


class Dual:
    """The bound of some sums: the first the objective, which is to be large, all others budgets, which are to be at most 0."""

    def __init__(self, sums: Sums) -> None:
        self.sums, self.elimination = sums, Elimination(sums)
        self.scales = np.array([self._find_scale(number) for number in range(1, len(sums.constants))])
        for stack in sums.stacks:
            stack[1:] /= self.scales.reshape(-1, *[1] * (stack.ndim - 1))
        sums.constants[1:] /= self.scales

    def _find_scale(self, number: int) -> float:
        """What a budget is counted in: its limit, or the most that it comes to."""
        constant = abs(self.sums.constants[number])
        return float(constant or max([float(np.abs(stack[number]).max()) for stack in self.sums.stacks if stack[number].size], default=1) or 1)  # fmt: skip

    def find_bound(
        self, prices: Array, rounds: int, least: float, enough: float, is_late: Callable[[], bool]
    ) -> Bounded:
        """The lowest bound in so many rounds from some prices. `least` is known to be reached by another candidate; a bound of `enough` ends
        it early."""
        budgets = len(self.scales)
        prices = np.array(prices if len(prices) == budgets else np.zeros(budgets))
        lowest, best_prices = np.inf, prices
        found: list[int] | None = None
        value = -np.inf
        seen: dict[tuple[int, ...], None] = {}
        solutions: list[list[int]] = []
        floor = -self.elimination.maximize(np.array([-1.0, *[0.0] * budgets]))[0]  # no candidate is lower
        pace, waited = 1.0, 0
        for _ in range(rounds if budgets else 1):
            bound, digits = self.elimination.maximize(np.array([1.0, *-prices]))
            if digits is None:
                return self._conclude(-np.inf, prices, None, -np.inf, [])
            if bound < lowest - NOISE * abs(lowest if np.isfinite(lowest) else 1):
                lowest, best_prices, waited = bound, prices, 0
            else:
                waited += 1
                pace *= 0.7 if waited % 6 == 0 else 1
            sums = self.sums.add_up(digits)
            solutions.append(digits)
            if tuple(digits) not in seen and len(seen) < REPAIRED:
                seen[tuple(digits)] = None
                repaired = self.repair(digits)
                if repaired is not None and (worth := float(self.sums.add_up(repaired)[0])) > value:
                    found, value = repaired, worth
            if lowest < floor - NOISE * (1 + abs(floor)):
                return self._conclude(-np.inf, best_prices, None, -np.inf, solutions)
            if lowest <= max(enough, value + NOISE * (1 + abs(lowest))) or is_late():
                break
            beyond = sums[1:]
            direction = np.where((prices <= 0) & (beyond < 0), 0, beyond)
            length = float(direction @ direction)
            if length < 1e-24 or pace < 1e-3:
                break
            goal = max(value, least)
            if not np.isfinite(goal):
                goal = lowest - 0.1 * (1 + abs(lowest))
            prices = np.maximum(0, prices + pace * max(bound - goal, 1e-6 * (1 + abs(bound))) / length * beyond)
        if found is not None:
            found = self.polish(found)
            value = float(self.sums.add_up(found)[0])
        return self._conclude(lowest, best_prices, found, value, solutions)

    def _conclude(
        self, bound: float, prices: Array, found: list[int] | None, value: float, solutions: Sequence[Sequence[int]]
    ) -> Bounded:
        tail = np.array([*solutions[-16:]] or [[0] * len(self.sums.sizes)], float)
        sizes = np.maximum(np.array(self.sums.sizes, float) - 1, 1)
        return Bounded(bound, prices, found, value, tail.std(0) / sizes, tail.mean(0))

    # ---- candidates that fit -----------------------------------------------------------------------------------
    def repair(self, digits: Sequence[int]) -> list[int] | None:
        """A candidate near one that exceeds budgets and exceeds none; None where no way is found."""
        made: list[int] | None = [*digits]
        for _ in range(4 * sum(self.sums.sizes)):
            if made is None or not (self.sums.add_up(made)[1:] > FIT).any():
                return None if made is None else self.grow(made)
            made = self._change_one(made, find_savings)
        return None

    def grow(self, digits: list[int]) -> list[int]:
        """A candidate that fits, with one axis after the other bettered."""
        while (changed := self._change_one(digits, find_gain_rates)) is not None:
            digits = changed
        return digits

    def polish(self, digits: list[int]) -> list[int]:
        """A candidate that fits, bettered by changing two axes at once."""
        value = float(self.sums.add_up(digits)[0])
        again = True
        while again:
            again = False
            for axis, size in enumerate(self.sums.sizes):
                _, allowed = self.sums.vary(digits, axis)
                for option in range(max(0, digits[axis] - NEAR), min(size, digits[axis] + NEAR + 1)):
                    if option == digits[axis] or not allowed[option]:
                        continue
                    changed = [*digits]
                    changed[axis] = option
                    made = self._change_one(changed, find_gains, axis)
                    if made is not None and (worth := float(self.sums.add_up(made)[0])) > value + NOISE * (
                        1 + abs(value)
                    ):
                        digits, value, again = self.grow(made), worth, True
                        value = float(self.sums.add_up(digits)[0])
                        break
        return digits

    def _change_one(self, digits: list[int], find_worth: Worth, but: int | None = None) -> list[int] | None:
        """A candidate with another axis changed, in the way that is worth the most; None where none is worth anything."""
        sums = self.sums.add_up(digits)
        best: tuple[float, int, int] | None = None
        for axis, size in enumerate(self.sums.sizes):
            if axis != but and size > 1:
                worth = find_worth(sums, *self._changes(digits, axis))
                option = int(worth.argmax())
                if worth[option] > -np.inf and (best is None or worth[option] > best[0]):
                    best = float(worth[option]), axis, option
        if best is None:
            return None
        _, axis, option = best
        return [*digits[:axis], option, *digits[axis + 1 :]]

    def _changes(self, digits: Sequence[int], axis: int) -> tuple[Array, Array]:
        """What each option of an axis changes of the sums."""
        made, allowed = self.sums.vary(digits, axis)
        return made - made[:, digits[axis], None], allowed


# ---- what a change of one axis is worth: by the sums before it, what each option changes of them, and which are allowed --------
def find_savings(sums: Array, change: Array, allowed: Array) -> Array:
    """What is saved of what budgets are exceeded by, for the objective that it costs."""
    beyond = np.maximum(sums[1:], 0).sum() - np.maximum(sums[1:, None] + change[1:], 0).sum(0)
    saved = np.where(allowed, beyond, -np.inf)
    return np.where(saved > NOISE, saved / np.maximum(-change[0], 1e-9), -np.inf)


def find_gain_rates(sums: Array, change: Array, allowed: Array) -> Array:
    """What the objective gains, for what is used of budgets."""
    gains = find_gains(sums, change, allowed)
    used = np.maximum(change[1:], 0).sum(0) + 1e-9
    return np.where(gains > NOISE * (1 + abs(sums[0])), gains / used, -np.inf)


def find_gains(sums: Array, change: Array, allowed: Array) -> Array:
    """What the objective gains, where no budget is exceeded."""
    return np.where(allowed & (sums[1:, None] + change[1:] <= FIT).all(0), change[0], -np.inf)
