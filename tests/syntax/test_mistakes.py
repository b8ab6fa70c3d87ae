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


@pytest.mark.parametrize("text", [
    "d = [1, 2] [3, 4]",
    "d = [[1, 2] [3, 4], [5 6], [7, , 8]]\nrelu",
    "for a, b in [[1, 2] [3, 4]] { relu }",
    "conv(1, [[1, 2] [3, 4]]) -> relu",
    "conv(1, [[1 2] [3 4]\n [5 6]])\nrelu",
])  # fmt: skip
def test_a_mistake_in_a_list_of_lists_is_told_once(text: str) -> None:
    assert len(parse(Source("case.cnn", text)).diagnostics) == 1
