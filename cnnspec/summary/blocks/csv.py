"""The table of blocks as CSV, for spreadsheets and scripts: one line a block, an empty cell for what is unknown."""

from __future__ import annotations

from cnnspec.layers.base import show_shape
from cnnspec.summary.blocks.columns import write_fault
from cnnspec.tables.csv import write_csv as to_csv
from cnnspec.tables.data import write_axes, write_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.summary.blocks import BlockFigures

FIELDS = (
    "block", "call", "output_shape", "params", "trainable_params", "non_trainable_params", "macs", "flops", "rf_size",
    "rf_stride", "rf_padding", "peak_memory", "file", "line", "fault",
)  # fmt: skip


def write_csv(rows: Sequence[BlockFigures], file: str) -> str:
    """A header, then the fields of every block; `file` is the one that was asked about."""
    return to_csv([FIELDS, *[list_cells(row, file) for row in rows]])


def list_cells(row: BlockFigures, file: str) -> list[str]:
    """The cells of one block."""
    totals = row.totals
    reach = None if totals is None else totals.receptive_field
    figures: list[Any] = [None] * 5
    if totals is not None:
        figures = [totals.params, totals.trainable_params, totals.non_trainable_params, totals.macs, totals.flops]
    axes: list[Any] = [None] * 3 if reach is None else [reach.size, reach.stride, reach.padding]
    shapes = " ".join([show_shape(shape) for shape in row.outputs if shape is not None])
    return [
        row.name, str(row), shapes, *map(write_plain, figures), *map(write_axes, axes), write_plain(row.peak_memory),
        row.file, str(row.line), write_fault(row, file),
    ]  # fmt: skip
