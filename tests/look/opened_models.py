"""Networks with drawn weights, saved as trained ones are, and opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import cnnspec
from cnnspec.look import open_network
from cnnspec.look.classes import ask
from cnnspec.look.images import ImageFiles
from cnnspec.look.opened import OpenedNetwork
from cnnspec.train.evaluation.trained import open_trained


def draw_weights(model: Any, seed: int = 3) -> Any:
    """Give a Keras model weights that are all different, its moving averages too."""
    random = np.random.default_rng(seed)
    for weight in model.weights:
        drawn = random.normal(size=weight.shape) / max(1, np.prod(weight.shape[:-1])) ** 0.5
        weight.assign(np.abs(drawn) + 0.5 if "variance" in weight.path else drawn)
    return model


def save_spec(text: str, path: Path) -> Path:
    draw_weights(cnnspec.loads(text).to_keras()).save(path)
    return path


def open_file(path: Path, *images: Path) -> OpenedNetwork:
    trained, keras = open_trained(str(path), None)
    asked = ask(trained, None, None)
    return open_network(trained, keras, ImageFiles([*map(str, images)], asked).asked if images else asked)


def draw_image(network: OpenedNetwork, count: int = 1, seed: int = 0) -> Any:
    """Images (N, H, W, channels) of shares from 0 to 1."""
    return np.random.default_rng(seed).random((count, *network.asked.size), np.float32)  # type: ignore[arg-type]
