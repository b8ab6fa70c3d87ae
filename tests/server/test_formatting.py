"""Formatting of the lines of a selection: whole statements, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol.types import Position, Range

from cnnspec.format import format_source
from cnnspec.server.document import Document
from cnnspec.server.documents import Documents
from cnnspec.server.formatting import format_document, format_range
from tests.example_files import FILES
from tests.server.client import apply
from tests.server.opened import open_text, plain
from tests.support import THOROUGH

TEXT = """# head 😀
block f(n) {
   conv(n,3x3)   # c1

   # above relu


   relu;bn
     add(in,
   conv(n,
   3x3,padding=same))
}
input   28x28x1
f( 3 )   ->relu
# last
model=Sequential([Conv2D(3,3),
   Conv2D(4,3)])
if true { relu }   else {
  gelu;   relu
  bn
}
dense(10 , softmax)"""
TRIED = FILES if THOROUGH else [path for path in FILES if path.stat().st_size < 1500][::5]
BLOCK = (2, 10, "  conv(n, 3x3)  # c1\n\n  # above relu\n\n  relu\n  bn\n  add(in, conv(n, 3x3, padding=same))\n")
CASES: dict[tuple[int, int], tuple[int, int, str]] = {  # lines from 0 → those that are others, and what they become
    (2, 2): (2, 2, "  conv(n, 3x3)  # c1\n"),
    (2, 3): (2, 6, "  conv(n, 3x3)  # c1\n\n  # above relu\n\n"),
    (4, 4): (3, 6, "\n  # above relu\n\n"),
    (7, 7): (7, 7, "  relu\n  bn\n"),
    (9, 9): (8, 10, "  add(in, conv(n, 3x3, padding=same))\n"),
    (7, 8): (7, 10, "  relu\n  bn\n  add(in, conv(n, 3x3, padding=same))\n"),
    (1, 1): BLOCK,
    (11, 11): BLOCK,
    (12, 12): (12, 12, "input 28x28x1\n"),
    (12, 13): (12, 13, "input 28x28x1\nf(3) -> relu\n"),
    (0, 0): (0, 0, "# head 😀\n"),
    (14, 14): (14, 14, "# last\n"),
    (16, 16): (15, 16, "conv(3, 3)\nconv(4, 3)\n"),
    (18, 18): (18, 18, "  gelu\n  relu\n"),
    (21, 21): (21, 21, "dense(10, softmax)\n"),
}


def format_lines(first: int, last: int, document: Document, documents: Documents) -> str:
    """The text with lines from 0 formatted."""
    edits = format_range(document, documents, Range(Position(first, 0), Position(last, 999)))
    return apply(document.source.text, plain(edits))


@pytest.mark.parametrize("lines", CASES)
def test_what_is_formatted_of_a_selection(lines: tuple[int, int]) -> None:
    documents, document = open_text("/nowhere/a.cnn", TEXT)
    first, last, text = CASES[lines]
    old = TEXT.split("\n")
    expected = "\n".join([*old[:first], text[:-1], *old[last + 1 :]])
    assert format_lines(*lines, document, documents).rstrip("\n") == expected


def test_a_selection_that_ends_where_a_line_begins_does_not_touch_it() -> None:
    documents, document = open_text("/nowhere/a.cnn", TEXT)
    edits = format_range(document, documents, Range(Position(12, 3), Position(13, 0)))
    assert apply(TEXT, plain(edits)) == TEXT.replace("input   28", "input 28")


def spoil(text: str) -> str:
    """A text as a careless hand would have written it; what it says stays."""
    lines = [line if "#" in line or '"' in line else line.replace(", ", " ,") for line in text.split("\n")]
    return "\n".join([f"  {line} " if line.strip() else line for line in lines]).replace("{\n", "{\n\n\n")


@pytest.mark.parametrize("path", TRIED, ids=lambda path: path.stem)
def test_line_by_line_it_comes_to_the_whole(path: Path) -> None:
    """All lines together are the file; each alone changes what it should, and in the end all is as the file would be, but
    for blank lines that no statement touches."""
    text = spoil(path.read_text(encoding="utf-8"))
    documents, document = open_text("/nowhere/a.cnn", text)
    (edit,) = plain(format_document(document, documents))
    whole = apply(text, [edit])
    count = text.count("\n") + 1
    assert format_lines(0, count, document, documents) == whole
    for number in range(0, count, 5):
        changed = format_lines(number, number, document, documents)
        again, _ = format_source(document.source.replace(text=changed))
        assert again == whole
    for number in reversed(range(count)):  # from the end on, so that the lines that are left keep their numbers
        changed = format_lines(number, number, document, documents)
        documents.edit(document.uri, [(None, changed)], 2)
    shown = [line for line in document.source.text.split("\n") if line.strip()]
    assert shown == [line for line in whole.split("\n") if line.strip()]


@pytest.mark.parametrize("text", ["", "conv(\nrelu;bn\n", "input 8x8x3\nrelu -> -> bn\nrelu;bn\n", "\0", "# a\n"])
def test_what_has_mistakes_or_is_right_stays(text: str) -> None:
    documents, document = open_text("/nowhere/a.cnn", text)
    assert format_lines(0, 9, document, documents) == document.source.text


@pytest.mark.parametrize(
    ("text", "line", "formatted"),
    [
        (  # each of these shares a line with the next
            "input 8x8x3\nrelu;add(in,\n relu);bn ;add(in,\n  relu)\ngelu;bn\n", 3,
            "input 8x8x3\nrelu\nadd(in, relu)\nbn\nadd(in, relu)\ngelu;bn\n",
        ),
        (  # the comment comes to stand above the statement, outside of its lines
            "model M(n=8) {\n  input ( n, # both\nn,1 )\n  relu;bn\n}\n", 1,
            "model M(n=8) {\n  # both\n  input (n, n, 1)\n  relu\n  bn\n}\n",
        ),
    ],
)  # fmt: skip
def test_what_hangs_together_is_formatted_together(text: str, line: int, formatted: str) -> None:
    documents, document = open_text("/nowhere/a.cnn", text)
    assert format_lines(line, line, document, documents) == formatted


def test_line_ends_stay_as_they_are() -> None:
    documents, document = open_text("/nowhere/a.cnn", "input 8x8x3 # 😀\r\nconv( 8,3x3);relu\r\nbn ;bn\r\n")
    (edit,) = format_range(document, documents, Range(Position(1, 2), Position(1, 3)))
    assert edit.new_text.count("\r\n") == edit.new_text.count("\n") == 1
    assert edit.range.start.line == edit.range.end.line == 1
