"""Receptive fields as text: as the lecture's table, and as everything about one layer."""

from __future__ import annotations

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.percent import percent
from cnnspec.layers.base import show_shape
from cnnspec.rf.layer_field import ESTIMATE
from cnnspec.rf.unit_field import count_positions
from cnnspec.rf.wording import (
    show_each_axis,
    show_effective,
    show_size,
    write_box,
    write_gates,
    write_offsets,
    write_statistics,
)
from cnnspec.tables.assumed import HEADING, MARK, needs_column, write_assumptions
from cnnspec.tables.figures import show_field
from cnnspec.tables.layout import add_place, shorten_names
from cnnspec.tables.page import Page, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.rf.fields import NetworkFields
    from cnnspec.rf.layer_field import LayerField
    from cnnspec.rf.unit_field import FieldPath, InputRead, UnitField

HEADINGS = ("Layer (type)", "Output", "RF", "Jump", "Start", "Centre", "Coverage")
LEGEND = (
    "RF: input positions that one position depends on, unclipped; jump: input positions from one to its neighbour; "
    "start, centre: of the first position's field; a negative start is the effective padding; coverage: RF/input."
)
RIGHT = {2, 3, 4, 5, 6}  # columns of figures
SPARE = ("Centre", "Start", "Output", "Coverage", "Jump", "RF")


def write_text(network: AnalysedNetwork, fields: NetworkFields, width: int | None = None) -> str:
    """The table of all layers; where units were asked for, everything about those instead."""
    page = Page(width)
    for number, unit in enumerate(fields.units):
        page.add_texts([""] * bool(number))
        add_unit(page, unit)
    if not fields.units:
        add_table(page, network, fields)
    return page.write(also="as does --format json")


# ---- the table ---------------------------------------------------------------------------------------------
def add_table(page: Page, network: AnalysedNetwork, fields: NetworkFields) -> None:
    """The lecture's table, and below it what holds for the whole network."""
    marked = needs_column(network)
    rows = [(*write_row(layer), *[MARK * layer.assumed] * marked) for layer in fields.layers]
    page.add_texts([f'Receptive fields of "{network.name}"', ""])
    page.add_table(Table((*HEADINGS, *[HEADING] * marked), rows, RIGHT, SPARE))
    page.add_text()
    page.add_text(LEGEND)
    page.add_texts([*write_notes(fields), *write_assumptions(network, "the network's field rests")], hanging=4)


def write_row(layer: LayerField) -> tuple[str, ...]:
    field = layer.field
    return (
        f"{layer.name} ({layer.type})",
        show_shape(layer.output_shape),
        show_field(field),
        show_each_axis(field.stride) or "-" if field else "?",
        show_each_axis(layer.start) or "-" if field else "?",
        show_each_axis(layer.centre) or "-" if field else "?",
        percent(layer.coverage),
    )


def write_notes(fields: NetworkFields) -> list[str]:
    """The network's own field, and what the fields leave out."""
    lines = []
    last = fields.deepest
    if last is not None and last.effective:
        lines.append(
            f"The network: {show_field(last.field)} ({last.name}), {percent(last.coverage)} of the input;"
            f" effective about {show_effective(last)} ({ESTIMATE})"
        )
    if fields.gates:
        lines.append(f"Gates: {write_gates(fields.gates)}; the fields leave that out.")
    for words in write_statistics(fields.statistics):
        lines.append(f"Statistics: {words}; the fields leave that out.")
    return [*lines, *[f"Misaligned: {words}" for words in write_offsets(fields.misaligned)]]


# ---- one unit ----------------------------------------------------------------------------------------------
def add_unit(page: Page, unit: UnitField) -> None:
    """Everything about a layer's field, and one of its positions."""
    layer = unit.layer
    page.add_text(add_place(f"{layer.name} ({layer.type})", layer.line, unit.written), hanging=4)
    page.add_texts([f"  {show_shape(layer.output_shape)}" + f"; {MARK}" * layer.assumed, ""])
    shown = write_figures(layer)
    where = f"Position {','.join(map(str, unit.at))}" if unit.at else "A value"
    if unit.box is not None:
        shown.append((f"{where}, unclipped", f"{write_box(unit.box)}: {show_size(unit.box)}"))
    for read in unit.inputs:
        of = f" of {read.name}" if len(unit.inputs) > 1 else ""
        shown.append((where + of, write_read(read)))
    shown += write_paths(unit)
    if unit.with_mixing and unit.largest:
        all_of = "; ".join([f"{percent(read.coverage)} of {read.name}" for read in unit.with_mixing])
        shown += [("Gates", f"{write_gates(unit.gates)}; left out above")] * bool(unit.gates)
        shown += [("Statistics", f"{words}; left out above") for words in write_statistics(unit.statistics)]
        shown.append(("  with them", f"it reads {all_of}"))
    shown += [("Misaligned", words) for words in write_offsets(unit.misaligned)]
    width = max([len(name) for name, _ in shown]) + 2
    page.add_texts([f"  {name:{width}}{words}" for name, words in shown], hanging=width + 2)


def write_figures(layer: LayerField) -> list[tuple[str, str]]:
    field = layer.field
    if field is None:
        return [("Receptive field", "unknown: what some layer reads is not followed, or sizes are not known")]
    if field.whole:
        return [("Receptive field", "the whole input")]
    size = show_field(field)
    if layer.least != field.size:
        size = f"{show_shape(layer.least)} to {size}, by position"
    return [
        ("Receptive field", f"{size}, {percent(layer.coverage)} of the input"),
        ("Jump", show_each_axis(field.stride)),
        ("Start", f"{show_each_axis(layer.start)}, of the first position"),
        ("Centre", f"{show_each_axis(layer.centre)}, of the first position"),
        ("Effective field", f"about {show_effective(layer)} ({ESTIMATE})"),
    ]


def write_read(read: InputRead) -> str:
    """What a unit reads of one input, within its bounds."""
    if read.read is None:
        return "?: an input's size is unknown, what some layer reads is not followed, or it would take too many steps"
    if not read.size:
        return "all of it" if read.read else "nothing"
    if read.box is None:
        return "reads nothing: all of its field is padding"
    share = f"{count_nouns(read.read, 'position')}, {percent(read.coverage)} of the input"
    where = f"{write_box(read.box)}: {show_size(read.box)}"
    if not read.holes:
        return f"{where}, {share}"
    return f"{where}, of it {share}; {count_nouns(read.holes, 'hole')} ({percent(read.holes / count_positions(read.box))} of the box)"


def write_paths(unit: UnitField) -> list[tuple[str, str]]:
    lines = []
    same = unit.smallest == unit.largest
    kinds = (("Path", unit.largest),) if same else (("Smallest path", unit.smallest), ("Largest path", unit.largest))
    for word, paths in kinds:
        groups: dict[tuple[str, ...], list[FieldPath]] = {}
        for path in paths:
            groups.setdefault(path.layers, []).append(path)
        for layers, group in groups.items():
            axes = f" in {' and '.join([p.axis for p in group])}" if len(groups) > 1 else ""
            lines.append((word, f"{show_shape(tuple([p.size for p in group]))}{axes}: {shorten_names(layers)}"))
    return lines
