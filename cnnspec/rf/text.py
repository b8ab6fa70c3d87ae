"""Receptive fields for people: as the lecture's table, and as everything about one layer."""

from __future__ import annotations

from cnnspec.base.percent import percent
from cnnspec.base.source import printable
from cnnspec.facts.geometry import Geometry
from cnnspec.layers.base import show_shape
from cnnspec.rf.field import LayerField, Offset, Path, UnitField, area, axis_names, layer_fields, mixing, offsets
from cnnspec.tables import assumed
from cnnspec.tables.columns import field as field_cell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.network import AnalysedNetwork
    from cnnspec.rf.field import InputRead, Span, Statistics

HEADINGS = ("Layer (type)", "Output", "RF", "Jump", "Start", "Centre", "Coverage")
LEGEND = (
    "RF: input positions that one position depends on, unclipped; jump: input positions from one to its neighbour;",
    "start, centre: of the first position's field; a negative start is the effective padding; coverage: RF/input.",
)
ESTIMATE = "an estimate: 4 standard deviations, uniform weights; training enlarges it"
FIRST, LAST = 4, 3  # layers of a long list that are shown


# ---- figures -----------------------------------------------------------------------------------------------
def plain(value: float | None) -> str:
    """2, 0.5, ? for unknown; at most two digits behind the point."""
    return "?" if value is None else f"{round(value, 2):g}" if abs(value) < 10**6 else str(round(value))


def each(values: tuple[Any, ...] | None) -> str:
    """One figure where all axes are alike, else one an axis: "2", "2, 1"."""
    if values and values.count(values[0]) == len(values):
        return plain(values[0])
    shown = [plain(value) for value in values or ()]
    return ", ".join(shown if len(set(shown)) > 1 else shown[:1])


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def shortened(names: tuple[str, ...]) -> str:
    if len(names) <= FIRST + LAST + 1:
        return ", ".join(names)
    return f"{', '.join(names[:FIRST])}, … {', '.join(names[-LAST:])} ({len(names)} layers)"


# ---- the table ---------------------------------------------------------------------------------------------
def cells(layer: LayerField) -> tuple[str, ...]:
    field = layer.field
    return (
        f"{layer.name} ({layer.type})",
        show_shape(layer.output_shape),
        field_cell(field),
        each(field.stride) or "-" if field else "?",
        each(layer.start) or "-" if field else "?",
        each(layer.centre) or "-" if field else "?",
        percent(layer.coverage),
    )


def table(network: AnalysedNetwork) -> str:
    """The lecture's table, and below it what holds for the whole network."""
    geometry = Geometry(network.facts)
    layers = layer_fields(network, geometry)
    rows = [HEADINGS, *[cells(layer) for layer in layers]]
    if assumed.marks(network):
        marks = [assumed.HEADING, *[assumed.MARK * layer.assumed for layer in layers]]
        rows = [(*row, mark) for row, mark in zip(rows, marks, strict=True)]
    lines = columns(rows, {0, 1, len(HEADINGS)})
    notes = [
        *LEGEND,
        *network_notes(network, geometry, layers),
        *assumed.sentence(network, "the network's field rests"),
    ]
    return printed([f'Receptive fields of "{network.name}"', "", *lines, "", *notes])


def columns(rows: list[tuple[str, ...]], left: set[int]) -> list[str]:
    """Rows in columns, a rule below the first; the columns in `left` begin at the left."""
    widths = [max([len(row[i]) for row in rows]) for i in range(len(rows[0]))]
    lines = [
        " " + "   ".join([f"{c:{w}}" if i in left else f"{c:>{w}}" for i, (c, w) in enumerate(zip(row, widths, strict=True))])
        for row in rows
    ]  # fmt: skip
    lines.insert(1, " " + "─" * (sum(widths) + 3 * (len(widths) - 1)))
    return [line.rstrip() for line in lines]


def network_notes(network: AnalysedNetwork, geometry: Geometry, layers: tuple[LayerField, ...]) -> list[str]:
    lines = []
    last = network.facts.deepest
    if last is not None and layers[last].effective:
        layer = layers[last]
        lines += [
            f"The network: {field_cell(layer.field)} ({layer.name}), {percent(layer.coverage)} of the input;"
            f" effective about {effective(layer)}",
            f"({ESTIMATE})",
        ]
    merges, taken = network.facts.left_out
    gates = tuple([network.graph.nodes[i].name for i in merges])
    if gates:
        lines.append(f"Gates: {gating(gates)}; the fields leave that out.")
    for words in taking(mixing(network, taken)):
        lines.append(f"Statistics: {words}; the fields leave that out.")
    found = tuple([offset for _, offset in offsets(network, geometry)])
    return [*lines, *[f"Misaligned: {words}" for words in misaligned(found)]]


def gating(gates: tuple[str, ...]) -> str:
    one = len(gates) == 1
    return f"{shortened(gates)} mix{'es' * one} in what has seen the whole input, or is repeated along an axis"


