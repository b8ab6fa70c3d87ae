"""Which of many points are not beaten: no other is as small in every coordinate and smaller in one."""

from __future__ import annotations

import numpy as np

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

BLOCK = 1024


def find_front(coordinates: Sequence[NDArray[Any]]) -> NDArray[np.intp]:
    """The places of the points that are not beaten, one array a coordinate; of equal points the first, in order of place."""
    if not len(coordinates[0]):
        return np.empty(0, np.intp)
    ranks = np.stack([np.unique(values, return_inverse=True)[1].reshape(-1) for values in coordinates], axis=1)
    order = np.lexsort([*ranks.T[::-1]])  # stable: of equal points the first stands first
    ranks = ranks[order]
    if ranks.shape[1] <= 2:
        last = ranks[:, -1]
        least = np.minimum.accumulate(last)
        kept = np.ones(len(last), bool)
        kept[1:] = last[1:] < least[:-1]
        return np.sort(order[kept])
    front = np.empty((0, ranks.shape[1]), ranks.dtype)
    found = []
    for start in range(0, len(ranks), BLOCK):  # what comes later beats nothing before it
        block, places = ranks[start : start + BLOCK], order[start : start + BLOCK]
        free = ~_beaten(block, front)
        block, places = block[free], places[free]
        free = ~_beaten_within(block)
        front = np.concatenate([front, block[free]])
        found.append(places[free])
    return np.sort(np.concatenate(found))


def _beaten(points: NDArray[Any], others: NDArray[Any]) -> NDArray[np.bool_]:
    """Which points others are as small as in every coordinate."""
    made = np.zeros(len(points), bool)
    for start in range(0, len(others), BLOCK):
        part = others[start : start + BLOCK]
        left = np.flatnonzero(~made)
        smaller = np.all(part[None, :, :] <= points[left][:, None, :], axis=2)
        made[left] = np.any(smaller, axis=1)
    return made


def _beaten_within(points: NDArray[Any]) -> NDArray[np.bool_]:
    """Which points an earlier one is as small as in every coordinate."""
    smaller = np.all(points[None, :, :] <= points[:, None, :], axis=2)
    return np.asarray(np.any(np.tril(smaller, -1), axis=1))
