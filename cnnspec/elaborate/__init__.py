"""Tree → networks: names looked up, blocks and loops unrolled, arguments bound to layers, shapes inferred."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.limits import MAX_LAYERS
from cnnspec.base.record import Record
from cnnspec.elaborate.files import Definitions, Files
from cnnspec.elaborate.holes import Holes, bind_choices, bind_holes
from cnnspec.elaborate.network_builder import NetworkBuilder
from cnnspec.elaborate.train_section import evaluate_train_section
from cnnspec.elaborate.values import UNKNOWN, Scope, read_parameter
from cnnspec.graph import Graph
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cnnspec.elaborate.files import Read
    from cnnspec.elaborate.observer import Observer
    from cnnspec.graph import Setting
    from cnnspec.layers.base import Shape


__all__ = ("Elaborated", "elaborate", "read_parameter")
PROMISES = ("E020", "E021", "E030")  # broken promises and bad training settings do not keep a network from being built


class Elaborated(Record):
    """One network of a file: its graph, the evaluated train section, and what is wrong with either."""

    graph: Graph
    train: dict[str, Setting]
    errors: tuple[Diagnostic, ...]
    item: tree.Model | None  # None when the file is the network, without a model around it

    @property
    def refused(self) -> bool:
        """Whether an error keeps the network from being built."""
        return any(d.severity == ERROR and d.code not in PROMISES for d in self.errors)


NETWORK_ITEMS = (tree.Input, tree.Output, tree.Shared, tree.Loop, tree.Branch, tree.Budget, tree.Step)


def elaborate(
    parsed: tree.Tree, read: Read, parameters: Mapping[str, Any] | None = None, max_layers: int = MAX_LAYERS,
    only: str | None = None, observer: Observer | None = None, shapes: Mapping[int, Shape] | None = None,
) -> tuple[Elaborated, ...]:  # fmt: skip
    """Every network of a file, or the model called `only`; none for a file of blocks alone.

    `parameters` replace the defaults of the models' parameters, and fill holes: {"width": 64, "?a": 16}. A parameter that no
    model has is a KeyError.
    `observer` is told what happens; `shapes` are those of inputs, counted from 0, in place of what the text gives them.
    """
    holes = Holes(parsed, parameters or {})
    first = NetworkBuilder(parsed.source.stem, max_layers, observer, shapes, holes)
    definitions = Files(read, first.building).define(parsed)
    models = [m for m in definitions.models if only is None or m.name.text == only]
    if parameters:
        known = {p.name.text for m in models for p in m.parameters} | {*holes.by_name}
        for name in parameters:
            if name not in known:
                has = f"it has {', '.join(sorted(known))}" if known else "it has none"
                raise KeyError(f'no model has a parameter "{name}"', has + write_suggestion(name, known))
    if not definitions.models:
        return _whole_file(first, definitions, holes)
    beside = next((item for item in parsed.body.items if isinstance(item, NETWORK_ITEMS)), None)
    if beside is not None and not any(isinstance(item, tree.Bad) for item in parsed.body.items):
        message = "a step beside a model belongs to none"
        first.report.error("E012", beside, definitions.scope, message, "move it into the model's braces")
    for item in parsed.body.items:
        if isinstance(item, tree.Assign):
            first.bodies.assign(item, definitions.scope, None)
    train = evaluate_train_section(first, definitions)
    builders = [NetworkBuilder(model.name.text, max_layers, observer, shapes, holes) for model in models]
    for builder in builders[:1]:  # what is wrong with the file itself is told with its first model
        builder.building.continue_from(first.building)
        builder.graph.bindings.update(first.graph.bindings)
    for builder in builders:
        builder.graph.assumptions += first.graph.assumptions
    graphs = [_model(b, model, definitions.scope, holes) for b, model in zip(builders, models, strict=True)]
    for builder in builders[:1]:
        first.building.continue_from(builder.building)
    first.bodies.report_never_run(definitions.scope)
    return tuple(
        [
            Elaborated(graph, train, tuple(builder.report.errors), model)
            for graph, builder, model in zip(graphs, builders, models, strict=True)
        ]
    )


def _whole_file(builder: NetworkBuilder, definitions: Definitions, holes: Holes) -> tuple[Elaborated, ...]:
    items = definitions.parsed.body.items
    if not any(isinstance(item, NETWORK_ITEMS) for item in items):
        for item in items:
            if isinstance(item, tree.Assign):
                builder.bodies.assign(item, definitions.scope, None)
        builder.bodies.report_never_run(definitions.scope)
        bindings = [binding.site.node for binding in builder.graph.bindings.values()]
        if bindings and not any(isinstance(item, (tree.Block, tree.Bad)) for item in items):
            # others can use blocks alone, so that this is no library
            builder.report.error(
                "E016", bindings[0], definitions.scope, "this file names layers, and has neither an input nor a block",
                "begin with, for example, input 28x28x1",
            )  # fmt: skip
        if not builder.report.errors:
            return ()
    bind_holes(builder, holes, None, definitions.scope)
    graph = builder.build(definitions.parsed.body, definitions.scope)
    bind_choices(builder, holes, None, definitions.scope)
    if not graph.inputs and not builder.report.errors and not definitions.parsed.diagnostics:
        first = next(item for item in items if isinstance(item, NETWORK_ITEMS))
        builder.report.error(
            "E016", first, definitions.scope, "this network has no input", "begin with, for example, input 28x28x1"
        )
    train = evaluate_train_section(builder, definitions)
    builder.bodies.report_never_run(definitions.scope)
    return (Elaborated(graph, train, tuple(builder.report.errors), None),)


def _model(builder: NetworkBuilder, model: tree.Model, outer: Scope, holes: Holes) -> Graph:
    scope, parameters = outer.inner(), holes.given
    bind_choices(builder, holes, model, outer)
    for parameter in model.parameters:
        name = parameter.name.text
        if name in parameters:
            value = parameters[name]
        elif parameter.default is not None:
            value = builder.evaluator.evaluate(parameter.default, scope, None)
        else:
            builder.report.error(
                "E011",
                parameter,
                scope,
                f"the model's parameter {name} has no value",
                f"give it a default, or --set {name}=…",
            )
            value = UNKNOWN
        builder.graph.parameters[name] = value
        scope.bind(name, value, builder.assumptions.take_doubt())
    bind_holes(builder, holes, model, scope)
    graph = builder.build(model.body, scope)
    if not graph.inputs and not builder.report.errors and not builder.inputs.unread:
        builder.report.error(
            "E016",
            model.name,
            scope,
            f"the model {model.name.text} has no input",
            "begin with, for example, input 28x28x1",
        )
    return graph
