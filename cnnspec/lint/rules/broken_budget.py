"""E021 broken-budget: the network is over a limit that its `expect` statement sets.

Budgets hold a network to its promises while it is edited: parameters, MACs, the receptive field, memory.

Bad:

    input 28x28x1
    flatten -> dense(10)
    expect params < 5k

Good:

    input 28x28x1
    flatten -> dense(10)
    expect params < 8k
"""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.base.did_you_mean import write_question
from cnnspec.facts.graph_queries import name_stated
from cnnspec.lint.budget import (
    QUANTITIES,
    check_limit,
    find_heaviest,
    find_meant,
    is_met,
    measure,
    say_broken,
    say_unknown,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Graph
    from cnnspec.lint.budget import Figure
    from cnnspec.lint.context import Context

CODE = "E021"
SEVERITY = ERROR
DEFAULT = True
LOOKS_AT = ("a budget",)
HELP = {"lossless": "cnnspec sizes shows the input sizes that lose nothing"}


def check(context: Context) -> Iterator[Diagnostic]:
    figures: dict[str, Figure | None] = {}  # a quantity is measured once, however often it is limited
    weights: dict[str, str] = {}
    known = not context.broken or whole(context)
    for limit in context.graph.budgets:
        span = limit.site.span
        if limit.quantity not in QUANTITIES:
            named = span and span.replace(end=span.start + len(limit.quantity))  # with which a limit begins
            help = write_question(find_meant(limit.quantity)) or f"known are {', '.join(QUANTITIES)}"
            yield Diagnostic("E010", f'no quantity is called "{limit.quantity}"', named, help)
            continue
        try:
            check_limit(limit)
            asked = f"{limit.quantity} {limit.arguments}"
            if asked not in figures:
                figures[asked] = measure(limit, context.facts) if known else None
            figure = figures[asked]
        except ValueError as error:
            yield Diagnostic("E011", str(error), span)
            continue
        if figure is None and context.broken:  # the cause has been said
            continue
        if figure is None:
            yield Diagnostic("E017", say_unknown(limit.quantity), span, explain_unknown(context.graph))
            continue
        if not is_met(figure, limit):
            help = HELP.get(limit.quantity, "")
            if limit.operator in ("<", "<="):
                if limit.quantity not in weights:
                    weights[limit.quantity] = find_heaviest(limit.quantity, context.facts)
                help = weights[limit.quantity]
            yield Diagnostic(CODE, say_broken(limit, figure), span, help)


def explain_unknown(graph: Graph) -> str:
    """What to do about a quantity that is not known."""
    stated = name_stated(graph)
    return f"of {stated} only the output and the parameters are stated" if stated else "give the input a size"


def whole(context: Context) -> bool:
    """Whether the shape of all that an output depends on is known, and what the outputs are."""
    graph = context.graph
    return bool(graph.outputs) and None not in [
        shape for shape, used in zip(context.facts.shapes, graph.used(), strict=True) if used
    ]
