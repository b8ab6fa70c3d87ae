"""The largest of several numbers, some of which depend on the input's size.

One number is no less than another when every part that it has less of is covered by one that it has more of:
H*W covers 4*(H//2)*(W//2). Sizes are 1 or more, and so is every length of a legal network, so that this holds for each.
What is left of several is written max(a, b); of more than a person can read, nothing is said.
"""

from __future__ import annotations

from cnnspec.base.recording import for_words
from cnnspec.base.size import Quotient, Size, Unknown, maximum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.base.size import Dim

MOST = 3  # expressions in a maximum


def find_largest(numbers: Sequence[Dim]) -> tuple[Dim, int] | None:
    """(the largest, where it first stands); None where it depends on the size in too many ways."""
    if numbers and all([isinstance(number, int) for number in numbers]):
        largest = numbers[0]
        for number in numbers[1:]:
            largest = maximum(largest, number)
        return largest, find_place(largest, numbers)
    kept: list[int] = []
    for i, number in enumerate(numbers):
        if not any([is_no_less(numbers[k], number) for k in kept]):
            kept = [k for k in kept if not is_no_less(number, numbers[k])] + [i]
    if not kept or len(kept) > MOST:
        return None
    total = numbers[kept[0]]
    for k in kept[1:]:
        total = maximum(total, numbers[k])
    return total, kept[0]


@for_words
def find_place(number: Dim, numbers: Sequence[Dim]) -> int:
    """Where a number first stands."""
    return numbers.index(number)


def is_no_less(left: Dim, right: Dim) -> bool:
    """Whether the left number is seen to be at least the right one, whatever the sizes are."""
    difference = left - right
    if isinstance(difference, int):
        return difference >= 0
    more = {atoms: factor for atoms, factor in difference.terms.items() if factor > 0}
    for atoms, factor in difference.terms.items():
        missing = -factor
        for other in more if missing > 0 else ():
            times = _covers(other, atoms)
            if times:
                used = min(more[other], -(-missing // times))
                more[other] -= used
                missing -= used * times
        if missing > 0:
            return False
    return True


def _covers(big: tuple[object, ...], small: tuple[object, ...]) -> int:
    """How many times a product of sizes fits into another, at least; 0 where that is not seen."""
    if len(small) > len(big):
        return 0
    times, left = 1, list(big)
    for atom in small:
        found = [(_fits(other, atom), other) for other in left if _fits(other, atom)]
        if not found:
            return 0
        fits, other = max(found, key=lambda pair: pair[0])
        times *= fits
        left.remove(other)
    return times  # what is left over is 1 or more


def _fits(big: object, small: object) -> int:
    """How many times a length fits into another: (H + b)//d fits d times into H for b <= 0, once for b < d."""
    if big == small:
        return 1
    if not isinstance(small, Quotient):
        return 0
    rest = small.dividend - (
        Size({(big,): 1}) if isinstance(big, Unknown) else big.dividend if isinstance(big, Quotient) else 0
    )
    if not isinstance(rest, int):
        return 0
    if isinstance(big, Unknown):
        return small.divisor if rest <= 0 else 1 if rest < small.divisor else 0
    assert isinstance(big, Quotient)
    return small.divisor // big.divisor if rest <= 0 and small.divisor % big.divisor == 0 else 0
