"""Small image data sets for tests, and reading them as a training does."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

from cnnspec.facts.graph_queries import name_outputs
from cnnspec.train.data import sources
from cnnspec.train.data.prepare import Data, prepare
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.plan import make_plan
from cnnspec.train.section import resolve
from tests.support import network

pillow = pytest.importorskip("PIL.Image")


RGB = "input 8x8x3\nflatten -> dense(3, softmax)\n"


def read(text: str, data: str, **settings: Any) -> Data:
    net = network(text)
    assert not net.errors
    given, found = resolve(net.train, {"data": data, **settings}, name_outputs(net.graph))
    assert not found, found
    return prepare(sources.load(given, net.graph), make_plan(net.graph, given))


def refused(text: str, data: str, **settings: Any) -> TrainingFailed:
    with pytest.raises(TrainingFailed) as caught:
        read(text, data, **settings)
    return caught.value


def colour(place: int, shape: tuple[int, int] = (8, 8)) -> Any:
    """An image that no other place has."""
    return np.random.default_rng(place).integers(0, 256, (*shape, 3), np.uint8)


def save(path: str, pixels: Any, **options: Any) -> str:
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    image = pixels if isinstance(pixels, pillow.Image) else pillow.fromarray(pixels)
    image.save(path, **options)
    return path


def flowers(root: str = "flowers", classes: tuple[str, ...] = ("daisy", "rose", "tulip"), count: int = 10) -> str:
    for number, name in enumerate(classes):
        for i in range(count):
            save(f"{root}/{name}/{i:02d}.png", colour(1000 * number + i))
    return root + "/"
