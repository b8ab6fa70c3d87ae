"""The summary as CSV, for spreadsheets and scripts: one line a layer, an empty cell for what is unknown."""

from __future__ import annotations

import csv
from io import StringIO

from cnnspec.layers.base import show_shape
from cnnspec.tables.assumed import MARK, needs_column
from cnnspec.tables.columns import mark_assumed, write_plain_cells
from cnnspec.tables.data import write_axes, write_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.summary.summary import Summary


def write_csv(network: AnalysedNetwork, summary: Summary, columns: tuple[str, ...] = ()) -> str:
    """The usual fields of every layer, shapes as 28x28x1; or the chosen columns, which are called by their names."""
    out = StringIO()
    lines = csv.writer(out, lineterminator="\n")
    if columns:
        columns = mark_assumed(network, columns)
        lines.writerows([columns, *write_plain_cells(network, summary.layers, columns)])
        return out.getvalue()
    mark = needs_column(network)
    lines.writerow(
        ("layer", "type", "output_shape", "params", "trainable_params", "non_trainable_params", "connected_to", "macs",
         "rf_size", "rf_stride", "rf_padding", "line", *[MARK] * mark)
    )  # fmt: skip
    for row in summary.layers:
        reach = row.receptive_field
        lines.writerow(
            (
                row.name, row.type, "" if row.output_shape is None else show_shape(row.output_shape),
                write_plain(row.params), write_plain(row.trainable), write_plain(row.non_trainable), " ".join(row.inputs), write_plain(row.macs),
                write_axes(reach and reach.size), write_axes(reach and reach.stride), write_axes(reach and reach.padding), row.line,
                *[MARK * row.assumed] * mark,
            )
        )  # fmt: skip
    return out.getvalue()
