"""Resizing images without any framework: bilinear, with the smoothing that keeps a smaller image free of aliasing.

What Keras's `ops.image.resize(…, "bilinear", antialias=True)` yields; a test compares them. An image's value at a place
is the mean of its neighbours, weighted by a triangle as wide as a pixel of the coarser grid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def weights(size: int, wanted: int) -> Array:
    """The matrix (wanted, size) that resamples a line of `size` pixels; every row adds up to 1."""
    import numpy as np

    scale = size / wanted
    width = max(scale, 1.0)
    centres = (np.arange(wanted) + 0.5) * scale - 0.5
    distance = np.abs(np.arange(size)[None, :] - centres[:, None]) / width
    rows = np.maximum(0.0, 1.0 - distance)
    matrix: Array = (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)
    return matrix


def resize(images: Array, size: tuple[int, ...]) -> Array:
    """Images (N, H, W, C) at another size (H', W')."""
    import numpy as np

    _, height, width, _ = images.shape
    rows, columns = weights(height, size[0]), weights(width, size[1])
    return np.ascontiguousarray(np.einsum("ah,nhwc,bw->nabc", rows, images, columns, optimize=True), np.float32)
