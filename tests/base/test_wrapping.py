"""Sentences wrapped at words: none is lost or cut, and lines fit where words allow it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.wrapping import count_columns, pad, split_words, wrap_paragraphs, wrap_text

WORDS = st.text(alphabet="ab1,.%×網e\u0301", min_size=1, max_size=30) | st.sampled_from(["1.5 MiB", "13.8 %", "a -> b"])
SENTENCES = st.builds(
    lambda indent, words: " " * indent + " ".join(words), st.integers(0, 6), st.lists(WORDS, max_size=20)
)


@given(SENTENCES, st.integers(20, 90), st.integers(0, 40))
def test_no_word_is_lost_or_cut_and_lines_fit(text: str, width: int, hanging: int) -> None:
    lines = wrap_text(text, width, hanging)
    assert [word for line in lines for word in line.split()] == text.split()
    assert [w for line in lines for w in split_words(line.strip()) if w] == [w for w in split_words(text.strip()) if w]
    for line in lines:
        assert count_columns(line) <= width or len(split_words(line.strip())) == 1


@pytest.mark.parametrize(
    ("text", "hanging", "lines"),
    [
        ("a sentence of twenty-four words", 4, ["a sentence of", "    twenty-four", "    words"]),
        ("it takes about 131.9 MiB of it", 0, ["it takes about", "131.9 MiB of it"]),  # a figure stands with its unit
        (
            "a averyveryverylongword b",
            4,
            ["a", "averyveryverylongword", "    b"],
        ),  # and a long word on a line of its own
        (
            "word eighteen__letters",
            10,
            ["word", "   eighteen__letters"],
        ),  # with as much of an indent as there is room for
        ("  label   some words here", 10, ["  label   some words", "          here"]),
        ("網路網路 網路網路網路 網路", 0, ["網路網路", "網路網路網路 網路"]),  # as wide as they are shown
    ],
)
def test_lines(text: str, hanging: int, lines: list[str]) -> None:
    assert wrap_text(text, 20, hanging) == lines


def test_a_pipe_gets_sentences_of_80_columns() -> None:
    assert max(map(len, wrap_text("word " * 100, None))) == 79


def test_code_between_paragraphs_stays_as_it_is() -> None:
    code = "    conv(8, 3x3, padding=same) -> relu"
    assert wrap_paragraphs(f"one\ntwo\n\n{code}\n\nthree four five six seven", 20) == [
        "one two", "", code, "", "three four five six", "seven",
    ]  # fmt: skip


def test_wide_and_combining_characters_are_counted_as_they_are_shown() -> None:
    assert [count_columns(text) for text in ("abc", "網路", "e\u0301", "")] == [3, 4, 1, 0]
    assert (pad("網", 4), pad("網", 4, right=True)) == ("網  ", "  網")
