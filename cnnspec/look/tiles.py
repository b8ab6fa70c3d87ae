"""Numbers as pixels: grey or colored tiles, side by side with gaps, and heat over an image. Pixels are (H, W, 3), 8 bits each."""

from __future__ import annotations

from math import ceil, sqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    Array = np.ndarray[Any, Any]

GAP = 1 / 12  # between two tiles, as a share of their longer side
FRAME, MARK = 3, (255, 64, 32)  # the width of a frame at least, and its color
SHARE_OF_FRAME = 1 / 120  # of the longer side: a frame is seen on a sheet, too
# Matplotlib's "inferno" (CC0) at every eighth: its lightness grows evenly, so that it can be read in grey, too
HEAT = (
    (0, 0, 4), (33, 12, 74), (87, 16, 110), (138, 34, 106), (188, 55, 84), (228, 90, 49), (249, 142, 9), (249, 203, 53), (252, 255, 164),
)  # fmt: skip


def make_pixels(shares: Array) -> Array:
    """Shares 0 to 1 of white, (H, W), (H, W, 1) or (H, W, 3), as pixels."""
    import numpy as np

    bytes = np.rint(np.clip(shares, 0, 1) * 255).astype(np.uint8)
    bytes = bytes if bytes.ndim == 3 else bytes[..., None]
    return np.repeat(bytes, 3, axis=2) if bytes.shape[2] == 1 else bytes


def scale_around_zero(values: Array) -> Array:
    """Values as shares, 0 in the middle: the largest without its sign is black or white."""
    import numpy as np

    largest = np.abs(values).max()
    return values / (2 * largest) + 0.5 if largest > 0 else np.full_like(values, 0.5)


def scale_between(values: Array, low: float, high: float) -> Array:
    """Values as shares: `low` is black, `high` white; where they are the same, all is grey."""
    import numpy as np

    return (values - low) / (high - low) if high > low else np.full_like(values, 0.5)


def find_times(sizes: tuple[int, ...], side: int) -> int:
    """How often each pixel of an image of these sizes is repeated, so that its longer side has that length at least."""
    return ceil(side / max(sizes[:2]))


def enlarge(pixels: Array, side: int) -> Array:
    """Pixels repeated as `find_times` says."""
    times = find_times(pixels.shape, side)
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def shrink(pixels: Array, side: int) -> Array:
    """Pixels whose longer side is not longer than that: each the mean of those that it stands for."""
    import numpy as np

    from cnnspec.train.data.pictures import import_pillow

    height, width = pixels.shape[:2]
    share = side / max(height, width)
    if share >= 1:
        return pixels
    pillow, _ = import_pillow()
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return np.asarray(pillow.fromarray(pixels).resize(size, pillow.Resampling.BOX))


def lay_out(tiles: Sequence[Array], columns: int | None = None) -> Array:
    """Tiles of one size in rows, with white gaps; in about as many columns as rows, where these are not said."""
    import numpy as np

    columns = columns or ceil(sqrt(len(tiles)))
    rows = ceil(len(tiles) / columns)
    height, width = tiles[0].shape[:2]
    gap = ceil(GAP * max(height, width))
    made = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap, 3), 255, np.uint8)
    for number, tile in enumerate(tiles):
        row, column = divmod(number, columns)
        y, x = row * (height + gap), column * (width + gap)
        made[y : y + height, x : x + width] = tile
    return made


def color_heat(shares: Array) -> Array:
    """Shares 0 to 1 as colors of heat."""
    import numpy as np

    places = np.linspace(0, 1, len(HEAT))
    channels = [np.interp(shares, places, [color[i] for color in HEAT]) for i in range(3)]
    return np.rint(np.stack(channels, axis=-1)).astype(np.uint8)


def lay_over(pixels: Array, shares: Array) -> Array:
    """Heat over an image in grey: the more there is, the less is seen of the image."""
    import numpy as np

    grey = pixels @ np.array([0.299, 0.587, 0.114])
    strength = 0.2 + 0.5 * shares[..., None]
    mixed: Array = np.rint((1 - strength) * grey[..., None] + strength * color_heat(shares))
    return mixed.astype(np.uint8)


def draw_frame(pixels: Array, top: int, bottom: int, left: int, right: int) -> Array:
    """Pixels with a margin, and a frame around a box of them, whose last row and column are `bottom` and `right`: no pixel of
    the box is hidden."""
    import numpy as np

    wide = max(FRAME, ceil(SHARE_OF_FRAME * max(pixels.shape)))
    made = np.pad(pixels, ((wide, wide), (wide, wide), (0, 0)), constant_values=255)
    made[top : bottom + 1 + 2 * wide, left : right + 1 + 2 * wide] = MARK
    made[top + wide : bottom + 1 + wide, left + wide : right + 1 + wide] = pixels[top : bottom + 1, left : right + 1]
    return made
