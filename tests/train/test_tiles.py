"""Maps of large images, blended of tiles: what the whole image would have, where a tile's border is out of reach."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.train.data.framing import WINDOW
from cnnspec.train.data.masks import View
from cnnspec.train.evaluation.tiles import OVERLAP, blend_tiles, list_starts

SIZES = st.integers(1, 50)
TILE = (12, 16)


def blend(image: Any, views: list[View], run: Any, batch: int = 3) -> list[tuple[Any, Any]]:
    """The whole maps, and what of them was seen."""
    found = [(np.full((*image.shape[:2], 2), np.nan), np.zeros(image.shape[:2], bool)) for _ in views]
    ends = 0
    for bands in blend_tiles(image, views, run, batch):
        for (values, seen), band in zip(found, bands, strict=True):
            assert band.top == ends and band.values.shape[1] == image.shape[1]
            values[ends : ends + len(band.values)], seen[ends : ends + len(band.seen)] = band.values, band.seen
        ends += len(bands[0].values)
    assert ends == len(image)
    return found


@given(SIZES, SIZES, st.integers(1, 4))
def test_a_pointwise_network_yields_what_it_yields_for_the_whole(height: int, width: int, batch: int) -> None:
    image = np.random.default_rng(height * 51 + width).random((height, width, 1), np.float32)
    view = View(TILE, TILE, (1.0, 1.0), WINDOW)

    def run(tiles: Any) -> list[Any]:
        assert 1 <= len(tiles) <= batch and tiles.shape[1:3] == TILE
        return [np.concatenate([np.sqrt(tiles), 1 - tiles], axis=-1)]

    ((values, seen),) = blend(image, [view], run, batch)
    assert seen.all()
    np.testing.assert_allclose(values, run_whole(run, image), atol=1e-6)


def run_whole(run: Any, image: Any) -> Any:
    return np.concatenate([np.sqrt(image), 1 - image], axis=-1)


def box(values: Any) -> Any:
    """The sum of 3x3 places (n, h, w, c), of the inner ones alone."""
    return sum(values[:, i : values.shape[1] - 2 + i, j : values.shape[2] - 2 + j] for i in range(3) for j in range(3))


def padded(values: Any) -> Any:
    return box(np.pad(values, ((0, 0), (1, 1), (1, 1), (0, 0))))


@given(st.integers(12, 50), st.integers(16, 60))
def test_a_convolution_yields_that_of_the_whole_beyond_its_reach(height: int, width: int) -> None:
    """Unpadded, everywhere but in the image's border; padded, in no border of a tile."""
    image = np.random.default_rng(height * 61 + width).random((height, width, 2), np.float32)
    whole = padded(padded(image[None]))[0]
    small = (TILE[0] - 4, TILE[1] - 4)
    views = [View(TILE, small, (1.0, 1.0), WINDOW), View(TILE, TILE, (1.0, 1.0), WINDOW)]
    (unpadded, seen), (same, all_seen) = blend(image, views, lambda tiles: [box(box(tiles)), padded(padded(tiles))])
    inner = np.zeros((height, width), bool)
    inner[2:-2, 2:-2] = True
    np.testing.assert_array_equal(seen, inner)
    np.testing.assert_allclose(unpadded[inner], whole[inner], rtol=1e-5)
    assert all_seen.all()
    near = [
        near_borders(n, side, list_starts(n, side, side - 4)) for n, side in zip((height, width), TILE, strict=True)
    ]
    far = ~(near[0][:, None] | near[1])
    np.testing.assert_allclose(same[far], whole[far], rtol=1e-5)


def near_borders(whole: int, side: int, starts: list[int]) -> Any:
    """Which places are within reach, 2, of the border of a tile that covers them."""
    near = np.zeros(whole, bool)
    for start in starts:
        near[[start, start + 1, start + side - 2, start + side - 1]] = True
    return near


@given(SIZES, SIZES)
def test_positions_of_a_strided_map_are_spread_over_their_places(height: int, width: int) -> None:
    """What counts tiles is the mean of 1s, and each place's value lies between those of the tiles on it."""
    rows = np.arange(height)[:, None, None] * np.ones((1, width, 1))
    view = View(TILE, (TILE[0] // 4, TILE[1] // 4), (4.0, 4.0), WINDOW)

    def run(tiles: Any) -> list[Any]:
        means = tiles.reshape(len(tiles), TILE[0] // 4, 4, TILE[1] // 4, 4).mean((2, 4))
        return [np.stack([np.ones_like(means), means], axis=-1)]

    ((values, seen),) = blend(rows, [view], lambda tiles: run(tiles[..., 0]))
    assert seen.all()
    np.testing.assert_allclose(values[..., 0], 1, atol=1e-6)
    if height >= TILE[0] and width >= TILE[1]:
        assert (abs(values[..., 1] - rows[..., 0]) <= 1.5 + 1e-5).all()


@given(st.integers(1, 300), st.integers(1, 40), st.data())
def test_tiles_leave_no_gap_and_overlap_by_a_quarter(whole: int, side: int, data: Any) -> None:
    covered = data.draw(st.integers(1, side))
    starts = list_starts(max(whole, side), side, covered)
    assert starts[0] == 0 and starts[-1] == max(whole, side) - side and starts == sorted({*starts})
    apart = [later - one for one, later in pairwise(starts)]
    assert all(step <= max(1, covered - covered // OVERLAP) for step in apart)


def test_a_large_image_takes_the_memory_of_a_row_of_tiles() -> None:
    tracemalloc = pytest.importorskip("tracemalloc")
    image = np.zeros((3000, 400, 1), np.uint8)
    view = View((64, 64), (64, 64), (1.0, 1.0), WINDOW)
    tracemalloc.start()
    try:
        for _ in blend_tiles(image, [view], lambda tiles: [np.zeros((*tiles.shape[:3], 8), np.float32)], 4):
            pass
        assert tracemalloc.get_traced_memory()[1] < 10 * 64 * 400 * 8 * 4  # a tenth of the whole map
    finally:
        tracemalloc.stop()


def test_where_tiles_overlap_they_weigh_linearly_from_their_borders() -> None:
    view = View((4, 8), (4, 8), (1.0, 1.0), WINDOW)

    def run(tiles: Any) -> list[Any]:
        ones = np.ones((len(tiles), 4, 8, 1))
        return [np.concatenate([ones * np.arange(len(tiles))[:, None, None, None], ones], axis=-1)]

    ((values, _),) = blend(np.zeros((4, 14, 1)), [view], run)
    assert list_starts(14, 8, 8) == [0, 6]
    np.testing.assert_allclose(values[2, :, 0], [0] * 6 + [1 / 3, 2 / 3] + [1] * 6)
