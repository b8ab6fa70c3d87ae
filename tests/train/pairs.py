"""A network of several inputs and outputs for tests: pairs of digits, whether they are the same, which they are, how far apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

# first and second are one layer, so that the saved model has one name for two outputs; idle has no loss
PAIRS = """input left 8x8x1
input right 8x8x1
shared tower = flatten -> dense(24, relu)
shared head = dense(10, softmax)
left -> tower as one
right -> tower as other
one -> head as first
other -> head as second
concat(one, other) -> dense(24, relu) as both
both -> dense(1, sigmoid) as same
both -> dense(1) as apart
both -> dense(3, softmax) as idle
output same, first, apart, idle, second
train {
  data = "pairs.npz"; epochs = 2; batch = 100; seed = 5; save_every = 0.000001
  loss = {
    apart: mse, same: binary_crossentropy, first: sparse_categorical_crossentropy, second: sparse_categorical_crossentropy,
  }
  loss_weights = {apart: 0.1}
  metrics = {same: [accuracy, auc]}
}
"""


def make_pairs(path: Path, count: int = 500) -> None:
    """The data: the second of half of the pairs is the same digit as the first."""
    digits = pytest.importorskip("sklearn.datasets").load_digits()
    x, y = (digits.images[..., None] / 16).astype(np.float32), digits.target
    rng = np.random.default_rng(0)
    left, right = rng.integers(0, len(x), (2, count))
    for pair in range(0, count, 2):
        right[pair] = rng.choice(np.flatnonzero(y == y[left[pair]]))
    one, other = y[left], y[right]
    apart = np.abs(one - other) / np.float32(4)
    np.savez(
        path, left=x[left], right=x[right], same=(one == other).astype(np.int64), first=one, second=other, apart=apart
    )
