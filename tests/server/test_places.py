"""Places: edits by ranges give the text that slices give, and an offset is found again by its position."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position

from cnnspec.base.source import Source
from cnnspec.server.places import Columns, EditedText, Places

ENCODINGS = ("utf-8", "utf-16", "utf-32")
TEXTS = st.lists(st.sampled_from(["a", "é", "😀", "\n", "\r\n", "\r", "\x0c", "\u2028", "\x85", "  "]), max_size=12)


def write_position(before: str, encoding: str) -> Position:
    """The position behind a text, by another way: its lines counted, the bytes of the last measured."""
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    unit = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    return Position(len(lines) - 1, len(lines[-1].encode(encoding + ("" if unit == 1 else "-le"))) // unit)


@given(TEXTS, TEXTS, st.sampled_from(ENCODINGS), st.data())
def test_an_edit_is_a_slice(pieces: list[str], new: list[str], encoding: str, data: st.DataObject) -> None:
    cuts = st.integers(0, len(pieces))
    first, last = sorted((data.draw(cuts), data.draw(cuts)))
    before, behind = "".join(pieces[:first]), "".join(pieces[last:])
    until = "".join(pieces[:last])
    if (before.endswith("\r") and "".join(pieces[first:]).startswith("\n")) or (
        until.endswith("\r") and behind[:1] == "\n"
    ):
        return  # no position lies between the two characters of a line end
    edited = EditedText("".join(pieces), Columns(encoding))
    edited.replace(write_position(before, encoding), write_position(until, encoding), "".join(new))
    assert edited.text == before + "".join(new) + behind


@given(TEXTS, st.sampled_from(ENCODINGS), st.sampled_from([0, 1]))
def test_an_offset_is_found_again(pieces: list[str], encoding: str, lead: int) -> None:
    text = "".join(pieces).replace("\r\n", "\n").replace("\r", "\n")
    places = Places(Source("a.cnn", text), Columns(encoding), lead)
    for offset in range(len(text) + 1):
        position = places.find_position(offset)
        expected = write_position(text[:offset], encoding)
        assert (position.line, position.character - lead * (position.line == 0)) == (expected.line, expected.character)
        assert places.find_offset(position) == offset


@pytest.mark.parametrize(
    ("position", "offset"), [((0, 99), 2), ((1, 0), 3), ((1, 1), 3), ((1, 2), 4), ((9, 0), 5), ((2, 7), 5)]
)
def test_a_position_beyond_a_line_or_inside_a_character_is_the_nearest_before(
    position: tuple[int, int], offset: int
) -> None:
    text = "ab\n😀\n"
    assert Places(Source("a.cnn", text), Columns()).find_offset(Position(*position)) == offset
    edited = EditedText(text, Columns())
    edited.replace(Position(*position), Position(*position), "x")
    assert edited.text == text[:offset] + "x" + text[offset:]
