"""Help and fixes say the same: what a help proposes for one network alone is what was found to mend it.

Help of a finding that has a fix is printed from its repairs, by the OFFER in its rule's file, or it is one constant text
of that file: general advice. Where no repair was found, a help that is printed from repairs is its rule's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnspec.base.diagnostic import Diagnostic, Repair
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.lint import ignores, rules
from cnnspec.lint.fix.offers import ALL, offer_repairs, write_help
from cnnspec.lint.index import FIXES, OFFERS
from cnnspec.pipeline import Analysis, analyse
from tests.example_files import TRIED

LINT = Path(__file__).parents[1]
SPEC = re.compile(r"^```cnn([ A-Z0-9]*)\n(.*?)^```", re.M | re.S)
FILES = sorted(LINT.rglob("*.md"))
FOLDERS = sorted({path.parent for path in TRIED})


def find_shown(text: str, name: str, codes: list[str]) -> tuple[Diagnostic, ...]:
    """The findings of a text as they are shown, by default and of some rules more."""
    chosen = rules.default_codes() | {*codes}

    def again(source: Source, used: Any = read, watch: Any = None) -> Analysis:
        return analyse(source, codes=chosen, read=used, watch=watch)

    analysis = again(Source(name, text))
    return offer_repairs(analysis.diagnostics, analysis, again, ALL)


def find_constants(code: str) -> set[str]:
    """The texts that stand in a rule's file as they are."""
    files = (vars(rules.module_of(code)), vars(ignores))
    return {v for file in files for name, v in file.items() if name.isupper() and isinstance(v, str) and " " in v}


def find_mistakes(found: tuple[Diagnostic, ...]) -> Iterator[tuple[str, str, list[str]]]:
    """Findings whose help and repairs differ."""
    for one in found:
        messages = [repair.message for repair in one.repairs]
        if one.code not in FIXES or not messages and one.code in OFFERS:
            continue
        if (
            one.help != write_help(OFFERS[one.code], one.repairs)
            if one.code in OFFERS
            else one.help not in find_constants(one.code)
        ):
            yield one.code, one.help, messages


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_help_is_printed_from_repairs_or_is_general(path: Path) -> None:
    for codes, text in dict.fromkeys(SPEC.findall(path.read_text(encoding="utf-8"))):
        assert not list(find_mistakes(find_shown(text, "/nowhere/net.cnn", codes.split()))), text


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_so_is_that_of_examples(folder: Path) -> None:
    for path in [path for path in TRIED if path.parent == folder]:
        assert not list(find_mistakes(find_shown(path.read_text(encoding="utf-8"), str(path), []))), path


def test_an_offer_has_one_place_for_its_repairs() -> None:
    assert [code for code, offer in OFFERS.items() if offer.count("{}") != 1] == []
    assert OFFERS.keys() <= FIXES.keys()


SENTENCES = [
    ("{}", ["drop a"], "drop a"),
    ("{}", ["drop a", "drop b"], "drop a, or drop b"),
    ("{}", ["drop a", "drop b", "drop c"], "drop a, drop b, or drop c"),
    ("{}", ["write a=1, b=2", "drop c"], "write a=1, b=2; or drop c"),
    ("{}, or raise batch", ["drop a"], "drop a, or raise batch"),
    ("{}, or raise batch", ["drop a", "drop b"], "drop a, drop b, or raise batch"),
    ("{}, or raise batch", ["put a before b, and c there"], "put a before b, and c there; or raise batch"),
    ("{}, less dilation, or more input", ["drop a", "drop b"], "drop a, drop b, less dilation, or more input"),
    ("{}; for a sequence name it", ["write a", "write b"], "write a, or write b; for a sequence name it"),
    ("where it is to act write {}", ["write a -> b"], "where it is to act write a -> b"),
    ("what fits: {}", ["write a=1"], "what fits: a=1"),
    ("what fits: {}", ["write a=1", "input 3x3"], "what fits: a=1; input 3x3"),
    ("what fits: {}, or b", ["write a=1"], "what fits: a=1, or b"),
    ("what fits: {}, or b", ["write a=1", "write a=2"], "what fits: a=1; a=2; or b"),
]


@pytest.mark.parametrize(("offer", "messages", "help"), SENTENCES)
def test_repairs_are_told_in_one_sentence(offer: str, messages: list[str], help: str) -> None:
    assert write_help(offer, [Repair(message, (), True, "") for message in messages]) == help
