"""What a selection grows to, from where | stands: every stretch contains the one before, and the last is the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol.types import SelectionRange

from cnnspec.server.document import Document
from cnnspec.server.selection import list_selections
from tests.example_files import FILES
from tests.server.opened import open_text

TEXT = """# é 😀 first
# second
block f(n) {
  (conv(n, 3x3, padding=same) -> bn) * 2 as x  # a word
}
input 8x8x3
f(3) -> conv(64, 3x3) -> relu
x = [3, [5, 6]]
add(in, conv(2, 3x3) -> -> bn)
conv("some name", 3x
"""
CASES = {
    "padding=sa|me": [
        "same", "padding=same", "n, 3x3, padding=same", "conv(n, 3x3, padding=same)", "conv(n, 3x3, padding=same) -> bn",
        "(conv(n, 3x3, padding=same) -> bn)", "(conv(n, 3x3, padding=same) -> bn) * 2",
        "(conv(n, 3x3, padding=same) -> bn) * 2 as x", "{\n  (conv(n, 3x3, padding=same) -> bn) * 2 as x  # a word\n}",
        "block f(n) {\n  (conv(n, 3x3, padding=same) -> bn) * 2 as x  # a word\n}",
    ],
    "|relu": ["relu", "f(3) -> conv(64, 3x3) -> relu"],
    "f(3) |->": ["f(3) -> conv(64, 3x3) -> relu"],
    "in|put": ["input", "input 8x8x3"],
    "6|]]": ["6", "[5, 6]", "[3, [5, 6]]", "x = [3, [5, 6]]"],
    "|2, 3x3": ["2", "2, 3x3", "conv(2, 3x3) -> -> bn", "in, conv(2, 3x3) -> -> bn", "add(in, conv(2, 3x3) -> -> bn)"],
    "na|me": ["name", "some name", '"some name"', 'conv("some name", 3x'],
    "a wo|rd": ["word", "# a word", "{\n  (conv(n, 3x3, padding=same) -> bn) * 2 as x  # a word\n}",
                "block f(n) {\n  (conv(n, 3x3, padding=same) -> bn) * 2 as x  # a word\n}"],
    "fi|rst": ["first", "# é 😀 first", "# é 😀 first\n# second"],
}  # fmt: skip


def grow(document: Document, selection: SelectionRange | None) -> list[str]:
    """The texts of a selection and of what it grows to."""
    texts = []
    while selection is not None:
        place = selection.range
        texts.append(
            document.source.text[document.places.find_offset(place.start) : document.places.find_offset(place.end)]
        )
        selection = selection.parent
    return texts


@pytest.mark.parametrize("marked", CASES)
def test_what_a_selection_grows_to(marked: str) -> None:
    documents, document = open_text("/nowhere/a.cnn", TEXT)
    at = TEXT.index(marked.replace("|", "")) + marked.index("|")
    (selection,) = list_selections(document, documents, [document.places.find_position(at)])
    assert grow(document, selection) == [*CASES[marked], TEXT]


@pytest.mark.parametrize("path", FILES[::6], ids=lambda path: path.stem)
def test_each_stretch_holds_the_one_before(path: Path) -> None:
    """In texts of all kinds, and cut off in the middle."""
    text = path.read_text(encoding="utf-8")
    for part in (text, text[: len(text) // 2], text.replace(")", "", 1), text.replace("\n", " ( ", 1)):
        documents, document = open_text("/nowhere/a.cnn", part)
        offsets = [*range(0, len(part) + 1, 13), len(part)]
        positions = [document.places.find_position(at) for at in offsets]
        for at, found in zip(offsets, list_selections(document, documents, positions), strict=True):
            one: SelectionRange = found
            while one.parent is not None:
                inner, outer = one.range, one.parent.range
                assert outer.start <= inner.start and inner.end <= outer.end and inner != outer
                one = one.parent
            assert one.range == document.places.whole
            assert found.range.start <= document.places.find_position(at) <= found.range.end


@pytest.mark.parametrize("text", ["", "\n", "(", '"', "{{{{", "# a", "]" * 50, "(" * 2000])
def test_where_there_is_little(text: str) -> None:
    documents, document = open_text("/nowhere/a.cnn", text)
    (selection,) = list_selections(document, documents, [document.places.find_position(len(text) // 2)])
    assert grow(document, selection)[-1] == text
