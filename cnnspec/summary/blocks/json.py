"""The summary of a library as JSON, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning."""

from __future__ import annotations

from cnnspec.facts.facts import CONVENTIONS
from cnnspec.summary.total_data import total_data
from cnnspec.tables.data import figure_data, shape_data

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.layers.base import Shape
    from cnnspec.summary.blocks import BlockFigures

SCHEMA_VERSION = 1
MEMORY = "bytes of the activations alive at once, in the order of the text, as float32, for one example"


def write_data(file: str, inputs: Mapping[str, Shape], rows: Sequence[BlockFigures]) -> dict[str, Any]:
    """The documented fields. Shapes are without the batch; lists have one entry an axis; unknown figures are None."""
    return {
        "schema_version": SCHEMA_VERSION,
        "file": file,
        "inputs": [{"name": name or "in", "shape": shape_data(shape)} for name, shape in inputs.items()],
        "blocks": [block_data(row) for row in rows],
        "conventions": {**CONVENTIONS, "peak_memory": MEMORY},
    }


def block_data(row: BlockFigures) -> dict[str, Any]:
    """One block: how it is called, its figures, and what keeps it from being built."""
    return {
        "name": row.name,
        "parameters": {name: value or None for name, value in row.arguments},
        "output_shapes": [shape_data(shape) for shape in row.outputs],
        "totals": None if row.totals is None else total_data(row.totals),
        "peak_memory": figure_data(row.peak_memory),
        "fault": None if row.fault is None else fault_data(row.fault),
        "file": row.file,
        "line": row.line,
    }


def fault_data(found: Diagnostic) -> dict[str, Any]:
    """What keeps a block from being built."""
    line, column = found.position or (None, None)
    place = None if found.span is None else found.span.source.name
    return {
        "code": found.code,
        "message": found.message,
        "file": place,
        "line": line,
        "column": column,
        "help": found.help,
    }
