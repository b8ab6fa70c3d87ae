"""A comparison as JSON, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning."""

from __future__ import annotations

from cnnspec.compare.cells import sort_networks
from cnnspec.cost.cost import CONVENTIONS as COST_CONVENTIONS
from cnnspec.facts.facts import CONVENTIONS as FACTS_CONVENTIONS
from cnnspec.layers.argument import show
from cnnspec.tables.data import field_data, figure_data, shape_data

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.compare.cells import TableChoice
    from cnnspec.compare.comparison import ComparedNetwork, Comparison

SCHEMA_VERSION = 1
CONVENTIONS = {
    **FACTS_CONVENTIONS,
    "memory": COST_CONVENTIONS["memory"],
    "time": COST_CONVENTIONS["time"],
    "macs_lost": "MACs of positions that are never read, as the command lost finds them",
}


def write_data(comparison: Comparison, choice: TableChoice) -> dict[str, Any]:
    """The documented fields, the networks in the order that is chosen. Bytes and seconds are of the whole batch; unknown figures
    are None; what depends on the input's size is an expression."""
    asked = comparison.networks[0].question if comparison.networks else None
    return {
        "schema_version": SCHEMA_VERSION,
        "batch": asked and asked.batch,
        "dtype": asked and asked.precision.name,
        "device": asked and asked.device and asked.device.name,
        "networks": [network_data(one) for one in sort_networks(comparison.networks, choice)],
        "left_out": [{"name": one.name, "why": one.why} for one in comparison.left_out],
        "conventions": CONVENTIONS,
    }


def network_data(one: ComparedNetwork) -> dict[str, Any]:
    network = one.network
    return {
        "name": one.name,
        "model": network.name,
        "file": network.source.name,
        "parameters": {name: show(value) for name, value in network.graph.parameters.items()},
        "run": one.run and one.run.path,
        "layers": one.layers,
        "depth": one.depth,
        "params": one.params,
        "trainable_params": one.trainable_params,
        "macs": figure_data(one.macs),
        "flops": figure_data(one.flops),
        "receptive_field": field_data(one.receptive_field),
        "coverage": one.coverage,
        "output_shapes": [shape_data(shape) for shape in one.output_shapes],
        "params_bytes": figure_data(one.params_bytes),
        "peak_memory": figure_data(one.peak_memory),
        "inference_memory": figure_data(one.inference_memory),
        "optimizer": one.question.optimizer,
        "training_memory": figure_data(one.training_memory),
        "seconds": one.seconds,
        "macs_lost": one.macs_lost,
        "macs_lost_share": one.macs_lost_share,
        "lossless": one.lossless,
        "findings": one.findings,
        "epochs": one.epochs,
        "figures": one.figures,
    }
