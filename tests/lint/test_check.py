"""What `check` says: the cases of cases/*.md, each a spec and the findings that it must have, no more, no less.

A help is the one that is shown: printed from the finding's repairs, where it is so. Codes behind the word cnn stand for the rules that are asked, which need not run by default.
"""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.lint import rules
from cnnspec.lint.fix.offers import offer_repairs
from cnnspec.pipeline import Analysis, analyse
from tests.lint.rule_files import RULE_FILES
from tests.support import findings

FOLDER = Path(__file__).parent / "cases"
CASE = re.compile(r"^## (.+?)\n+```cnn([ A-Z0-9]*)\n(.*?)^```\n+```\n(.*?)^```", re.M | re.S)


def cases() -> list[tuple[str, str, str, str]]:
    found = []
    for path in sorted(FOLDER.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        matches = CASE.findall(text)
        assert len(matches) == len(re.findall("^## ", text, re.M)), f"a case of {path.name} is not of the form"
        found += [(f"{path.stem}: {title}", codes, spec, expected) for title, codes, spec, expected in matches]
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


@pytest.mark.parametrize(
    ("title", "codes", "spec", "expected"), [pytest.param(t, c, s, e, id=t) for t, c, s, e in cases()]
)
def test_case(title: str, codes: str, spec: str, expected: str) -> None:
    """What is found by default; where a title begins with a code in brackets, that rule's findings too; where codes
    stand behind the fence, those of these rules alone."""
    asked = tuple(codes.split())
    also = re.search(r": \[(\w+)\]", title)
    chosen = rules.default_codes() | {also[1]} if also else None

    def again(source: Source, used: Any = read, watch: Any = None) -> Analysis:
        return analyse(source, codes=rules.default_codes() | set(asked) if asked else chosen, read=used, watch=watch)

    found = findings(spec, asked) if asked else again(Source("case.cnn", spec)).diagnostics
    if "\nhelp: " in expected:
        found = offer_repairs(found, again(Source("case.cnn", spec)), again)
    assert lines(found, expected) == expected.splitlines()
    for diagnostic in found:
        assert diagnostic.span is not None
        assert diagnostic.span.end >= diagnostic.span.start
        assert diagnostic.message
        assert not diagnostic.message.endswith(".")


LEAST = 3  # networks that a rule must be shown to find faulty, beside its page's


@pytest.mark.parametrize("rule", RULE_FILES, ids=lambda rule: rule.CODE)
def test_every_rule_finds_several_faulty_networks(rule: ModuleType) -> None:
    page = "".join((rule.__doc__ or "").split())
    faulty = {
        "".join(spec.split())
        for _, _, spec, expected in cases()
        if re.search(rf"^\d+:\d+ {rule.CODE} ", expected, re.M)
    }
    assert len([spec for spec in faulty if spec not in page]) >= LEAST
