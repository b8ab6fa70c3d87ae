"""What figures rest on where misspelt words were taken for known ones: a sentence for people, fields for scripts.

A table has one column more, in which `assumed` stands beside each layer whose figures rest on that. Nothing of this is
there where nothing was assumed.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.graph import Assumption
    from cnnspec.network import AnalysedNetwork

HEADING, MARK = "Assumed", "assumed"
MOST = 6  # assumptions that a sentence names


def marks(network: AnalysedNetwork) -> bool:
    """Whether a layer's figures rest on an assumption, so that a table needs the column."""
    return any([node.assumed for node in network.graph.nodes])


def sentence(network: AnalysedNetwork, rests: str = "the totals rest", whole: bool | None = None) -> list[str]:
    """ "Assumed: conv for cnov (line 2), f for ff (blocks.cnn, line 1); the totals rest on that": a line, or none.

    `whole`: whether what is spoken of does rest on it; None where that is the whole network.
    """
    graph = network.graph
    whole = graph.assumed if whole is None else whole
    if not marks(network) and not whole:
        return []
    named = [f"{made.taken} for {made.written} ({place(network, made)})" for made in graph.assumptions[:MOST]]
    more = len(graph.assumptions) - MOST
    named += [f"{more} more"] * (more > 0)
    return [f"Assumed: {', '.join(named)}" + (f"; {rests} on that" if whole else "")]


def place(network: AnalysedNetwork, made: Assumption) -> str:
    """The line in which a misspelt word stands, and the file where that is another."""
    source = made.span.source
    line = f"line {source.position(made.span.start)[0]}"
    return line if source.name == network.source.name else f"{source.name}, {line}"


def fields(network: AnalysedNetwork) -> dict[str, Any]:
    """The fields of a network's JSON: every assumption, and whether figures of the whole rest on one."""
    made = [
        {
            "file": one.span.source.name,
            "line": one.span.source.position(one.span.start)[0],
            "written": one.written,
            "taken": one.taken,
        }
        for one in network.graph.assumptions
    ]
    return {"assumptions": made, **flag(network.graph.assumed)} if made else {}


def flag(assumed: bool) -> dict[str, Any]:
    """The field of what rests on an assumption, which nothing else has."""
    return {"assumed": True} if assumed else {}
