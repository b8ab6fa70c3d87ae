"""Layers that are well defined and that Keras cannot compute: a warning to most, an error to who makes a Keras model."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.elaborate.argument_binder import given_arguments
from cnnspec.elaborate.report import trail
from cnnspec.facts.facts import find_keras_problems
from cnnspec.lint.finding import indices, name_layers
from cnnspec.syntax.tree import Call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.base.diagnostic import Problem
    from cnnspec.base.source import Span
    from cnnspec.facts.facts import Facts
    from cnnspec.graph import Node
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext


def find_keras_limits(facts: Facts, code: str = "", severity: str = ERROR) -> Iterator[Diagnostic]:
    """A finding for each place in the text, and thing that Keras cannot do there; "" is every code."""
    found: dict[tuple[Span, Problem], list[Node]] = {}
    for node, problem in zip(facts.graph.nodes, find_keras_problems(facts), strict=True):
        if problem is not None and code in ("", problem.code):
            found.setdefault((find_argument(node, problem.argument), problem), []).append(node)
    for (span, problem), nodes in found.items():
        message = f"{name_layers(nodes)}: {problem.message}"
        sites = [node.site for node in nodes]
        yield Diagnostic(problem.code, message, span, problem.help, trail(*sites), severity, indices(nodes))


def refuse_keras_limits(facts: Facts, found: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings of a network that is to become a Keras model: what Keras cannot compute is an error there."""
    limits = {(limit.code, limit.span): limit for limit in find_keras_limits(facts)}
    told = [d.replace(severity=ERROR) if limits.pop((d.code, d.span), None) else d for d in found]
    return (*told, *limits.values())


def leave_out_keras_limits(facts: Facts, found: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings of a network that is to become something else than a Keras model."""
    limits = {(limit.code, limit.span) for limit in find_keras_limits(facts)}
    return tuple([d for d in found if (d.code, d.span) not in limits])


def find_argument(node: Node, name: str) -> Span:
    """Where an argument of a layer stands, with or without its name; the layer, where it is not written."""
    call, span = node.site.node, node.site.span
    if node.layer is not None and isinstance(call, Call):
        argument = given_arguments(call, node.layer).get(name)
        if argument is not None:
            return span.replace(start=argument.start, end=argument.end)
    return span


def propose_for_limit(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """What a layer that Keras cannot compute knows to say instead."""
    from cnnspec.lint.fix.arguments import propose_remedies

    for node in repair.nodes(found)[:1]:
        problem = find_keras_problems(repair.context.facts)[node.index]
        if problem is not None:
            yield from propose_remedies(repair, node, problem.remedies)
