"""The values that make sense for a parameter: what a range holds, in the text of a spec as in a text alone, and what is no range."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.source import Source
from cnnspec.elaborate import elaborate
from cnnspec.elaborate.choice_text import read_choices
from cnnspec.elaborate.choices import Choices, list_once
from cnnspec.layers.argument import Term
from cnnspec.pipeline import analyse
from cnnspec.syntax.parse import parse

RANGES: dict[str, list[Any]] = {
    "8": [8],
    "1..3": [1, 2, 3],
    "8..20:4": [8, 12, 16, 20],
    "8..21:4": [8, 12, 16, 20],
    "-8..8:4": [-8, -4, 0, 4, 8],
    "-8..-4:2": [-8, -6, -4],
    "8..64:*2": [8, 16, 32, 64],
    "5k..7k:1k": [5000, 6000, 7000],
    "1..1e1": [*range(1, 11)],
    "0.1..0.5:0.1": [0.1, 0.2, 0.3, 0.4, 0.5],
    "1..2:0.5": [1.0, 1.5, 2.0],
    "8..18:*1.5": [8.0, 12.0, 18.0],
    ".25..1:*2": [0.25, 0.5, 1.0],
    "2*8..24:8": [16, 24],
    "2^4..(2^5):2^3": [16, 24, 32],
    "8..(4*8):8": [8, 16, 24, 32],
    "[8, 16..64:16]": [8, 16, 32, 48, 64],
    "[7, 8, 7..9]": [7, 8, 9],
    "[relu, swish]": [Term("relu"), Term("swish")],
    "[3x3, (5, 5)]": [(3, 3), (5, 5)],
    "[[4, 8], [8, 8]]": [[4, 8], [8, 8]],
    "[true, false]": [True, False],
    "[8..9, 1..2:*2,]": [8, 9, 1, 2],
}


@pytest.mark.parametrize("text", RANGES)
def test_a_text_and_a_spec_read_the_same(text: str) -> None:
    alone = [*read_choices(text, "over")]
    (made,) = elaborate(parse(Source("net.cnn", f"model M(p in {text}) {{ input 8 }}")), None, {"p": 8})
    assert not made.errors
    assert alone == [*list_once(made.graph.choices["p"])] == RANGES[text]
    assert [*map(type, alone)] == [*map(type, RANGES[text])]


WRONG = {
    "10..1": '"10..1" is empty: its first number is larger than its last',
    "1..10:0": "never ends",
    "1..10:-1": "never ends",
    "1..8:*1": "never ends",
    "0..8:*2": "never ends",
    "-1..8:*2": "never ends",
    "0.5..2": '"0.5..2" needs a step',
    "1...3": "three dots",
    "0.1..1e9:1e-9": "more than 1,000,000 values",
    "1..2:*1.0000001": "more than 1,000 numbers",
    "1e-300..1e17:*1.01": "more than 1,000 numbers",
    "1..999999999999999999": "more than 1,000,000 values",
    "[1..900000, 1..900000]": "more than 1,000,000 values",
    "16-128": "16 - 128 is one number, and no range",
    "16–128": "16 - 128 is one number, and no range",
    "range(16, 128)": "not written as Python writes it",
    "nan..inf": 'not from or to "nan"',
    "'a'..'b'": 'not from or to the text "a"',
    "1..true": "not from or to true",
    "3x3..5x5": "not from or to 3x3",
    "[relu, relu]": "the value relu stands here twice",
    "conv(8)": "a layer function is no value",
    "[?, 8]": "a hole is no value",
    "[[1, 2..8:2]]": "a range with a step stands only among the values of a parameter",
    "[]": "no values",
}
UNREADABLE = (
    "", " ", "..", "1..", "..8", "1..8:", "1..8:*", "1..8:/2", "1..8:**2", "1..1e400", "16:128", "16..128..8", "16 to 32",
    "16..32 step 8", "[16, 32", "٣..٥", "1_000..2_000", "8..9]) {} x = (", "8..2*8:8", "{8}", "16…32",
)  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_what_makes_no_sense_is_one_sentence_in_a_text_and_in_a_spec(text: str) -> None:
    with pytest.raises(ValueError, match=r"\A[^\n]+\Z") as told:
        read_choices(text, "over")
    assert WRONG[text] in str(told.value)
    if text != "[?, 8]":
        found = analyse(
            Source("net.cnn", f"model M(p=8 in {text}) {{\n  input 8x8x3\n  conv(p, 3x3)\n}}\n")
        ).diagnostics
        assert [WRONG[text] in one.message for one in found] == [True], found


@pytest.mark.parametrize("text", [text for text in UNREADABLE if text.strip(" ,")])
def test_what_cannot_be_read_is_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\A[^\n]+\Z"):
        read_choices(text, "over")


def test_no_range_takes_long() -> None:
    begin = time.process_time()
    for text in (*WRONG, *UNREADABLE, "1..1e17:*1.1", f"[{', '.join(['1..900000'] * 500)}]"):
        try:
            read_choices(text, "over")
        except ValueError:
            continue
    assert time.process_time() - begin < 3


def test_many_long_ranges_cost_a_check_nothing() -> None:
    """The values are counted, and not listed."""
    parameters = ", ".join([f"p{i}=8 in 1..1000000" for i in range(300)])
    begin = time.process_time()
    analysis = analyse(Source("net.cnn", f"model M({parameters}) {{\n  input 8x8x3\n  conv(p0, 3x3)\n}}\n"))
    assert not [one for one in analysis.diagnostics if one.severity == "error"]
    assert time.process_time() - begin < 2


numbers = st.decimals(min_value=-50, max_value=50, places=2, allow_nan=False, allow_infinity=False)


@given(numbers, numbers, st.decimals(min_value="0.05", max_value=9, places=2))
def test_a_range_is_what_decimals_count(first: Decimal, last: Decimal, step: Decimal) -> None:
    text = f"{first}..{last}:{step}".replace("-0.00", "0.00")
    wanted, number = [], first
    while number <= last:
        wanted.append(float(number))
        number += step
    if wanted:
        assert [*read_choices(text, "over")] == wanted
    else:
        with pytest.raises(ValueError, match="is empty"):
            read_choices(text, "over")


def choices_of(text: str) -> Choices:
    (made,) = elaborate(parse(Source("net.cnn", f"model M(p in {text}) {{ input 8 }}")), None, {"p": 8})
    found: Choices = made.graph.choices["p"]
    return found


@pytest.mark.parametrize("text", RANGES)
def test_what_is_listed_is_allowed_and_nothing_else(text: str) -> None:
    choices = choices_of(text)
    for value in choices:
        assert choices.allow(value)
    for value in (-1000, 8.125, "relu", Term("rely"), None, float("inf"), (1, 2), [[8]], [8.125], {}):
        assert choices.allow(value) == (value in [*choices])


def test_a_list_is_allowed_where_each_of_its_elements_is() -> None:
    assert choices_of("8..32:8").allow([8, 24]) and not choices_of("8..32:8").allow([8, 20])
    assert not choices_of("[[8, 24]]").allow([8, 8]) and choices_of("[[8, 24]]").allow([8, 24])
    assert choices_of("[1, 2]").allow(1.0) and not choices_of("[1, 2]").allow(True)
