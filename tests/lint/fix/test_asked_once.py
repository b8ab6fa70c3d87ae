"""Work that does not grow: what layers alike say is asked once, and a repair that is refuted is not looked at to the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from cnnspec.base.source import Source
from cnnspec.facts.facts import Facts
from cnnspec.facts.receptive_field import Field, compose
from cnnspec.layers.base import Layer
from cnnspec.layers.convolution import Conv
from cnnspec.layers.window import Reach, Window
from cnnspec.lint import rules
from cnnspec.lint.fix.judge import clears
from cnnspec.lint.fix.project import Project
from cnnspec.lint.fix.search import Search
from cnnspec.lint.index import RULES
from cnnspec.network import AnalysedNetwork
from cnnspec.pipeline import analyse
from cnnspec.summary import find_summary
from cnnspec.summary.json import write_data
from tests.lint.rule_files import WITH_FIX
from tests.lint.test_rules import example

ALL = frozenset(RULES)
CONV = "conv(4, 3x3, padding=same)"
CHAINS = {
    "convolutions": lambda n: f"input 8x8x4\n{CONV} * {n}\n",
    "of unknown size": lambda n: f"input ?x?x4\n{CONV} * {n}\n",
    "with norm and activation": lambda n: f"input 8x8x4\n{{ {CONV} -> bn -> relu }} * {n}\n",
    "additions": lambda n: f"input 8x8x4\n{{ add(in, {CONV}) }} * {n}\n",
    "pools": lambda n: f"input 8x8x4\n{{ maxpool(3x3, stride=1, padding=same) }} * {n}\n",
    "a block": lambda n: f"block b(f) {{ {CONV.replace('4', 'f')} -> bn }}\ninput 8x8x4\nb(4) * {n}\n",
    "a loop": lambda n: f"input 8x8x4\nfor i in 1..{n} {{ {CONV} -> relu }}\n",
}
QUESTIONS: dict[str, Callable[[AnalysedNetwork], Any]] = {
    "rules": lambda network: None,
    "summary": lambda network: write_data(network, find_summary(network)),
    "figures": lambda network: (network.facts.macs, network.facts.parameters, network.facts.kernels),
}


def network(text: str) -> AnalysedNetwork:
    (made,) = analyse(Source("net.cnn", text), codes=ALL).networks
    assert not made.broken
    return made


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("chain", CHAINS)
def test_layers_alike_are_asked_once(chain: str, question: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times the layers, and each method of a layer is called as often as before."""
    asked: Counter[str] = Counter()

    def counting(name: str, method: Any) -> Any:
        def called(*arguments: Any, **named: Any) -> Any:
            asked[name] += 1
            return method(*arguments, **named)

        return called

    for cls, names in (
        (Conv, ("keras", "own_weights")), (Layer, ("statistics", "macs")),
        (Window, ("output", "remainder", "reach")),
    ):  # fmt: skip
        for name in names:
            if name in vars(cls):
                monkeypatch.setattr(cls, name, counting(f"{cls.__name__}.{name}", getattr(cls, name)))
    counts = []
    for n in (20, 200):
        asked.clear()
        QUESTIONS[question](network(CHAINS[chain](n)))
        counts.append(dict(asked))
    assert counts[0] == counts[1]


def test_layers_alike_are_those_of_one_layer_on_equal_shapes() -> None:
    made = network(f"input 8x8x4\n{CONV} * 3\nmaxpool(2x2)\n{CONV} * 2\n")
    facts = Facts(made.graph)
    assert facts.alike == [0, 1, 1, 1, 4, 5, 5]
    assert [node.index for node in facts.firsts] == [0, 1, 4, 5]


# ---- receptive fields --------------------------------------------------------------------------------------
@pytest.mark.parametrize("span", [(0, 0), (-3, 5), None])
@pytest.mark.parametrize(
    "reach", [Reach(), Reach(2, 1, -1, 1), Reach(1, 1, -4, 4, 4), Reach(3, 1, -2, 3, 2), Reach(1, 1, 2, 1), Reach(2, 1, None, 4)]
)  # fmt: skip
def test_a_field_without_upsampling_is_what_its_positions_see(reach: Reach, span: tuple[int, int] | None) -> None:
    """The closed form against the positions, one by one."""
    before = Field(3, (span,))
    made = compose(reach, before)
    assert made is not None
    for i in range(4):
        low = reach.low or 0
        seen = [
            s for p in range(reach.step * i + low, reach.step * i + reach.high + 1, reach.gap) if (s := before.at(p))
        ]
        assert made.at(i) == ((min(a for a, _ in seen), max(b for _, b in seen)) if seen else None)


# ---- repairs -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("rule", WITH_FIX, ids=lambda r: r.CODE)
def test_a_refuted_repair_is_no_other_for_being_ended_early(rule: Any) -> None:
    """The repairs of a rule's bad example are those that whole analyses allow."""
    text = example(rule, "Bad")

    def shown(watched: bool) -> list[tuple[str, list[Any]]]:
        def looked(source: Source, read: Any, watch: Any = None) -> Any:
            return analyse(source, codes=ALL | {rule.CODE}, read=read, watch=watch if watched else None)

        project = Project([Source("/nowhere/net.cnn", text)], looked)
        (path,) = project.sources
        found = project.analysis(path).diagnostics
        return [(d.code, [tried.repair for tried in Search(project).find_repairs(path, d, True)]) for d in found]

    assert shown(True) == shown(False)


def test_what_is_refuted_by_an_error_is_asked_no_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """A larger pool, whose branch then has another size: the merge refuses it before any rule looks."""
    text = "input 9x9x4\nconv(4, 3x3) as a\nadd(maxpool(3x3, stride=2), avgpool(3x3, stride=2))\n"
    asked: list[str] = []
    run_rule = rules.run_rule
    monkeypatch.setattr(rules, "run_rule", lambda rule, context: asked.append(rule.CODE) or run_rule(rule, context))
    project = Project(
        [Source("/nowhere/net.cnn", text)], lambda s, read, watch=None: analyse(s, codes=ALL, read=read, watch=watch)
    )
    (path,) = project.sources
    assert not [d for d in project.analysis(path).diagnostics if d.code == "E102"]
    asked.clear()
    judged = text.replace("avgpool(3x3, stride=2)", "avgpool(3x3, stride=3)")

    assert not clears("L804", project, project.with_texts({path: judged}))
    assert asked == []
