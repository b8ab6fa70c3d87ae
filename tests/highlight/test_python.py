"""Colours of Python texts: every character stands in one stretch, and words are what Python takes them for."""

from __future__ import annotations

import pytest

from cnnspec.highlight.python import find_stretches

TEXTS = [
    "", "x = 1", "x = (", 'x = "abc', "é = 'ü' # ñ\ny=1\n\n", "\tx = 1\n  y", 'f"{x!r:>{w}} a"', "x\\\ny", "'''a\nb'''", "def f(\x00", "if x:\n  y\n z",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_nothing_is_lost(text: str) -> None:
    found = list(find_stretches(text))
    assert "".join([words for _, _, words in found]) == text
    assert all(text[place : place + len(words)] == words for place, _, words in found)


def test_words() -> None:
    text = 'class Net:\n    def call(self, x=None):  # runs\n        return self.conv(x, units=3, name="a")'
    types = {words: of for _, of, words in find_stretches(text) if words.strip()}
    assert types == {
        "class": "Keyword", "Net": "Name.Class", "def": "Keyword", "call": "Name.Function", "(": "Punctuation", "self": "Name",
        ",": "Punctuation", "x": "Name", "=": "Operator", "None": "Keyword.Constant", ")": "Punctuation", ":": "Punctuation",
        "# runs": "Comment.Single", "return": "Keyword", ".": "Punctuation", "conv": "Name.Function", "units": "Name.Attribute",
        "3": "Number", "name": "Name.Attribute", '"a"': "String",
    }  # fmt: skip