def taking(statistics: tuple[Statistics, ...]) -> list[str]:
    """ "group_norm1 mixes the positions along height and width"; layers with the same axes together."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for found in statistics:
        groups.setdefault(found.axes, []).append(found.layer)
    return [
        f"{shortened(tuple(names))} mix{'es' * (len(names) == 1)} the positions along {listed(axes)}"
        for axes, names in groups.items()
    ]


def listed(words: tuple[str, ...]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def effective(layer: LayerField) -> str:
    return show_shape(tuple([round(value) for value in layer.effective or ()]))


def misaligned(found: tuple[Offset, ...]) -> list[str]:
    """ "add1: the centres of conv1 and input1 are 1 pixel apart in height and width (1 position)"; axes alike together."""
    lines = []
    together: dict[tuple[Any, ...], list[str]] = {}
    for o in found:
        together.setdefault((o.layer, o.branches, o.pixels, o.positions), []).append(o.axis)
    for (layer, branches, pixels, positions), axes in together.items():
        lines.append(
            f"{layer}: the centres of {branches[0]} and {branches[1]} lie {plain(pixels)} pixel{'s' * (pixels != 1)} apart"
            f" in {' and '.join(axes)} ({plain(positions)} of its positions)"
        )
    return lines


# ---- one unit ----------------------------------------------------------------------------------------------
def unit(found: UnitField) -> str:
    """Everything about a layer's field, and one of its positions."""
    layer = found.layer
    lines = [
        f"{layer.name} ({layer.type}), line {layer.line}: {found.written}",
        f"  {show_shape(layer.output_shape)}" + f"; {assumed.MARK}" * layer.assumed,
        "",
    ]
    shown = figures(layer)
    where = f"Position {','.join(map(str, found.at))}" if found.at else "A value"
    if found.box is not None:
        shown.append((f"{where}, unclipped", f"{spoken(found.box)}: {field_of(found.box)}"))
    for read in found.inputs:
        of = f" of {read.name}" if len(found.inputs) > 1 else ""
        shown.append((where + of, clipped(read)))
    shown += path_lines(found)
    if found.with_mixing and found.largest:
        all_of = "; ".join([f"{percent(read.coverage)} of {read.name}" for read in found.with_mixing])
        shown += [("Gates", f"{gating(found.gates)}; left out above")] * bool(found.gates)
        shown += [("Statistics", f"{words}; left out above") for words in taking(found.statistics)]
        shown.append(("  with them", f"it reads {all_of}"))
    shown += [("Misaligned", words) for words in misaligned(found.misaligned)]
    width = max([len(name) for name, _ in shown]) + 2
    return printed([*lines, *[f"  {name:{width}}{words}" for name, words in shown]])


def figures(layer: LayerField) -> list[tuple[str, str]]:
    field = layer.field
    if field is None:
        return [("Receptive field", "unknown: a layer moves positions elsewhere, or sizes are not known")]
    if field.whole:
        return [("Receptive field", "the whole input")]
    size = field_cell(field)
    if layer.least != field.size:
        size = f"{show_shape(layer.least)} to {size}, by position"
    return [
        ("Receptive field", f"{size}, {percent(layer.coverage)} of the input"),
        ("Jump", each(field.stride)),
        ("Start", f"{each(layer.start)}, of the first position"),
        ("Centre", f"{each(layer.centre)}, of the first position"),
        ("Effective field", f"about {effective(layer)} ({ESTIMATE})"),
    ]


def spoken(box: tuple[Span, ...]) -> str:
    """ "height 4 to 21, width 4 to 21"."""
    names = axis_names(len(box))
    return ", ".join(
        [f"{name} {a} to {b}" if a != b else f"{name} {a}" for name, (a, b) in zip(names, box, strict=True)]
    )


def field_of(box: tuple[Span, ...]) -> str:
    return show_shape(tuple([last - first + 1 for first, last in box]))


def clipped(read: InputRead) -> str:
    if read.read is None:
        return "?: an input's size is unknown, a layer moves positions elsewhere, or it would take too many steps"
    if not read.size:
        return "all of it" if read.read else "nothing"
    if read.box is None:
        return "reads nothing: all of its field is padding"
    share = f"{counted(read.read, 'position')}, {percent(read.coverage)} of the input"
    where = f"{spoken(read.box)}: {field_of(read.box)}"
    if not read.holes:
        return f"{where}, {share}"
    return f"{where}, of it {share}; {counted(read.holes, 'hole')} ({percent(read.holes / area(read.box))} of the box)"


def path_lines(found: UnitField) -> list[tuple[str, str]]:
    lines = []
    same = found.smallest == found.largest
    kinds = (("Path", found.largest),) if same else (("Smallest path", found.smallest), ("Largest path", found.largest))
    for word, paths in kinds:
        groups: dict[tuple[str, ...], list[Path]] = {}
        for path in paths:
            groups.setdefault(path.layers, []).append(path)
        for layers, group in groups.items():
            axes = f" in {' and '.join([p.axis for p in group])}" if len(groups) > 1 else ""
            lines.append((word, f"{show_shape(tuple([p.size for p in group]))}{axes}: {shortened(layers)}"))
    return lines


def printed(lines: list[str]) -> str:
    return "\n".join([printable(line.rstrip()) for line in lines]) + "\n"
