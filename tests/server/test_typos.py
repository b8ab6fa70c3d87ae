"""Figures survive a typo: a token that is missing, or one too many, takes no figure away from what it does not stand in."""

from __future__ import annotations

import re
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from cnnspec.server.document import Document
from cnnspec.server.documents import Documents
from cnnspec.server.hints import list_hints
from cnnspec.server.hover import find_hover
from tests.example_files import FILES
from tests.fuzz.texts import TOKEN
from tests.server.opened import open_text

TEXTS = {path: text for path in FILES if len(text := path.read_text(encoding="utf-8")) < 8000}


def find_hints(document: Document, documents: Documents) -> dict[int, str]:
    """The hints of a text by where they stand."""
    found = list_hints(document, documents, document.places.whole)
    return {document.places.find_offset(hint.position): str(hint.label) for hint in found}


def find_shown(document: Document, documents: Documents, at: int) -> str:
    found = find_hover(document, documents, document.places.find_position(at))
    return "" if found is None else str(found.contents)


def mistype(text: str, random: Random) -> tuple[int, int, str]:
    """A token that is left out, or written twice: where the stretch begins and ends, and what stands in it then."""
    found = random.choice([found for found in TOKEN.finditer(text) if not found[0].isspace()])
    written = "" if random.random() < 0.5 else f"{found[0]} {found[0]}"
    return found.start(), found.end(), written


@given(st.sampled_from([*TEXTS]), st.integers(0, 2**32))
def test_figures_survive_a_typo(path: object, seed: int) -> None:
    text = TEXTS[path]  # type: ignore[index]
    documents, document = open_text(str(path), text)
    before = find_hints(document, documents)
    steps = documents.find_uses(document)
    mistakes = documents.know(document).mistakes
    start, end, written = mistype(text, Random(seed))
    hovers = {at: find_shown(document, documents, at - 1) for at in before}
    documents.edit(document.uri, [(None, text[:start] + written + text[end:])], 2)
    after = find_hints(document, documents)
    assert not any("?" in label for label in after.values())
    if documents.know(document).mistakes <= mistakes:
        return  # the text means something else, without a mistake
    shift = len(written) - (end - start)
    first, last = text.rfind("\n", 0, start) + 1, (text + "\n").find("\n", end)
    for at in before:
        first_of_step = min(place[0] for place in steps if place[1] == at)
        if last < first_of_step or at < first:  # it neither holds the typo nor stands in its line
            now = at if at < first else at + shift
            line = document.source.position(now)[0]
            assert line in [document.source.position(one)[0] for one in after], (
                text[first:last],
                written,
                text[at - 9 : at],
            )
            shown = find_shown(document, documents, now - 1)
            assert not hovers[at] or (re.search(r"\d", shown) and "**?**" not in shown), (
                text[first:last],
                written,
                shown,
            )
