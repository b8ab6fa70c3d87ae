"""Receptive fields as tables: of all layers, everything about one position of some, or what one sees of each layer."""

from __future__ import annotations

from cnnspec.rf import seen_text
from cnnspec.rf.text import HEADINGS, LEGEND, RIGHT, write_figures, write_notes, write_paths, write_read, write_row
from cnnspec.rf.wording import show_size, write_box, write_gates, write_offsets, write_statistics
from cnnspec.tables.assumed import HEADING, MARK, needs_column, write_assumptions
from cnnspec.tables.folds import MOST_SEEN, fold_layers
from cnnspec.tables.html import HtmlTable
from cnnspec.tables.layout import add_place
from cnnspec.tables.report import Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.rf.fields import NetworkFields
    from cnnspec.rf.seen_layers import SeenLayers
    from cnnspec.rf.unit_field import UnitField

FIELD = HEADINGS.index("RF")


def make_report(network: AnalysedNetwork, fields: NetworkFields) -> Report:
    """The table of all layers; where units were asked for, everything about those instead."""
    title = f'Receptive fields of "{network.name}"'
    if fields.units:
        return Report(title, [make_unit_table(unit) for unit in fields.units])
    marked = needs_column(network)
    rows = [(*write_row(layer), *[MARK * layer.assumed] * marked) for layer in fields.layers]
    notes = [LEGEND, *write_notes(fields), *write_assumptions(network, "the network's field rests")]
    folded = fold_layers(network.graph, lambda layers: f"field {rows[layers[-1]][FIELD]}")
    table = HtmlTable((*HEADINGS, *[HEADING] * marked), rows, RIGHT, folded=folded, seen=len(rows) <= MOST_SEEN)
    return Report(title, [table], notes)


def make_seen_report(network: AnalysedNetwork, seen: SeenLayers) -> Report:
    """The table of what one position sees of each layer before it."""
    headings, rows = seen_text.make_table(network, seen)
    title, notes = seen_text.write_title(network, seen), seen_text.write_notes(network, seen)
    return Report(title, [HtmlTable(headings, rows, seen_text.RIGHT)], notes)


def make_unit_table(unit: UnitField) -> HtmlTable:
    """Everything about a layer's field, and one of its positions."""
    layer = unit.layer
    where = f"Position {','.join(map(str, unit.at))}" if unit.at else "A value"
    rows = write_figures(layer)
    if unit.box is not None:
        rows.append((f"{where}, unclipped", f"{write_box(unit.box)}: {show_size(unit.box)}"))
    rows += [(f"{where} of {read.name}", write_read(read)) for read in unit.inputs]
    rows += write_paths(unit)
    rows += [("Gates", f"{write_gates(unit.gates)}; left out above")] * bool(unit.gates)
    rows += [("Statistics", f"{words}; left out above") for words in write_statistics(unit.statistics)]
    rows += [(f"With them, of {read.name}", write_read(read)) for read in unit.with_mixing]
    rows += [("Misaligned", words) for words in write_offsets(unit.misaligned)]
    title = add_place(f"{layer.name} ({layer.type})", layer.line, unit.written) + f"; {MARK}" * layer.assumed
    return HtmlTable(("", ""), rows, title=title)
