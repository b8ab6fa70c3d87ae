"""What `check` says: the cases of tests/check/*.md, each a spec and the findings that it must have, no more, no less."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnnspec.diagnostic import Diagnostic
from cnnspec.pipeline import analyse
from cnnspec.rules import RULES
from cnnspec.rules.context import Context
from cnnspec.source import Source

FOLDER = Path(__file__).parent / "check"
CASE = re.compile(r"^## (.+?)\n+```cnn\n(.*?)^```\n+```\n(.*?)^```", re.M | re.S)


def cases() -> list[tuple[str, str, str]]:
    found = []
    for path in sorted(FOLDER.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        matches = CASE.findall(text)
        assert len(matches) == len(re.findall("^## ", text, re.M)), f"a case of {path.name} is not of the form"
        found += [(f"{path.stem}: {title}", spec, expected) for title, spec, expected in matches]
    return found


def lines(found: tuple[Diagnostic, ...], wanted: str) -> list[str]:
    """The findings as the cases write them, with help where the case at that place has it."""
    helped = [
        i for i, line in enumerate(w for w in wanted.splitlines() if not w.startswith("help: ")) if _helped(wanted, i)
    ]
    result = []
    for number, diagnostic in enumerate(found):
        assert diagnostic.span is not None
        row, column = diagnostic.span.source.position(diagnostic.span.start)
        result.append(f"{row}:{column} {diagnostic.code} {diagnostic.message}")
        if number in helped:
            result.append(f"help: {diagnostic.help}")
    return result


def _helped(wanted: str, number: int) -> bool:
    count = -1
    for line in wanted.splitlines():
        if line.startswith("help: "):
            if count == number:
                return True
        else:
            count += 1
    return False


ASKED = {rule.CODE: rule for rule in RULES if not rule.DEFAULT}


@pytest.mark.parametrize(("title", "spec", "expected"), [pytest.param(t, s, e, id=t) for t, s, e in cases()])
def test_case(title: str, spec: str, expected: str) -> None:
    """What is found by default; where the title begins with a code in brackets, what that rule finds too."""
    analysis = analyse(Source("case.cnn", spec))
    found = analysis.diagnostics
    if asked := re.search(r": \[(\w+)\]", title):
        for network in analysis.networks:
            found += tuple(ASKED[asked[1]].check(Context(network.graph, network.train)))
    assert lines(found, expected) == expected.splitlines()
    for diagnostic in found:
        assert diagnostic.span is not None
        assert diagnostic.span.end >= diagnostic.span.start
        assert diagnostic.message
        assert not diagnostic.message.endswith(".")
