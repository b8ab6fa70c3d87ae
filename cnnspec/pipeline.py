"""The way through the house, on one page: text → tree → networks → facts → diagnostics.

source ──parse──▶ tree ──elaborate──▶ ┐
Python source ───────python_source──▶ ┤
model file ────────model_files──────▶ ┴ graphs ──Facts──▶ figures ──rules──▶ diagnostics
"""

from __future__ import annotations

from functools import partial

from cnnspec.analysis import Analysis as Analysis
from cnnspec.analysis import BlockAnalysis as BlockAnalysis
from cnnspec.analysis import PythonAnalysis as PythonAnalysis
from cnnspec.analysis import list_models as list_models
from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.base.diagnostic import sort_diagnostics as sort_diagnostics
from cnnspec.base.gc_pause import Uncollected
from cnnspec.base.limits import MAX_LAYERS
from cnnspec.base.source import Source, WrittenSpec
from cnnspec.base.source_files import read
from cnnspec.elaborate import elaborate
from cnnspec.facts.facts import Facts
from cnnspec.lint import rules
from cnnspec.lint.context import Context
from cnnspec.lint.ignores import Hiding, read_spec
from cnnspec.network import AnalysedBlock, AnalysedNetwork
from cnnspec.syntax.parse import parse
from cnnspec.train.network_settings import read_train_section as read_train_section

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence, Set
    from typing import Any

    import torch

    from cnnspec.elaborate import Elaborated
    from cnnspec.elaborate.block_calls import BlockQuestion
    from cnnspec.elaborate.files import Read
    from cnnspec.graph import Graph
    from cnnspec.layers.base import Shape
    from cnnspec.syntax.tree import Tree
    from cnnspec.train.settings import TrainSettings

    Watch = Callable[[Graph, list[Diagnostic]], None]


def analyse(
    source: Source, parameters: Mapping[str, Any] | None = None, model: str | None = None,
    max_layers: int = MAX_LAYERS, codes: Set[str] | None = None, read: Read = read, watch: Watch | None = None,
    before: Tree | None = None, call: str = "", installed: bool = False,
) -> Analysis:  # fmt: skip
    """Everything that is known about a file; of the rules, those with the given codes run, None: the default ones.

    `before` is the tree of an earlier text of the file, of which its own is then made. `read` gives the sources of the files that it uses. `watch` is called with each network's findings as they are made, and
    may end the analysis by raising. Of a Python source `call` is a call of one of its functions, whose model alone is then
    asked for, and `installed` has keras.applications read out of the installed Keras. Raises KeyError for a parameter that no model has.
    """
    with Uncollected():
        if source.is_python:
            return _analyse_python(source, parameters, model, max_layers, codes, read, watch, call, installed)
        return analyse_tree(parse(source, before), parameters, model, max_layers, codes, read, watch)


def analyse_tree(
    parsed: Tree, parameters: Mapping[str, Any] | None = None, model: str | None = None, max_layers: int = MAX_LAYERS,
    codes: Set[str] | None = None, read: Read = read, watch: Watch | None = None,
    shapes: Mapping[int, Shape] | None = None,
) -> Analysis:  # fmt: skip
    """The same of a spec whose text has been read. `shapes` are those of inputs, counted from 0, in place of what it says."""
    found = [*parsed.diagnostics, *parsed.notes]
    hiding = Hiding([read_spec(parsed)])
    networks = []
    for made in elaborate(parsed, read, parameters, max_layers, model, shapes=shapes):
        network, own = _analyse_network(made, parsed, hiding, codes, watch)
        networks.append(network)
        found += own
    everything = bool(networks) and not parameters and model is None
    found += hiding.findings(codes, everything and not any(map(rules.keeps_from_looking, found)))
    return Analysis(parsed.source, parsed, tuple(networks), sort_diagnostics(found))


def _analyse_network(
    made: Elaborated, parsed: Tree, hiding: Hiding, codes: Set[str] | None, watch: Watch | None = None
) -> tuple[AnalysedNetwork, list[Diagnostic]]:
    """A network with its facts, and what is found in it alone."""
    graph = made.graph.certain()  # nothing that rests on an assumption is found
    settings, unfit = read_train_section(made.train, graph)
    broken = bool(parsed.diagnostics or made.errors or made.graph.assumptions)
    context = Context(graph, made.train, broken, settings)
    watching = None
    if watch is not None:
        watch(graph, hiding.visible([*made.errors, *unfit]))
        watching = partial(hiding.show, watch, graph)
    ruled = rules.check(context, codes, watching)
    if settings is not None and (settings.data or settings.freeze or settings.learning_rates) and not context.broken:
        unfit = (*unfit, *find_data_mismatches(made.graph, settings, ruled))
    own = hiding.visible([*made.errors, *unfit, *ruled])
    diagnostics = sort_diagnostics([*parsed.diagnostics, *parsed.notes, *own])
    facts = context.facts if graph is made.graph else Facts(made.graph)
    broken = bool(made.graph.assumptions) or any(rules.prevents(d) for d in diagnostics)
    network = AnalysedNetwork(
        graph.name, parsed.source, parsed, made.graph, facts, made.train, diagnostics, made.item, broken, settings
    )
    return network, own


