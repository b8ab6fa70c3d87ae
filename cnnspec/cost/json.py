"""The cost of a network as JSON, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning."""

from __future__ import annotations

from cnnspec.cost.cost import CONVENTIONS
from cnnspec.cost.flop_conventions import CONVENTIONS as TOOLS
from cnnspec.tables.assumed import assumed_flag, assumption_data
from cnnspec.tables.data import figure_data

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.cost.cost import Cost, LayerCost
    from cnnspec.cost.memory import Memory
    from cnnspec.facts.im2col import Product
    from cnnspec.network import AnalysedNetwork

SCHEMA_VERSION = 2


def write_data(network: AnalysedNetwork, cost: Cost) -> dict[str, Any]:
    """The documented fields. Bytes and seconds are of the whole batch; unknown figures are None; what depends on the
    input's size is an expression."""
    question = cost.question
    return {
        "schema_version": SCHEMA_VERSION,
        "model": network.name,
        "file": network.source.name,
        "batch": question.batch,
        "dtype": question.precision.name,
        "optimizer": question.optimizer,
        "layers": [layer_data(layer) for layer in cost.layers],
        "macs": figure_data(cost.macs),
        "flops": figure_data(cost.flops),
        "tool": tool_data(cost),
        "inference": memory_data(network, cost, cost.inference),
        "training": cost.training and memory_data(network, cost, cost.training),
        "frozen": frozen_data(network, cost),
        "device": device_data(cost),
        **assumption_data(network),
        "conventions": CONVENTIONS,
    }


def frozen_data(network: AnalysedNetwork, cost: Cost) -> dict[str, Any] | None:
    if cost.frozen_training is None:
        return None
    names = [network.graph.nodes[index].name for index in cost.frozen]
    return {"layers": names, "training": memory_data(network, cost, cost.frozen_training)}


def layer_data(layer: LayerCost) -> dict[str, Any]:
    moved, time = layer.traffic, layer.time
    return {
        "name": layer.name,
        "type": layer.type,
        "macs": figure_data(layer.macs),
        "activation_bytes": figure_data(layer.activation_bytes),
        "saved_bytes": figure_data(layer.saved_bytes),
        "im2col": [matrix_data(product) for product in layer.matrices or ()],
        "flops": figure_data(layer.flops),
        "arithmetic": None if moved is None else figure_data(moved.flops),
        "bytes_moved": None if moved is None else figure_data(moved.bytes),
        "intensity": None if moved is None else moved.intensity,
        "seconds": None if time is None else time.seconds,
        "bound": None if time is None or time.seconds == 0 else time.bound,
        **assumed_flag(layer.assumed),
    }


def matrix_data(product: Product) -> dict[str, Any]:
    return {name: figure_data(getattr(product, name)) for name in product._fields}


def tool_data(cost: Cost) -> dict[str, Any] | None:
    tool = cost.question.tool
    if tool is None:
        return None
    return {
        "name": tool,
        "unit": TOOLS[tool].unit,
        "count": figure_data(cost.tool_count),
        "differs": TOOLS[tool].differs,
    }


def device_data(cost: Cost) -> dict[str, Any] | None:
    device = cost.question.device
    if device is None:
        return None
    peak = device.peak(cost.question.precision.computes)
    return {
        "name": device.name,
        "arithmetic": peak and peak.arithmetic,
        "flops_per_second": peak and peak.flops,
        "bytes_per_second": device.bandwidth,
        "seconds": cost.seconds,
        "memory_bound_share": cost.memory_bound,
    }


def memory_data(network: AnalysedNetwork, cost: Cost, memory: Memory) -> dict[str, Any]:
    batch, limit = cost.question.batch, cost.question.limit
    return {
        "terms": [
            {
                "name": term.name,
                "values": figure_data(term.values),
                "bytes_each": term.size,
                "per_example": term.each,
                "bytes": figure_data(term.bytes(batch)),
                "at": None if term.at is None else network.graph.nodes[term.at].name,
            }
            for term in memory.terms
        ],
        "bytes": figure_data(memory.bytes(batch)),
        "largest_batch": None if limit is None else memory.largest_batch(limit),
    }
