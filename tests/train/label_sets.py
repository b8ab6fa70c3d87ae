"""Small data sets for tests of labels and values."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from tests.train.image_sets import colour, save

N = 40


MAP = "input 4x4\nreshape(4x4x1) -> conv(%s, 3x3, padding=same%s)"


FLAT = "input 6x6\nflatten -> dense(%s)"


def arrays(labels: Any, shape: tuple[int, ...] = (6, 6), **more: Any) -> str:
    x = np.random.default_rng(0).random((len(labels), *shape)).astype(np.float32)
    np.savez("set.npz", **{"x_train": x, "y_train": np.asarray(labels), **more})
    return "set.npz"


def table(*labels: str, header: str = "path,label") -> str:
    os.makedirs("set", exist_ok=True)
    for i in range(len(labels)):
        save(f"set/i{i}.png", colour(i))
    Path("set/list.csv").write_text("\n".join([header, *[f"i{i}.png,{label}" for i, label in enumerate(labels)]]))
    return "set/list.csv"
