"""A finding on a layer that was read from no text, as from a saved model, has advice and no edits."""

from __future__ import annotations

import pytest

from cnnspec.base.source import Source
from cnnspec.graph import Graph, Site
from cnnspec.lint import rules
from cnnspec.lint.context import Context
from cnnspec.lint.fix.offers import ALL, ANY, HELP, offer_repairs
from cnnspec.lint.index import FIXES
from cnnspec.pipeline import Analysis, analyse
from tests.lint.rule_files import WITH_FIX
from tests.lint.test_rules import example


def without_text(analysis: Analysis, code: str) -> Analysis:
    """The networks of a file as they are when nobody wrote them, with what a rule finds there."""
    source = Source("model.keras", "")
    networks = []
    for network in analysis.networks:
        graph = Graph(network.name)
        graph.__dict__.update(network.graph.__dict__)
        for node in graph.nodes:
            node.site = Site(source, node.site.node, None, "")
        context = Context(graph, network.train, settings=network.settings)
        found = tuple(rules.check(context, {code}))
        networks.append(network.replace(graph=graph, source=source, diagnostics=found))
    every = tuple([found for network in networks for found in network.diagnostics])
    return analysis.replace(source=source, networks=tuple(networks), diagnostics=every)


@pytest.mark.parametrize(
    "rule", [rule for rule in WITH_FIX if rule.CODE not in ("S710", "W213", "W214", "P505")], ids=lambda rule: rule.CODE
)
@pytest.mark.parametrize("shown", [ALL, ANY, HELP])
def test_a_finding_without_text_has_advice_and_no_edits(rule: object, shown: str) -> None:
    code: str = rule.CODE  # type: ignore[attr-defined]
    text = example(rule, "Bad")  # type: ignore[arg-type]
    analysis = without_text(analyse(Source("net.cnn", text), codes=rules.default_codes() | {code}), code)
    ((before,), (after,)) = analysis.diagnostics, offer_repairs(analysis.diagnostics, analysis, never, shown)
    assert code in FIXES
    assert (after.repairs, after.help) == ((), before.help)
    assert after.help


def never(*given: object, **named: object) -> Analysis:
    raise AssertionError("nothing is tried where there is no text to change")
