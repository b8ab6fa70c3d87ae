"""The maps that a model of small images yields for a large one: the image is covered by tiles that overlap by a quarter, and where
several lie their maps are averaged, weighted linearly from a tile's border to its middle.

The image stays at its own scale, in black where it is smaller than a tile. However large it is, the maps of one row of tiles are in
memory: they are yielded band by band, from the top on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.train.data.framing import cut_window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np

    from cnnspec.train.data.masks import View

    Array = np.ndarray[Any, Any]

OVERLAP = 4  # the part of a tile that its neighbour covers too: a quarter


class Band(Record):
    """Rows of an image from `top` on, as an output answers for them: `values` (n, W, units), and which places it has `seen`, (n, W):
    others lie in the border that unpadded convolutions leave out."""

    top: int
    values: Array
    seen: Array


class Axis(Record):
    """An axis of tiles for an output: which of its positions each place of a tile takes, and how much it weighs there (0: it has
    none)."""

    positions: Array
    weights: Array


def make_axis(view: View, axis: int) -> Axis:
    """How an output lies along an axis of a tile."""
    import numpy as np

    side = view.image[axis]
    positions, inside = view.find_positions(axis)
    nearest = np.arange(side)
    weights = np.minimum(nearest + 1, side - nearest).astype(np.float32)
    return Axis(positions, np.where(inside, weights, np.float32(0)))


def list_starts(whole: int, side: int, covered: int) -> list[int]:
    """Where tiles of a side begin along an axis, of which an output covers so much in the middle: at even distances, so that
    neighbours overlap by a quarter of that at the least."""
    step = max(1, covered - max(1, covered // OVERLAP)) if covered > 1 else 1
    count = 1 + -(-max(0, whole - side) // step)
    return [round(number * (whole - side) / (count - 1)) for number in range(count)] if count > 1 else [0]


def blend_tiles(
    image: Array, views: Sequence[View], run: Callable[[Array], Sequence[Array]], batch: int
) -> Iterator[tuple[Band, ...]]:
    """Bands of the maps of an image (H, W, …), one for each of some outputs that lie in a tile as their views say. `run` yields their
    maps (n, h, w, units) for tiles, so many at once, as they are cut out of the image."""
    import numpy as np

    tile = views[0].image
    axes = [[make_axis(view, axis) for axis in (0, 1)] for view in views]
    canvas = [max(own, side) for own, side in zip(image.shape, tile, strict=False)]  # with the black around
    first = [(whole - own) // 2 for whole, own in zip(canvas, image.shape, strict=False)]
    covered = [min(int((own[axis].weights > 0).sum()) for own in axes) for axis in (0, 1)]
    rows, columns = [list_starts(canvas[axis], tile[axis], covered[axis]) for axis in (0, 1)]
    totals = [
        [_sum_weights(own[axis].weights, starts, canvas[axis]) for axis, starts in enumerate((rows, columns))]
        for own in axes
    ]
    sums: list[Array] = []
    for number, top in enumerate(rows):
        for start in range(0, len(columns), batch):
            lefts = columns[start : start + batch]
            tiles = np.stack([cut_window(image, tile, (top, left)) for left in lefts])
            maps = run(tiles)
            sums = sums or [np.zeros((tile[0], canvas[1], made.shape[-1]), np.float32) for made in maps]
            for total, made, (down, along) in zip(sums, maps, axes, strict=True):
                for left, one in zip(lefts, made, strict=True):
                    spread = one[np.ix_(down.positions, along.positions)]
                    weights = down.weights[:, None] * along.weights
                    total[:, left : left + tile[1]] += spread * weights[..., None]
        below = rows[number + 1] if number + 1 < len(rows) else canvas[0]
        own = slice(max(top, first[0]), min(below, first[0] + image.shape[0]))
        across = slice(first[1], first[1] + image.shape[1])
        if own.stop > own.start:
            yield tuple(
                _make_band(
                    total[own.start - top : own.stop - top, across], down[own], along[across], own.start - first[0]
                )
                for total, (down, along) in zip(sums, totals, strict=True)
            )
        for total in sums:
            kept = total[below - top :].copy()
            total[: len(kept)], total[len(kept) :] = kept, 0


def _sum_weights(weights: Array, starts: Sequence[int], whole: int) -> Array:
    """The sum of the weights of all tiles along an axis."""
    import numpy as np

    total = np.zeros(whole, np.float32)
    for start in starts:
        total[start : start + len(weights)] += weights
    return total


def _make_band(sums: Array, down: Array, along: Array, top: int) -> Band:
    import numpy as np

    weights = down[:, None] * along
    values = sums / np.maximum(weights, np.float32(1e-30))[..., None]
    return Band(top, values, weights > 0)
