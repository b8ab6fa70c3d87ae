"""Resizing images without any framework: bilinear, with the smoothing that keeps a smaller image free of aliasing.

What Keras's `ops.image.resize(…, "bilinear", antialias=True)` yields; a test compares them. An image's value at a place
is the mean of its neighbours, weighted by a triangle as wide as a pixel of the coarser grid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.train.data.framing import STRETCH, make_frame

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def weights(size: int, wanted: int, start: float = 0.0, length: float | None = None) -> Array:
    """The matrix (wanted, size) that resamples a line of `size` pixels, of which `length` from `start` on are taken; every row
    adds up to 1."""
    import numpy as np

    scale = (size if length is None else length) / wanted
    width = max(scale, 1.0)
    centres = start + (np.arange(wanted) + 0.5) * scale - 0.5
    distance = np.abs(np.arange(size)[None, :] - centres[:, None]) / width
    rows = np.maximum(0.0, 1.0 - distance)
    matrix: Array = (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)
    return matrix


def resize(images: Array, size: tuple[int, ...], way: str = STRETCH) -> Array:
    """Images (N, H, W, C) at another size (H', W'), in one of the ways of `framing`."""
    import numpy as np

    _, height, width, _ = images.shape
    frame = make_frame((height, width), (size[0], size[1]), way)
    top, left, tall, wide = frame.taken
    rows, columns = weights(height, frame.size[0], top, tall), weights(width, frame.size[1], left, wide)
    made = np.ascontiguousarray(np.einsum("ah,nhwc,bw->nabc", rows, images, columns, optimize=True), np.float32)
    if frame.size == frame.wanted:
        return made
    (down, along), (tall_made, wide_made) = frame.place, frame.size
    whole = np.zeros((len(images), *frame.wanted, images.shape[3]), np.float32)
    whole[:, down : down + tall_made, along : along + wide_made] = made
    return whole
