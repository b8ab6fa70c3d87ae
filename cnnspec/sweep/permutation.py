"""The numbers below a count in an order drawn by a seed, each once, of which any part can be had without the others."""

from __future__ import annotations

from math import isqrt

import numpy as np

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

MOST = 2**62  # numbers that an order may have
ROUNDS = 6


class Permutation:
    """A Feistel network on pairs below the root of the count, rounded up: what it makes of a number is another number below the
    square, and it is asked again until that is below the count (Black and Rogaway 2002, "Ciphers with arbitrary finite domains")."""

    def __init__(self, count: int, seed: int) -> None:
        assert 0 < count <= MOST
        self.count = count
        self.side = np.uint64(isqrt(count - 1) + 1)
        self.keys = draw_keys(seed, ROUNDS)

    def take(self, first: int, end: int) -> NDArray[np.int64]:
        """The numbers at the places from `first` up to, not including, `end`."""
        numbers = self._exchange(np.arange(first, end, dtype=np.uint64))
        while len(beyond := np.flatnonzero(numbers >= self.count)):
            numbers[beyond] = self._exchange(numbers[beyond])
        return numbers.astype(np.int64)

    def _exchange(self, numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
        left, right = np.divmod(numbers, self.side)
        for key in self.keys:
            left, right = right, (left + mix(right ^ key) % self.side) % self.side
        return left * self.side + right


def draw_keys(seed: int, count: int) -> NDArray[np.uint64]:
    """Numbers that stand for a seed."""
    return np.random.default_rng(seed).integers(0, 2**64, count, dtype=np.uint64)


def mix(numbers: NDArray[Any]) -> NDArray[np.uint64]:
    """Numbers that look drawn at random, each of another (the end of SplitMix64, by Sebastiano Vigna, which is in the public domain)."""
    mixed = (numbers % 2**64).astype(np.uint64) if numbers.dtype == object else numbers.astype(np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed
