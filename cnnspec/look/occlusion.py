"""The occlusion map: how much a class loses when a part of the image is covered (Zeiler & Fergus 2014, arXiv:1311.2901).

A grey square, of the image's mean, is slid over the image by half of its side; its side is a seventh of the image's. The
value of a pixel is the mean loss over all squares that cover it, negative where the class gains.
"""

from __future__ import annotations

from math import ceil, sqrt
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.look.classes import measure_classes
from cnnspec.train.evaluation.predict import prepare_image

if TYPE_CHECKING:
    import numpy as np

    from cnnspec.look.opened import OpenedNetwork

    Array = np.ndarray[Any, Any]
    Span = tuple[int, int]

PARTS = 7  # squares along a side of the image
BATCH = 8


class Occlusion(Record):
    """`heat` (H, W) is the mean loss of the class; of the square that costs it most `box` has the rows and columns, and
    `least` is what is left of the class's value, which is `whole` where nothing is covered."""

    side: int
    step: int
    heat: Array
    box: tuple[Span, Span]
    whole: float
    least: float


def find_occlusion(network: OpenedNetwork, image: Array, name: str, number: int) -> Occlusion:
    """The occlusion map of an image (H, W, channels), of the shares 0 to 1 of its white, for the class with a number. Raises
    TrainingFailed."""
    import numpy as np

    height, width = image.shape[:2]
    side = min(height, width, ceil(sqrt(height * width) / PARTS))
    step = ceil(side / 2)
    mean = image.mean(axis=(0, 1))
    places = [(y, x) for y in list_places(height, side, step) for x in list_places(width, side, step)]
    whole = measure(network, [image], name)[0, number]
    values: list[float] = []
    for start in range(0, len(places), BATCH):
        covered = [cover(image, y, x, side, mean) for y, x in places[start : start + BATCH]]
        values += measure(network, covered, name)[:, number].tolist()
    total, times = np.zeros((height, width)), np.zeros((height, width))
    for (y, x), value in zip(places, values, strict=True):
        total[y : y + side, x : x + side] += whole - value
        times[y : y + side, x : x + side] += 1
    least = int(np.argmin(values))
    y, x = places[least]
    return Occlusion(side, step, total / times, ((y, y + side - 1), (x, x + side - 1)), float(whole), values[least])


def list_places(size: int, side: int, step: int) -> list[int]:
    """Where a square begins along an axis: every step, and at the end."""
    return [*range(0, size - side, step), size - side]


def cover(image: Array, y: int, x: int, side: int, mean: Array) -> Array:
    covered = image.copy()
    covered[y : y + side, x : x + side] = mean
    return covered


def measure(network: OpenedNetwork, images: list[Array], name: str) -> Array:
    """The values of all classes for some images."""
    import numpy as np

    given = np.stack([prepare_image(image, network.asked) for image in images])
    return measure_classes(network.predict(given, [name] * len(images)), network.asked)
