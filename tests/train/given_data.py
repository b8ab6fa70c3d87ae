"""Networks that take data which are given in Python, and such data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnspec.facts.graph_queries import name_outputs
from cnnspec.train.data.given import Given, read_given
from cnnspec.train.data.prepare import Data, prepare
from cnnspec.train.ends import find_ends
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.plan import make_plan
from cnnspec.train.section import resolve
from tests.support import network

ONE = "input 4x4x3\nflatten -> dense(3, softmax)\n"
TWO = """input left 4x4x3
input right 4x4x3
concat(left, right) -> flatten -> dense(8, relu) as trunk
trunk -> dense(1, sigmoid) as same
trunk -> dense(3, softmax) as kind
output same, kind
"""
RNG = np.random.default_rng(0)
X, Y = RNG.random((30, 4, 4, 3), np.float32), np.arange(30) % 3
SAME = (np.arange(30) % 2).astype(np.int64)


def read(text: str, data: Any, groups: Any = None, **more: Any) -> Data:
    """The data as a network takes them; `more` are parts, and settings."""
    net = network(text)
    parts = {"train": data, **{part: more.pop(part) for part in ("validation", "test") if part in more}}
    settings, found = resolve(net.train, more, name_outputs(net.graph))
    assert not found
    settings = settings.replace(data="data given in Python")
    raw = read_given(Given(parts, groups), find_ends(net.graph, settings), settings)
    return prepare(raw, make_plan(net.graph, settings))


def refused(text: str, data: Any, **more: Any) -> str:
    with pytest.raises(TrainingFailed) as caught:
        read(text, data, **more)
    return str(caught.value)


def batches_of(*sides: Any) -> list[Any]:
    """The values of sides in batches of seven, in the form that each has."""

    def cut(value: Any, rows: slice) -> Any:
        if isinstance(value, dict):
            return {name: array[rows] for name, array in value.items()}
        return tuple([array[rows] for array in value]) if isinstance(value, tuple) else value[rows]

    return [tuple([cut(side, slice(i, i + 7)) for side in sides]) for i in range(0, 30, 7)]
