"""For which input sizes two symbolic sizes are equal.

The difference of two sizes of one unknown n grows by the same amount with every period (`Size.growth`), so one period
tells of all n from 1: where the difference does not grow, its zeros repeat; where it grows, each n of the first period
leads to one zero at most.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.size import MAX_STEPS, Size, longest_period

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.size import Dim

TRIED = 64  # values of the other unknowns, where there are several
TRIED_ALIKE = 256  # values of all unknowns alike


class Zeros(Record):
    """The sizes n >= 1 at which something is 0: those `alone`, and n + k*period for each of `repeating`, k >= 0."""

    period: int
    repeating: tuple[int, ...]
    alone: tuple[int, ...]


def zeros(dim: Size) -> Zeros | None:
    """The zeros of a size; None where it has several unknowns, or does not repeat so that all could be looked at."""
    growth = dim.growth()
    if growth is None or growth[0] > longest_period(dim):
        return None
    period, grown = growth
    (name,) = dim.names()
    values = {n: dim.value({name: n}) for n in range(1, period + 1)}
    if not grown:
        return Zeros(period, tuple([n for n, found in values.items() if found == 0]), ())
    steps = {n: -found // grown for n, found in values.items() if found % grown == 0}
    return Zeros(1, (), tuple(sorted([n + k * period for n, k in steps.items() if k >= 0])))


def may_agree(a: Dim, b: Dim) -> bool:
    """Whether two sizes may be equal: for some size of the input, or where finding out would take too long."""
    difference = a - b
    if isinstance(difference, int):
        return difference == 0
    found = zeros(difference)
    if found is not None:
        return bool(found.repeating or found.alone)
    names = sorted(difference.names())
    if any([difference.value(dict.fromkeys(names, n)) == 0 for n in range(1, TRIED_ALIKE + 1)]):
        return True
    if difference.growth() is not None:  # of one unknown, with a period that is too long
        return True
    steps = 0
    for n in range(1, TRIED + 1):
        for free in names:
            known = difference.at({name: n for name in names if name != free})
            if known == 0 or isinstance(known, Size) and (found := zeros(known)) and (found.repeating or found.alone):
                return True
            steps += found.period * known.length if isinstance(known, Size) and found is not None else 0
            if steps > MAX_STEPS:
                return True
    return False
