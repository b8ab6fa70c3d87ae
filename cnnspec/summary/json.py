"""The summary as JSON, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning."""

from __future__ import annotations

from cnnspec.facts.facts import CONVENTIONS
from cnnspec.summary.total_data import total_data
from cnnspec.tables.assumed import assumed_flag, assumption_data
from cnnspec.tables.data import layer_data, shape_data

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.graph import Node
    from cnnspec.network import AnalysedNetwork
    from cnnspec.summary.summary import Summary

SCHEMA_VERSION = 1


def write_data(network: AnalysedNetwork, summary: Summary) -> dict[str, Any]:
    """The documented fields. Shapes are without the batch; lists have one entry an axis; unknown figures are None."""
    graph = network.graph
    return {
        "schema_version": SCHEMA_VERSION,
        "model": network.name,
        "file": network.source.name,
        "inputs": [tensor_data(graph.nodes[i]) for i in graph.inputs],
        "layers": [layer_data(row) for row in summary.layers],
        "outputs": [tensor_data(graph.nodes[i], graph.ends_assumed) for i in graph.outputs],
        "totals": total_data(summary.totals),
        **assumption_data(network),
        "conventions": CONVENTIONS,
    }


def tensor_data(node: Node, assumed_end: bool = False) -> dict[str, Any]:
    """An input or an output of the network."""
    return {"name": node.name, "shape": shape_data(node.shape), **assumed_flag(node.assumed or assumed_end)}
