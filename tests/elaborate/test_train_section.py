"""The settings of a train section, evaluated: a mapping is a dict in the order in which it is written."""

from __future__ import annotations

from typing import Any

import pytest

from cnnspec.base.source import Source
from cnnspec.elaborate.values import UNKNOWN
from cnnspec.layers.argument import Term
from cnnspec.pipeline import analyse

MASK, LABEL = Term("dice"), Term("f1_score", keywords=(("average", Term("macro")),))
VALUES = {
    "{b: 1, a: 2}": {"b": 1, "a": 2},
    "{mask: dice, label: f1_score(average=macro)}": {"mask": MASK, "label": LABEL},
    '{"mask": dice\n "my label": 2 * n,}': {"mask": MASK, "my label": 6},
    "{mask: [dice, f1_score(average=macro)], label: dice}": {"mask": [MASK, LABEL], "label": MASK},
    "{a: {b: 1, c: {d: (1, 2)}}, e: 3x3}": {"a": {"b": 1, "c": {"d": (1, 2)}}, "e": (3, 3)},
    "{a: dice, a: dice}": UNKNOWN,
    "{a: {b: 1, b: 2}}": UNKNOWN,
    "{a: 1 / 0, b: 2}": UNKNOWN,
    "{a: 1, b 2}": UNKNOWN,
    "{mask dice\nlabel: dice}": UNKNOWN,
    "{mask dice}": UNKNOWN,
    "{a: [{b: 1}]}": UNKNOWN,
}


@pytest.mark.parametrize("text", VALUES)
def test_a_setting_has_the_value_that_is_written(text: str) -> None:
    (network,) = analyse(Source("case.cnn", f"n = 3\ninput 8x8x1\nrelu\ntrain {{ loss = {text} }}")).networks
    value: Any = network.train["loss"].value
    assert value == VALUES[text]
    assert value is UNKNOWN or list(value) == list(VALUES[text])
    told = [d.message for d in network.diagnostics if d.code == "E030"]
    assert not told or value is not UNKNOWN, "a mapping that could not be read is told once, where it could not"
