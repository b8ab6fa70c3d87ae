"""The way through the house, on one page: text → tree → networks → facts → diagnostics.

source ──parse──▶ tree ──elaborate──▶ graphs ──Facts──▶ figures ──rules──▶ diagnostics
"""

from __future__ import annotations

from functools import partial

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.base.gc_pause import Uncollected
from cnnspec.base.limits import MAX_LAYERS
from cnnspec.base.record import Record
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.elaborate import elaborate
from cnnspec.facts.facts import Facts
from cnnspec.lint import rules
from cnnspec.lint.context import Context
from cnnspec.lint.ignores import Hiding
from cnnspec.network import AnalysedNetwork
from cnnspec.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Set
    from typing import Any

    from cnnspec.elaborate.files import Read
    from cnnspec.graph import Graph, Setting
    from cnnspec.syntax.tree import Tree
    from cnnspec.train.settings import TrainSettings

    Watch = Callable[[Graph, list[Diagnostic]], None]


class Analysis(Record):
    """A file, analysed. A file of blocks alone has no networks."""

    source: Source
    tree: Tree
    networks: tuple[AnalysedNetwork, ...]
    diagnostics: tuple[Diagnostic, ...]


def analyse(
    source: Source, parameters: Mapping[str, Any] | None = None, model: str | None = None,
    max_layers: int = MAX_LAYERS, codes: Set[str] | None = None, read: Read = read, watch: Watch | None = None,
) -> Analysis:  # fmt: skip
    """Everything that is known about a file; of the rules, those with the given codes run, None: the default ones.

    `read` gives the sources of the files that it uses. `watch` is called with each network's findings as they are made, and
    may end the analysis by raising. Raises KeyError for a parameter that no model has.
    """
    with Uncollected():
        return _analysed(source, parameters, model, max_layers, codes, read, watch)


def _analysed(
    source: Source, parameters: Mapping[str, Any] | None, model: str | None, max_layers: int, codes: Set[str] | None,
    read: Read, watch: Watch | None,
) -> Analysis:  # fmt: skip
    parsed = parse(source)
    networks = []
    found = [*parsed.diagnostics, *parsed.notes]
    hiding = Hiding(parsed)
    for made in elaborate(parsed, read, parameters, max_layers, model):
        settings, unfit = read_train_section(made.train)
        graph = made.graph.certain()  # nothing that rests on an assumption is found
        broken = bool(parsed.diagnostics or made.errors or made.graph.assumptions)
        context = Context(graph, made.train, broken, settings)
        watching = None
        if watch is not None:
            watch(graph, hiding.visible([*made.errors, *unfit]))
            watching = partial(_show_visible, watch, graph, hiding)
        ruled = rules.check(context, codes, watching)
        if settings is not None and settings.data is not None and not context.broken:
            unfit = (*unfit, *find_data_mismatches(made.graph, settings, ruled))
        own = hiding.visible([*made.errors, *unfit, *ruled])
        found += own
        diagnostics = sort_diagnostics([*parsed.diagnostics, *parsed.notes, *own])
        facts = context.facts if graph is made.graph else Facts(made.graph)
        broken = bool(made.graph.assumptions) or any(rules.prevents(d) for d in diagnostics)
        networks.append(
            AnalysedNetwork(
                graph.name, source, parsed, made.graph, facts, made.train, diagnostics, made.item, broken, settings
            )
        )
    everything = bool(networks) and not parameters and model is None
    everything = everything and all(
        rules.optional(d.code) or d.severity == INFO for d in found
    )  # a mistake keeps rules from looking
    found += hiding.findings(codes, everything)
    return Analysis(source, parsed, tuple(networks), sort_diagnostics(found))


def _show_visible(watch: Watch, graph: Graph, hiding: Hiding, found: list[Diagnostic]) -> None:
    watch(graph, hiding.visible(found))


def find_used_files(
    network: AnalysedNetwork, parameters: Mapping[str, Any] | None = None, max_layers: int = MAX_LAYERS
) -> dict[str, str]:
    """The files that a network's file uses, and those that they use: path → text."""
    texts: dict[str, str] = {}

    def read_noted(path: str) -> Source | Diagnostic:
        found = read(path)
        if isinstance(found, Source):
            texts[path] = found.text
        return found

    elaborate(network.tree, read_noted, parameters, max_layers, network.item.name.text if network.item else None)
    return texts


def read_train_section(train: dict[str, Setting]) -> tuple[TrainSettings | None, tuple[Diagnostic, ...]]:
    """The settings of a train section, None without one, and what is wrong with it."""
    if not train:
        return None, ()
    from cnnspec.train.section import resolve

    return resolve(train)


def find_data_mismatches(graph: Graph, settings: TrainSettings, ruled: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Where a network and the data of its train section do not go together, beside what the rules found.

    A dense layer that acts at every position (E105) has said already why the output is a map.
    """
    from cnnspec.train.data_check import find_mismatches

    output = graph.nodes[graph.outputs[0]].site.span if graph.outputs else None
    said = any(d.code == "E105" for d in ruled)
    return tuple([d for d in find_mismatches(graph, settings) if not (said and d.notes and d.notes[0].span == output)])


def sort_diagnostics(found: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Each diagnostic once, by file and place."""
    unique = list(dict.fromkeys(found))
    return tuple(sorted(unique, key=lambda d: (d.span.source.name, d.span.start) if d.span else ("", -1)))
