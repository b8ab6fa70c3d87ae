"""Small data sets of classes for tests."""

from __future__ import annotations

from typing import Any

import numpy as np

LINE = "input 8x8\nflatten -> dense(3, softmax)"


def lopsided(**more: Any) -> str:
    rng = np.random.default_rng(1)
    np.savez("a.npz", **{"x_train": rng.normal(size=(70, 8, 8)), "y_train": np.repeat([0, 1, 2], [50, 15, 5])} | more)
    return "a.npz"
