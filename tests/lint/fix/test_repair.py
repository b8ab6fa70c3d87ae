"""Repairs: cases as data in cases/*.md, and what holds for any file: they clear, bring nothing, and come to an end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.diagnostic import Repair
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.format import print_tree
from cnnspec.lint import rules
from cnnspec.lint.fix.behaviour import same_behaviour
from cnnspec.lint.fix.judge import count_by_code
from cnnspec.lint.fix.mending import Mended, mend
from cnnspec.lint.fix.project import Project, apply_edits
from cnnspec.lint.fix.search import Search
from cnnspec.lint.index import FIXES, REFUSALS
from cnnspec.lint.rules import prevents
from cnnspec.pipeline import Analysis, analyse
from tests.example_files import EXAMPLES, FILES, TRIED
from tests.lint.planted import faulty
from tests.lint.rule_files import MADE_SAFELY, RULE_FILES, WITH_FIX
from tests.lint.test_rules import example
from tests.strategies import trees
from tests.support import cases, sample

FOLDER = Path(__file__).parent / "cases"
SPEC = re.compile(r"^```cnn[^\n]*\n(.*?)^```", re.M | re.S)
CASE = re.compile(r"^## (.+?)\n+```cnn([ A-Z0-9]*)\n(.*?)^```\n+```\n(.*?)^```\n+```cnn\n(.*?)^```", re.M | re.S)


def read_cases(name: str) -> list[object]:
    text = (FOLDER / name).read_text(encoding="utf-8")
    found = CASE.findall(text)
    assert len(found) == len(re.findall("^## ", text, re.M)), f"a case of {name} is not of the form"
    return [pytest.param(codes.split(), *rest, id=title) for title, codes, *rest in found]


def project(text: str, codes: Sequence[str] = (), name: str = "/nowhere/net.cnn") -> Project:
    """One file, with the default rules and some more."""
    chosen = rules.default_codes() | set(codes) if codes else None
    return Project(
        [Source(name, text)], lambda source, read, watch=None: analyse(source, codes=chosen, read=read, watch=watch)
    )


def text_of(made: Project) -> str:
    (source,) = made.sources.values()
    return source.text


def analysis_of(made: Project) -> Analysis:
    (path,) = made.sources
    return made.analysis(path)


def mended(text: str, codes: Sequence[str] = (), unsafe: bool = False) -> Mended:
    found = mend(project(text, codes), unsafe)
    assert not found.why, (found.why, text)
    return found


def line(code: str, repair: Repair) -> str:
    return f"{code} {'safe' if repair.safe else 'unsafe'}: {repair.message}; {repair.cost}"


def ranked(text: str, codes: Sequence[str]) -> list[str]:
    """The repairs of every finding of a text, in their order."""
    made = project(text, codes)
    (path,) = made.sources
    return [
        line(found.code, tried.repair)
        for found in made.analysis(path).diagnostics
        for tried in Search(made).find_repairs(path, found, unsafe=True)
    ]


# ---- the cases ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("codes", "before", "done", "after"), read_cases("safe.md"))
def test_safe(codes: list[str], before: str, done: str, after: str) -> None:
    found = mended(before, codes)
    assert "".join(f"{line(d.code, repair)}\n" for d, repair in found.done) == done
    assert text_of(found.project) == after
    assert not mended(after, codes).done


@pytest.mark.parametrize(("codes", "before", "shown", "after"), read_cases("unsafe.md"))
def test_unsafe(codes: list[str], before: str, shown: str, after: str) -> None:
    assert "".join(f"{found}\n" for found in ranked(before, codes)) == shown
    found = mended(before, codes, unsafe=True)
    assert text_of(found.project) == after
    assert not mended(after, codes, unsafe=True).done


@pytest.mark.parametrize("rule", WITH_FIX, ids=lambda r: r.CODE)
def test_the_bad_page_is_mended(rule: object) -> None:
    """Every repair that a rule's page has clears it; one of a safe rule is safe."""
    code = rule.CODE  # type: ignore[attr-defined]
    bad = project(example(rule, "Bad"), [code])  # type: ignore[arg-type]
    (path,) = bad.sources
    (found,) = bad.analysis(path).diagnostics
    made = Search(bad).find_repairs(path, found, unsafe=True)
    assert made
    assert made[0].repair.safe == (code in MADE_SAFELY)
    for tried in made:
        assert text_of(tried.project) == apply_edits(text_of(bad), tried.repair.edits) != text_of(bad)
        assert analysis_of(tried.project).diagnostics == (), tried.repair
        assert tried.repair.cost


def test_a_refusal_of_the_language_with_repairs_has_a_case() -> None:
    shown = (FOLDER / "unsafe.md").read_text(encoding="utf-8")
    for code in FIXES.keys() & REFUSALS:
        assert re.search(rf"^{code} unsafe: ", shown, re.M), code


