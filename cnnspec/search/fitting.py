"""The candidates of a space that fit, and how a proposal is led to one of them, option by option."""

from __future__ import annotations

import numpy as np

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from numpy.typing import NDArray


class Fitting:
    """Candidates that fit: `digits` has a row for each, in the order of their numbers, with the places of its options, one an axis.

    `whole` says whether these are all of their space; of a larger one they are those among the candidates that were drawn.
    """

    def __init__(self, digits: NDArray[np.intp], whole: bool, asked: int, legal: int) -> None:
        self.digits, self.whole, self.asked, self.legal = digits, whole, asked, legal

    def __len__(self) -> int:
        return len(self.digits)

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        for row in self.digits:
            yield tuple([int(digit) for digit in row])

    def draw(self, random: np.random.Generator) -> tuple[int, ...]:
        """One of them, each as likely as another."""
        return tuple([int(digit) for digit in self.digits[random.integers(len(self))]])

    def lead(self, proposed: Sequence[int], sizes: Sequence[int]) -> tuple[int, ...]:
        """A candidate that fits in the place of one that is proposed; one that is among them is led to itself.

        Axis by axis, an option stays where some candidate with the options so far has it. Else the option at the same share of
        those that are left is taken, so that proposals that are spread evenly stay so, and no border attracts them all.
        """
        narrowing = Narrowing(self)
        return tuple([
            narrowing.take(axis, narrowing.choose(axis, place, size))
            for axis, (place, size) in enumerate(zip(proposed, sizes, strict=True))
        ])  # fmt: skip


class Narrowing:
    """Which options are left on each axis, while one after the other is chosen."""

    def __init__(self, fitting: Fitting) -> None:
        self.rows: Any = fitting.digits

    def places(self, axis: int) -> list[int]:
        """The places of the options that some candidate with the options chosen so far takes on an axis."""
        return [int(place) for place in np.unique(self.rows[:, axis])]

    def choose(self, axis: int, place: int, size: int) -> int:
        """The place of an option that is left: the one proposed, or the one at the same share of those left."""
        left = self.places(axis)
        return place if place in left else left[round(place / max(1, size - 1) * (len(left) - 1))]

    def take(self, axis: int, place: int) -> int:
        """Choose an option."""
        self.rows = self.rows[self.rows[:, axis] == place]
        return place
