"""Images of shapes on noise with their masks, for tests: 1 a disc, 2 a square, 3 a diamond, 0 what is behind them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.train.image_sets import save

COLORS = np.array([[0, 0, 0], [70, 0, -40], [-40, 70, 0], [0, -40, 70]])


def shape(place: int, size: int = 16) -> tuple[Any, Any]:
    """An image (size, size, 3) and its mask (size, size), uint8 both, that no other place has."""
    rng = np.random.default_rng(place)
    rows, columns = np.mgrid[:size, :size]
    mask = np.zeros((size, size), np.uint8)
    for number in (1, 2, 3):
        row, column = rng.uniform(size / 5, size * 4 / 5, 2)
        radius = rng.uniform(size / 8, size / 5)
        down, right = abs(rows - row), abs(columns - column)
        mask[
            [down**2 + right**2 < radius**2, np.maximum(down, right) < radius, down + right < 1.3 * radius][number - 1]
        ] = number
    image = rng.normal(110, 20, (size, size, 3)) + COLORS[mask]
    return image.clip(0, 255).astype(np.uint8), mask


def shapes(
    root: str = "cells", count: int = 12, size: int = 16, values: Sequence[Any] = (0, 1, 2, 3), first: int = 0,
    images: str = "images", masks: str = "masks", behind: str = "", ending: str = "png",
) -> str:  # fmt: skip
    """A folder of images and masks in which classes have these values."""
    for place in range(first, first + count):
        image, mask = shape(place, size)
        save(f"{root}/{images}/{place:02d}.png", image)
        save(f"{root}/{masks}/{place:02d}{behind}.{ending}", np.array(values, np.uint8)[mask])
    return os.path.join(root, "")


def arrays(count: int, size: int = 16, first: int = 0) -> tuple[Any, Any]:
    """The same images and masks as arrays."""
    pairs = [shape(place, size) for place in range(first, first + count)]
    images, masks = zip(*pairs, strict=True)
    return np.stack(images), np.stack(masks)
