"""A rule that is not imported had nothing to find: wherever a network lacks what a rule looks at, the rule is silent."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given

from cnnspec.base.source import Source
from cnnspec.format import print_tree
from cnnspec.layers import CATALOGUE
from cnnspec.lint import rules
from cnnspec.lint.context import Context
from cnnspec.lint.features import FEATURES
from cnnspec.lint.index import RULES
from cnnspec.pipeline import analyse
from tests import network_cases
from tests.example_files import TRIED
from tests.fuzz.seeds import seeds
from tests.lint.planted import faulty
from tests.lint.rule_files import RULE_FILES
from tests.lint.test_rules import example
from tests.strategies import trees
from tests.support import THOROUGH, cases

TESTS = Path(__file__).parents[1]
SPEC = re.compile(r"^```cnn[^\n]*\n(.*?)^```", re.M | re.S)
CHECKING = [rule for rule in RULE_FILES if hasattr(rule, "check")]
MADE = 100 if THOROUGH else 40  # of random networks with faults; of others twice as many
WRITTEN = sorted(
    {spec for path in TESTS.rglob("*.md") for spec in SPEC.findall(path.read_text(encoding="utf-8"))} | {*seeds()}
)


def overlooked(text: str, counts: Counter[str] | None = None, name: str = "/nowhere/net.cnn") -> list[str]:
    """The codes of rules that find something in a network without being asked; `counts` gets what the others find."""
    missed = []
    for network in analyse(Source(name, text)).networks:
        context = Context(network.graph.certain(), network.train, network.broken, network.settings)
        chosen = {*rules.choose(context, {*RULES})}
        for rule in CHECKING:
            found = [*rules.run_rule(rule, context)]
            if found and counts is not None:
                counts[rule.CODE] += 1
            if found and rule.CODE not in chosen:
                missed.append(rule.CODE)
    return missed


def nothing_overlooked(texts: Iterable[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for text in texts:
        assert not overlooked(text, counts), text
    return counts


@pytest.mark.parametrize("path", TRIED, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_examples(path: Path) -> None:
    assert not overlooked(path.read_text(encoding="utf-8"), name=str(path))


@pytest.mark.parametrize("part", range(8))
def test_every_spec_in_the_tests_and_every_seed_of_the_fuzzer(part: int) -> None:
    assert nothing_overlooked(WRITTEN[part::8])


def test_pages_and_the_examples_of_all_layers() -> None:
    pages = [example(rule, word) for rule in RULE_FILES for word in ("Bad", "Good")]
    found = nothing_overlooked([*pages, *[e for layer in CATALOGUE for e in (layer.example, *layer.more_examples)]])
    assert found.keys() == {rule.CODE for rule in CHECKING}


def test_random_networks() -> None:
    made = [
        network_cases.network(Random(seed), Random(seed).choice([*network_cases.KINDS])) for seed in range(2 * MADE)
    ]
    assert nothing_overlooked([*made, *[faulty(Random(seed)) for seed in range(MADE)]])


@cases(0.5)
@given(trees())
def test_any_text(tree: object) -> None:
    nothing_overlooked([print_tree(tree)])  # type: ignore[arg-type]


# ---- the test itself, and what it is good for ----------------------------------------------------------------
def test_a_rule_that_looks_at_too_little_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, "W201", ("a merge",))
    assert overlooked("input 7x7x3\nconv(8, 3x3, stride=3)\n") == ["W201"]


def test_every_feature_is_looked_at() -> None:
    assert {feature for needed in RULES.values() for feature in needed} == FEATURES.keys()


def test_a_small_network_is_asked_few_rules() -> None:
    (network,) = analyse(
        Source("net.cnn", "input 32x32x3\nconv(8, 3x3, padding=same) -> relu -> gap -> dense(10)\n")
    ).networks
    chosen = {*rules.choose(Context(network.graph, network.train), None)}
    assert len(chosen) <= 10
    assert not chosen & {"E021", "E112", "W201", "R303", "R307", "T405", "T410", "P507"}
