"""What a layer knows to mend itself: changes of its arguments with which it takes its inputs, and does something."""

from __future__ import annotations

from typing import Any

import pytest

from cnnspec.base.diagnostic import Remedy
from cnnspec.layers.base import Layer
from cnnspec.layers.convolution import Conv
from cnnspec.layers.pooling import MaxPool

KERNEL = Conv(filters=8, kernel=7)
POOL = MaxPool(kernel=2)

CASES: list[tuple[str, Layer, tuple[int, ...], list[dict[str, Any]], list[int]]] = [
    ("each that fits, in their order", KERNEL, (5, 5, 3), [{"padding": "same"}, {"kernel": 5}], [0, 1]),
    ("none that is refused still", KERNEL, (5, 5, 3), [{"kernel": 6}, {"kernel": 3}], [1]),
    ("none that is refused for another reason", KERNEL, (5, 5, 3), [{"kernel": 3, "groups": 2}], []),
    ("several arguments at once", KERNEL, (5, 5, 3), [{"kernel": 3, "stride": 2}], [0]),
    ("none that changes nothing", KERNEL, (9, 9, 3), [{"kernel": 7}, {"stride": 1}], []),
    ("none with which it does nothing", POOL, (1, 1, 3), [{"kernel": 1}, {"padding": "same"}], [1]),
    ("none of none", KERNEL, (5, 5, 3), [], []),
]


@pytest.mark.parametrize(("title", "layer", "shape", "changes", "kept"), CASES, ids=[case[0] for case in CASES])
def test_remedies_are_changes_that_mend(
    title: str, layer: Layer, shape: tuple[int, ...], changes: list[dict[str, Any]], kept: list[int]
) -> None:
    wanted = tuple([Remedy(tuple(changes[number].items())) for number in kept])
    assert layer.find_remedies((shape,), *changes) == wanted
    for remedy in wanted:
        assert layer.replace(**dict(remedy.values)).problem((shape,)) is None
