"""Where a message counts something, one of it is in the singular."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from cnnspec.base.source import Source
from cnnspec.facts.precision import in_bytes
from cnnspec.lint.fix.price import write_difference
from cnnspec.lint.index import NAMES
from cnnspec.pipeline import analyse

ONE = {
    "input 8x8x1\nslice(begin=0, end=7)": "8x8x1 has 1 channel",
    "input 1\nreshape(2)": "1 has 1 value, 2 = 2",
    "input 1x4x3\ncrop(1)": "crop cuts 2 of 1 position",
    "input 8x8x1\nrescale([1, 2])": "scale has 2 numbers, 8x8x1 has 1 channel",
    "input 8x8x3\nrescale([1])": "scale has 1 number, 8x8x3 has 3 channels",
    "input 4\nfor a, b in [[1]] { dense(a) }": "an element of the list has 1 value",
    "input 2x2x1\nconv(1, 1)\nbn": "behind it: 1 parameter, 16.7 % of all",
    "input 2x2x1\nconv(1, 1, activation=relu)": "1 layer works at full size",
    "input 2x2x1\nconv(1, 1)": "the network's one layer is no normalisation and no dropout",
}
COUNTED = (
    "arguments axes bytes channels classes epochs examples files inputs layers names numbers outputs parameters "
    "positions steps taps tensors times values weights"
)


@pytest.mark.parametrize("spec", ONE)
def test_one_is_in_the_singular(spec: str) -> None:
    found = [d.message for d in analyse(Source("net.cnn", spec + "\n"), codes=frozenset(NAMES)).diagnostics]
    assert any([message.endswith(ONE[spec]) or f"{ONE[spec]} " in message for message in found]), found
    assert not any(map(find_plural_of_one, found))


def find_plural_of_one(text: str) -> re.Match[str] | None:
    return re.search(rf"(?<!padding )(?<![\w.,=+*/-])1 ({COUNTED.replace(' ', '|')})\b", text)


def test_no_case_of_a_rule_says_it_otherwise() -> None:
    for path in Path(__file__).parent.joinpath("cases").glob("*.md"):
        for line in path.read_text().splitlines():
            assert not (re.match(r"\d+:\d+ ", line) and find_plural_of_one(line)), line


def test_figures() -> None:
    assert (in_bytes(1), in_bytes(2), in_bytes(0)) == ("1 byte", "2 bytes", "0 bytes")
    assert [in_bytes(np.float64(n)) for n in (1, 320, 0.5)] == ["1 byte", "320 bytes", "0.5 bytes"]
    gains = [write_difference("parameters", *pair) for pair in ((4, 5), (5, 4), (4, 6), (None, 1), (None, 2))]
    assert gains == ["+1 parameter", "-1 parameter", "+2 parameters", "1 parameter", "2 parameters"]
