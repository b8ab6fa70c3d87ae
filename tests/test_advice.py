"""Advice that is taken: what a help says to write is written, and its finding goes and no other comes.

The cases are in tests/advice/*.md: a spec, and for a finding of it the code and what its help must offer, each alternative
on a line of its own. Codes behind the word cnn are rules to be asked beside those of default.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from advising import Advised

FOLDER = Path(__file__).parent / "advice"
CASE = re.compile(r"^## (.+?)\n+```cnn([ A-Z0-9]*)\n(.*?)^```\n+```\n(.*?)^```", re.M | re.S)


def cases() -> list[object]:
    found = []
    for path in sorted(FOLDER.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        matches = CASE.findall(text)
        assert len(matches) == len(re.findall("^## ", text, re.M)), f"a case of {path.name} is not of the form"
        found += [pytest.param(codes.split(), *rest, id=f"{path.stem}: {title}") for title, codes, *rest in matches]
    return found


@pytest.mark.parametrize(("codes", "spec", "expected"), cases())
def test_advice_clears_its_finding(codes: list[str], spec: str, expected: str) -> None:
    code, *offered = expected.splitlines()
    advised = Advised(spec, codes)
    found = advised.find(code)
    taken = advised.taken(found)
    assert [words for words, _ in taken] == offered, found.help
    before = Counter(d.code for d in advised.findings) - Counter([code])
    for words, after in taken:
        assert not Counter(d.code for d in after) - before, (words, [f"{d.code} {d.message}" for d in after])
