"""Misspelt words that were taken for known ones: what rests on that, as a sentence for people and as fields for scripts.

A table gets one more column, in which `assumed` stands beside each layer whose figures rest on such a word. Without any
such word, nothing is added.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.graph import Assumption
    from cnnspec.network import AnalysedNetwork

HEADING, MARK = "Assumed", "assumed"
MOST = 6  # assumptions that a sentence names


def needs_column(network: AnalysedNetwork) -> bool:
    """Whether the figures of some layer rest on an assumption, so that a table needs the column."""
    return any([node.assumed for node in network.graph.nodes])


def write_assumptions(network: AnalysedNetwork, rests: str = "the totals rest", whole: bool | None = None) -> list[str]:
    """ "Assumed: conv for cnov (line 2), f for ff (blocks.cnn, line 1); the totals rest on that": a line, or none.

    `whole`: whether `rests` is true; None: it speaks of the whole network, whose graph knows.
    """
    graph = network.graph
    whole = graph.assumed if whole is None else whole
    if not needs_column(network) and not whole:
        return []
    named = [f"{made.taken} for {made.written} ({show_place(network, made)})" for made in graph.assumptions[:MOST]]
    more = len(graph.assumptions) - MOST
    named += [f"{more} more"] * (more > 0)
    return [f"Assumed: {', '.join(named)}" + (f"; {rests} on that" if whole else "")]


def show_place(network: AnalysedNetwork, made: Assumption) -> str:
    """The line in which a misspelt word stands, and the file where that is another."""
    source = made.span.source
    line = f"line {source.position(made.span.start)[0]}"
    return line if source.name == network.source.name else f"{source.name}, {line}"


def assumption_data(network: AnalysedNetwork) -> dict[str, Any]:
    """The fields of a network's JSON: every assumption, and whether the totals rest on one."""
    made = [
        {
            "file": one.span.source.name,
            "line": one.span.source.position(one.span.start)[0],
            "written": one.written,
            "taken": one.taken,
        }
        for one in network.graph.assumptions
    ]
    return {"assumptions": made, **assumed_flag(network.graph.assumed)} if made else {}


def assumed_flag(assumed: bool) -> dict[str, Any]:
    """The field `assumed`, for what rests on an assumption; no field for the rest."""
    return {"assumed": True} if assumed else {}
