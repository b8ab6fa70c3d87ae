"""Whether a framework's resize reads the positions that Keras's reads: pixel i of the output has its centre at
(i + 1/2) n/size - 1/2, and nearest takes the position in whose area that lies."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_SIZE = 2**16  # positions of an axis that are compared


def reads_nearest_alike(have: Sequence[int], sizes: Sequence[int], find: Callable[[int, int], float]) -> bool:
    """For nearest; `find`: which position pixel i reads along an axis, as a number of that axis and of the pixel."""
    return all(
        [
            size <= MAX_SIZE
            and all([min(max(find(axis, i), 0), n - 1) == (2 * i + 1) * n // (2 * size) for i in range(size)])
            for axis, (n, size) in enumerate(zip(have, sizes, strict=True))
        ]
    )


def keeps_ratio(have: Sequence[int], sizes: Sequence[int], factors: Sequence[float] | None) -> bool:
    """For linear interpolation: whether the factors that centres are found by are those of the sizes, None: they are."""
    return factors is None or all(
        [abs(n * factor - size) < 1e-4 for n, size, factor in zip(have, sizes, factors, strict=True)]
    )
