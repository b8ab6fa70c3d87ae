"""The table of syntax mistakes: every snippet is wrong, and is told what its entry says."""

from __future__ import annotations

import pytest

from cnnspec.base.source import Source
from cnnspec.syntax.mistakes import MISTAKES
from cnnspec.syntax.parse import parse


@pytest.mark.parametrize(("message", "help", "snippets"), MISTAKES, ids=[m for m, _, _ in MISTAKES])
def test_every_snippet_gets_its_own_words(message: str, help: str, snippets: tuple[str, ...]) -> None:
    for snippet in snippets:
        for text in (snippet, f"{snippet}\n\n"):
            found = parse(Source("case.cnn", text)).diagnostics
            assert (message, help) in [(d.message, d.help) for d in found], (text, [d.message for d in found])
            assert found[0].message == message, (text, [d.message for d in found])
