"""The summary as CSV, for spreadsheets and scripts: one line a layer, an empty cell for what is unknown."""

from __future__ import annotations

from cnnspec.layers.base import show_shape
from cnnspec.tables.assumed import MARK, needs_column
from cnnspec.tables.columns import mark_assumed, write_plain_cells
from cnnspec.tables.csv import write_csv as to_csv
from cnnspec.tables.data import write_axes, write_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.summary.summary import Summary
    from cnnspec.tables.rows import LayerFigures


def write_csv(network: AnalysedNetwork, summary: Summary, columns: tuple[str, ...] = ()) -> str:
    """The usual fields of every layer, shapes as 28x28x1; or the chosen columns, which are called by their names."""
    if columns:
        columns = mark_assumed(network, columns)
        return to_csv([columns, *write_plain_cells(network, summary.layers, columns)])
    mark = needs_column(network)
    head = (
        "layer", "type", "output_shape", "params", "trainable_params", "non_trainable_params", "connected_to", "macs",
        "rf_size", "rf_stride", "rf_padding", "line", *[MARK] * mark,
    )  # fmt: skip
    return to_csv([head, *[[*list_cells(row), *[MARK * row.assumed] * mark] for row in summary.layers]])


def list_cells(row: LayerFigures) -> list[object]:
    """The usual fields of a layer."""
    reach = row.receptive_field
    return [
        row.name, row.type, "" if row.output_shape is None else show_shape(row.output_shape),
        write_plain(row.params), write_plain(row.trainable), write_plain(row.non_trainable), " ".join(row.inputs), write_plain(row.macs),
        write_axes(reach and reach.size), write_axes(reach and reach.stride), write_axes(reach and reach.padding), row.line,
    ]  # fmt: skip