def _analyse_python(
    source: Source, parameters: Mapping[str, Any] | None, model: str | None, max_layers: int, codes: Set[str] | None,
    read: Read, watch: Watch | None, call: str, installed: bool,
) -> PythonAnalysis:  # fmt: skip
    from cnnspec.python_source import read_python
    from cnnspec.python_source.analysing import analyse_reading
    from cnnspec.python_source.choosing import refuse_parameters
    from cnnspec.syntax.tree import Body, Tree

    refuse_parameters(parameters)
    reading = read_python(source, read, call, installed)
    networks, found = analyse_reading(source, reading, model, max_layers, codes, watch, whole=not call)
    return PythonAnalysis(source, Tree(source, Body(0, 0, ()), (), ()), networks, found, reading)


def analyse_model(
    path: str, name: str = "", max_layers: int = MAX_LAYERS, codes: Set[str] | None = None
) -> Analysis:  # fmt: skip
    """Everything that is known about a model file, which has one network and no text; `name` is what messages call it,
    "": its path. Rules run as for `analyse`, but none by default about a framework that it is not made for. Raises ModelRefused."""
    from cnnspec.lint.selection import Selection
    from cnnspec.model_files import ModelRefused, find_foreign_targets, read_named_graph

    with Uncollected():
        graph = read_named_graph(path, name or path)
        if len(graph.nodes) > max_layers:
            raise ModelRefused(f"{path} has {len(graph.nodes):,} layers, more than the {max_layers:,} that are allowed")
        if codes is None:
            codes = Selection().codes(find_foreign_targets(path))
        return _analyse_graph(graph, name or path, codes)


def analyse_torch_module(module: torch.nn.Module, shapes: Sequence[tuple[int, ...]]) -> Analysis:
    """The same of a live torch module, for inputs of these shapes without the batch. Raises as `convert_torch_module` does."""
    from cnnspec.lint.selection import Selection
    from cnnspec.model_files import convert_torch_module, name_graph

    with Uncollected():
        name = f"<{type(module).__name__}>"
        graph = name_graph(convert_torch_module(module, shapes), name)
        return _analyse_graph(graph, name, Selection().codes(("keras",)))


def _analyse_graph(graph: Graph, name: str, codes: Set[str] | None) -> Analysis:
    from cnnspec.syntax.tree import Body, Tree

    source = Source(name, "")
    context = Context(graph, {})
    found = sort_diagnostics(rules.check(context, codes))
    tree = Tree(source, Body(0, 0, ()), (), ())
    network = AnalysedNetwork(graph.name, source, tree, graph, context.facts, {}, found, None, broken=False)
    return Analysis(source, tree, (network,), found)


def rewrite_model(network: AnalysedNetwork, name: str = "", keep_names: bool = False) -> AnalysedNetwork:
    """The network of a model file as that of the spec that `import` writes of it; `name` is what that is called, "": as the
    model. With `keep_names` every layer keeps its name. Raises spec_writer's Unfaithful."""
    from cnnspec.model_files import forget_names
    from cnnspec.spec_writer import to_text

    (written,) = analyse(
        WrittenSpec(name or network.source.name, to_text(forget_names(network.graph), keep_names))
    ).networks
    return written


def analyse_blocks(
    source: Source, question: BlockQuestion, max_layers: int = MAX_LAYERS, codes: Set[str] | None = None,
    read: Read = read,
) -> BlockAnalysis:  # fmt: skip
    """The blocks of a file as networks, each called on what the question gives. KeyError for names that it does not have."""
    from cnnspec.elaborate.block_calls import call_blocks

    with Uncollected():
        parsed = parse(source)
        hiding = Hiding([read_spec(parsed)])
        called = call_blocks(parsed, read, question, max_layers)
        about_file = [*parsed.diagnostics, *parsed.notes, *hiding.visible([*called.errors])]
        found = {_name_mistake(diagnostic): diagnostic for diagnostic in about_file}
        blocks = []
        for call in called.blocks:
            network, own = None, [*call.refused]
            if call.network is not None:
                network, own = _analyse_network(call.network, parsed, hiding, codes)
                own = [call.locate(diagnostic) for diagnostic in own]
                network = network.replace(diagnostics=sort_diagnostics([*about_file, *own]))
            for diagnostic in own:  # one that several blocks lead to is told with the first
                found.setdefault(_name_mistake(diagnostic), diagnostic)
            own += [d for d in about_file if d.span and call.holds(d.span)]
            blocks.append(AnalysedBlock(call, network, sort_diagnostics(own)))
        networks = tuple([block.network for block in blocks if block.network])
        return BlockAnalysis(source, parsed, networks, sort_diagnostics([*found.values()]), tuple(blocks))


def _name_mistake(found: Diagnostic) -> tuple[Any, ...]:
    """What two findings of the same mistake agree in; those of rules differ in their counts of layers."""
    return found.code, found.span, found.message if found.severity == ERROR else ""


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


def find_data_mismatches(graph: Graph, settings: TrainSettings, ruled: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Where a network and the data of its train section do not go together, beside what the rules found.

    A dense layer that acts at every position (E105) has said already why the output is a map.
    """
    from cnnspec.train.data_check import find_mismatches

    output = graph.nodes[graph.outputs[0]].site.span if graph.outputs else None
    said = any(d.code == "E105" for d in ruled)
    return tuple([d for d in find_mismatches(graph, settings) if not (said and d.notes and d.notes[0].span == output)])