def test_every_fix_says_what_it_writes() -> None:
    for code in FIXES:
        assert (rules.module_of(code).fix.__doc__ or "").strip(), code


# ---- the networks people know --------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["resnet50_keras", "zoo/ResNet50"])
def test_the_biases_of_resnet50(name: str) -> None:
    """All 53 go: 26,560 parameters, and nothing else changes."""
    source = read(str(EXAMPLES / f"{name}.cnn"))
    assert isinstance(source, Source)
    before = project(source.text)
    found = mend(before, unsafe=False)
    ((diagnostic, repair),) = found.done
    assert (diagnostic.code, repair.safe) == ("T407", True)
    assert repair.cost == "-26,560 parameters, MACs and receptive field unchanged; trained weights no longer fit"
    (old,), (new,) = analysis_of(before).networks, analysis_of(found.project).networks
    assert old.facts.total.parameters == 25_636_712
    assert new.facts.total.parameters == 25_636_712 - 26_560
    assert new.facts.total.macs == old.facts.total.macs
    assert [n.shape for n in new.graph.nodes] == [n.shape for n in old.graph.nodes]
    changed = [(a.layer, b.layer) for a, b in zip(old.graph.nodes, new.graph.nodes, strict=True) if a.layer != b.layer]
    assert len(changed) == 53
    assert all(a is not None and a.replace(bias=False) == b for a, b in changed)
    assert [d.code for d in analysis_of(found.project).diagnostics] == ["W202"]


@pytest.mark.parametrize("path", TRIED, ids=lambda p: p.stem)
def test_examples_are_mended_without_harm(path: Path) -> None:
    source = read(str(path))
    assert isinstance(source, Source)
    unharmed(source.text, unsafe=False)
    if path.parent.name != "zoo":
        unharmed(source.text, unsafe=True)


CHECKED = sorted(
    {
        spec
        for path in (Path(__file__).parents[1] / "cases").glob("*.md")
        for spec in SPEC.findall(path.read_text(encoding="utf-8"))
    }
)


@pytest.mark.parametrize("part", sample(range(8), range(1, 8, 2)))
def test_what_check_finds_is_mended_by_all_rules_together(part: int) -> None:
    """The specs of tests/lint/cases, which have every finding: nothing fails, and a second run has nothing to do."""
    every = [rule.CODE for rule in RULE_FILES]
    done = 0
    for spec in CHECKED[part::8]:
        found = mended(spec, every, unsafe=True)
        done += len(found.done)
        assert not mended(text_of(found.project), every, unsafe=True).done, spec
    assert done


# ---- any file ----------------------------------------------------------------------------------------------
def unharmed(text: str, unsafe: bool) -> Mended:
    """A text mended: nothing new is found, a second run changes nothing, and safe repairs keep the network."""
    before = project(text)
    old = analysis_of(before)
    found = mend(before, unsafe)
    new = analysis_of(found.project)
    assert not found.why, (found.why, text)
    if old.tree.diagnostics:
        assert text_of(found.project) == text
        return found
    assert not new.tree.diagnostics
    was, now = count_by_code(old.diagnostics), count_by_code(new.diagnostics)
    assert sum(map(prevents, new.diagnostics)) <= sum(map(prevents, old.diagnostics))
    if not any(map(prevents, old.diagnostics)):
        assert all(now[code][0] <= was[code][0] for code in now), text
        assert (now == was) == (not found.done)
    if not unsafe:
        for a, b in zip(old.networks, new.networks, strict=True):
            assert same_behaviour(a.graph, b.graph)
    again = mend(project(text_of(found.project)), unsafe)
    assert not again.done, (text, text_of(found.project), again.done)
    return found


@cases(0.5)
@given(st.integers(0, 2**32), st.booleans())
def test_a_network_with_faults_is_mended(seed: int, unsafe: bool) -> None:
    unharmed(faulty(Random(seed)), unsafe)


@cases(0.5)
@given(trees(), st.booleans())
def test_any_text_that_can_be_read_is_left_readable(tree: object, unsafe: bool) -> None:
    unharmed(print_tree(tree), unsafe)  # type: ignore[arg-type]


@cases(0.5)
@given(st.sampled_from(FILES), st.data())
def test_a_damaged_file_is_no_worse_afterwards(path: Path, data: st.DataObject) -> None:
    text = path.read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text) - 1))
    stop = data.draw(st.integers(start, min(len(text), start + 12)))
    unharmed(
        text[:start] + data.draw(st.sampled_from(["", "0", "(", " -> ", "1x1", "}", "relu"])) + text[stop:], unsafe=True
    )
