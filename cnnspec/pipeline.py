"""The way through the house, on one page: text → tree → networks → facts → diagnostics.

source ──parse──▶ tree ──elaborate──▶ graphs ──Facts──▶ figures ──rules──▶ diagnostics
"""

from __future__ import annotations

from functools import partial

from cnnspec.base.diagnostic import ERROR, INFO, Diagnostic
from cnnspec.base.gc_pause import Uncollected
from cnnspec.base.limits import MAX_LAYERS
from cnnspec.base.reading import read
from cnnspec.base.record import Record
from cnnspec.base.source import Source
from cnnspec.elaborate import elaborate
from cnnspec.elaborate.size_probe import Trial
from cnnspec.facts.facts import Facts
from cnnspec.lint import rules
from cnnspec.lint.context import Context
from cnnspec.lint.ignores import Hiding
from cnnspec.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Set
    from typing import Any

    from cnnspec.elaborate.files import Read
    from cnnspec.graph import Graph, Setting
    from cnnspec.layers.base import Shape
    from cnnspec.sizes.input_sizes import InputSizes
    from cnnspec.syntax.tree import Model, Tree
    from cnnspec.train.settings import TrainSettings

    Watch = Callable[[Graph, list[Diagnostic]], None]

PROMISES = ("E020", "E021", "E030")  # broken promises and bad training settings do not keep a network from being built
SIZELESS = ("E001", "E003", "E010", "E013", "E014", "E015", "E016")  # mistakes that no input size mends


class Checked(Record):
    """One network, analysed. `diagnostics` are those of its file's text and its own, in the order of the text."""

    name: str
    source: Source
    tree: Tree
    graph: Graph
    facts: Facts
    train: dict[str, Setting]
    diagnostics: tuple[Diagnostic, ...]
    item: Model | None

    @property
    def broken(self) -> bool:
        """Whether something is wrong that keeps it from being compiled."""
        return bool(self.graph.assumptions) or any(prevents(d) for d in self.diagnostics)

    def certain(self) -> Checked:
        """The network as far as it rests on no assumption."""
        graph = self.graph.certain()
        return self if graph is self.graph else self.replace(graph=graph, facts=Facts(graph))


def prevents(found: Diagnostic) -> bool:
    """Whether a finding keeps its network from being built; what a rule finds never does."""
    return found.severity == ERROR and found.code not in PROMISES and not rules.optional(found.code)


class Analysis(Record):
    """A file, analysed. A file of blocks alone has no networks."""

    source: Source
    tree: Tree
    networks: tuple[Checked, ...]
    diagnostics: tuple[Diagnostic, ...]


def analyse(
    source: Source, parameters: Mapping[str, Any] | None = None, model: str | None = None,
    max_layers: int = MAX_LAYERS, codes: Set[str] | None = None, read: Read = read, watch: Watch | None = None,
) -> Analysis:  # fmt: skip
    """Everything that is known about a file; of the rules, those with the given codes run, None: the default ones.

    `read` gives the sources of the files that it uses. `watch` is told of each network's findings as they are made, and
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
        settings, unfit = training(made.train)
        graph = made.graph.certain()  # nothing that rests on an assumption is found
        broken = bool(parsed.diagnostics or made.errors or made.graph.assumptions)
        context = Context(graph, made.train, broken, settings)
        told = None
        if watch is not None:
            watch(graph, hiding.shown([*made.errors, *unfit]))
            told = partial(_told, watch, graph, hiding)
        ruled = rules.check(context, codes, told)
        if settings is not None and settings.data is not None and not context.broken:
            unfit = (*unfit, *unsuited(made.graph, settings, ruled))
        own = hiding.shown([*made.errors, *unfit, *ruled])
        found += own
        diagnostics = in_order([*parsed.diagnostics, *parsed.notes, *own])
        facts = context.facts if graph is made.graph else Facts(made.graph)
        networks.append(Checked(graph.name, source, parsed, made.graph, facts, made.train, diagnostics, made.item))
    everything = bool(networks) and not parameters and model is None
    everything = everything and all(
        rules.optional(d.code) or d.severity == INFO for d in found
    )  # a mistake keeps rules from looking
    found += hiding.findings(codes, everything)
    return Analysis(source, parsed, tuple(networks), in_order(found))


def _told(watch: Watch, graph: Graph, hiding: Hiding, found: list[Diagnostic]) -> None:
    watch(graph, hiding.shown(found))


def files_of(
    network: Checked, parameters: Mapping[str, Any] | None = None, max_layers: int = MAX_LAYERS
) -> dict[str, str]:
    """The files that a network's file uses, and those that they use: path → text."""
    texts: dict[str, str] = {}

    def noted(path: str) -> Source | Diagnostic:
        found = read(path)
        if isinstance(found, Source):
            texts[path] = found.text
        return found

    elaborate(network.tree, noted, parameters, max_layers, network.item.name.text if network.item else None)
    return texts


class Resized(Record):
    """A network with other input sizes: whether it stands without error, and what its text asks of sizes."""

    graph: Graph
    legal: bool
    asks: bool  # whether the text asks for a length
    asked: frozenset[Shape]  # shapes of the tensors whose channels it asks for


def resize(network: Checked, inputs: Mapping[int, Shape]) -> Resized:
    """The network built again, its inputs (counted from 0) with the given shapes."""
    made: list[Trial] = []

    def trial(name: str, max_layers: int) -> Trial:
        made.append(Trial(name, max_layers, inputs))
        return made[-1]

    only = network.item.name.text if network.item else None
    (built,) = elaborate(network.tree, read, network.graph.parameters, MAX_LAYERS, only, trial)
    legal = not network.tree.diagnostics and not any(map(prevents, built.errors))
    asked = frozenset().union(*[builder.asked for builder in made])
    return Resized(built.graph, legal, any(builder.asks for builder in made), asked)


def input_sizes(network: Checked) -> InputSizes | None:
    """All sizes that the network's inputs may have; None where none was found, or no size could mend its text. What
    rests on an assumption is legal at none."""
    from cnnspec.sizes import input_sizes

    if network.graph.assumptions or any(d.code in SIZELESS for d in network.diagnostics):
        return None
    return input_sizes.input_sizes(network.graph, lambda inputs: resize(network, inputs))


def no_size(network: Checked) -> str:
    """Why there are no input sizes: what to say where none was found."""
    if network.broken:
        return "mend its errors first: of the input sizes that were tried, none takes them away"
    return "it is legal for no input size that was tried"


def training(train: dict[str, Setting]) -> tuple[TrainSettings | None, tuple[Diagnostic, ...]]:
    """The settings of a train section, None without one, and what is wrong with it."""
    if not train:
        return None, ()
    from cnnspec.train.settings import resolve

    return resolve(train)


def unsuited(graph: Graph, settings: TrainSettings, ruled: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Where a network and the data of its train section do not go together, beside what the rules found.

    A dense layer that acts at every position (E105) has said already why the output is a map.
    """
    from cnnspec.train.fit import unsuited as found

    output = graph.nodes[graph.outputs[0]].site.span if graph.outputs else None
    said = any(d.code == "E105" for d in ruled)
    return tuple([d for d in found(graph, settings) if not (said and d.notes and d.notes[0].span == output)])


def in_order(found: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Each diagnostic once, by file and place."""
    unique = list(dict.fromkeys(found))
    return tuple(sorted(unique, key=lambda d: (d.span.source.name, d.span.start) if d.span else ("", -1)))
