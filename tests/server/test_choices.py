"""Values that make sense, and holes, in an editor: what is shown of them, and offered; | is the cursor."""

from __future__ import annotations

import pytest
from lsprotocol import types

from cnnspec.server.completion import list_completions
from cnnspec.server.hover import find_hover
from cnnspec.server.references import list_highlights, list_references
from cnnspec.server.renaming import NotRenamed, prepare_rename, rename
from tests.server.opened import open_text

TEXT = """n = 8
model Net(width=64 in 16..128:8, act=relu in [relu, swish], free=3) {
  input 8x8x3
  conv(width, 3x3, activation=act) -> conv(?a in 8..32:n, 1x1) -> conv(?, 1x1) -> conv(?a, free)
}
"""


@pytest.mark.parametrize(
    ("word", "said"),
    {
        "width=64": "`width`: one of `16`, `24`, `32`, …, `128` (15 values)",
        "6..128": "`width`: one of `16`, `24`",
        "act=relu": "`act`: one of `relu`, `swish`",
        "?a in": "`?a`: a hole, one of `8`, `16`, `24`, `32`",
        "?, 1x1": "`?1`: a hole: say which numbers it may be",
        "?a, free": "`?a`: a hole, one of `8`, `16`, `24`, `32`",
    }.items(),
)
def test_hover_shows_the_values(word: str, said: str) -> None:
    documents, document = open_text("/nowhere/a.cnn", TEXT)
    found = find_hover(document, documents, document.places.find_position(TEXT.index(word)))
    assert found is not None and isinstance(found.contents, types.MarkupContent)
    assert said in found.contents.value


def test_hover_of_what_has_no_values_is_as_ever() -> None:
    documents, document = open_text("/nowhere/a.cnn", TEXT)
    found = find_hover(document, documents, document.places.find_position(TEXT.index("free=")))
    assert "one of" not in str(found)


def complete(text: str) -> list[str]:
    documents, document = open_text("/nowhere/a.cnn", text.replace("|", ""))
    return [
        item.label for item in list_completions(document, documents, document.places.find_position(text.index("|")))
    ]


@pytest.mark.parametrize(
    ("text", "there"),
    {
        "model M(act=| in [relu, swish]) { input 8 }": ["relu", "swish"],
        "model M(act=re| in [relu, swish], b=3) { input 8 }": ["relu", "swish"],
        "model M(w=| in 16..32:8) { input 8 }": ["16", "24", "32"],
        "model M(a=1, w=| in [8, 16..32:8]) { input 8 }": ["8", "16", "24", "32"],
        "input 8x8x3\nconv(?|, 3) -> conv(?base, 1) -> conv(?b, 1)": ["base", "b"],
        "input 8x8x3\nconv(?ba|, 3) -> conv(?base, 1)": ["base"],
    }.items(),
)
def test_the_values_are_offered(text: str, there: list[str]) -> None:
    assert complete(text) == there


def test_in_is_offered_behind_a_default() -> None:
    assert "in" in complete("model M(w=64 |) { input 8 }")
    assert "in" not in complete("input 8x8x3\nw = 64 |")
    assert "relu" in complete("model M(act=|) { input 8 }")
    assert "relu" in complete("model M(act=| in [relu, ) { input 8 }")


def test_a_hole_is_renamed_where_it_stands() -> None:
    documents, document = open_text("/nowhere/a.cnn", TEXT)
    position = document.places.find_position(TEXT.index("?a, free") + 1)
    assert prepare_rename(document, documents, position).placeholder == "a"
    made = rename(document, documents, position, "width")
    (edits,) = (made.changes or {"": made.document_changes[0].edits}).values()  # type: ignore[index, union-attr]
    assert [document.places.find_offset(edit.range.start) for edit in edits] == [  # type: ignore[union-attr]
        TEXT.index("?a in") + 1,
        TEXT.index("?a, free") + 1,
    ]
    assert (
        len(list_references(document, documents, position)) == len(list_highlights(document, documents, position)) == 2
    )


@pytest.mark.parametrize(("new", "why"), [("3a", "is no name"), ("x3", "is a shape"), ("b", "there is a hole")])
def test_a_hole_is_not_renamed_to_what_it_cannot_be_called(new: str, why: str) -> None:
    documents, document = open_text("/nowhere/a.cnn", TEXT.replace("(?,", "(?b,"))
    with pytest.raises(NotRenamed, match=why):
        rename(document, documents, document.places.find_position(TEXT.index("?a in")), new)
