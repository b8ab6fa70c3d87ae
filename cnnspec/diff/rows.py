"""The difference of two networks as the rows of tables and as sentences, whichever form has them.

Equal changes share one row. The last rows sum up the layers that are affected by a change before them, so that the columns
of parameters and MACs add up to the differences of the totals. MACs and parameters are differences, B minus A.
"""

from __future__ import annotations

import os

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.percent import percent
from cnnspec.base.record import Record
from cnnspec.base.size import add_up
from cnnspec.diff.difference import ADDED, CHANGED, FIELD, REMOVED, RESHAPED, SAME, UNREAD, gain_of_macs, gain_of_params
from cnnspec.layers.base import show_shape
from cnnspec.tables.figures import show_field, show_figure, show_short, show_signed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnspec.base.size import Dim
    from cnnspec.diff.changes import FileChanges, NetworkChange
    from cnnspec.diff.difference import LayerDifference, NetworkDifference, NetworkSide, TotalDifference
    from cnnspec.tables.rows import LayerFigures, ReceptiveField

SIGNS = {ADDED: "+", REMOVED: "-", CHANGED: "~"}
STATUS_WORDS = {CHANGED: "changed", ADDED: "new", REMOVED: "gone", SAME: "the same", UNREAD: "with mistakes"}
NAMED = 3  # layers of a group that are named
LONGEST = 40  # characters of an expression in a table
HEADINGS = ("", "A", "B", "Change", "Params", "MACs", "RF")
TOTAL_HEADINGS = ("", "A", "B", "Difference")
RIGHT, TOTAL_RIGHT = {4, 5, 6}, {1, 2, 3}  # columns of figures


class DifferenceLine(Record):
    """One line of the table: layers that differ in the same way."""

    sign: str
    change: str
    layers: tuple[LayerDifference, ...]


def write_figures(side: NetworkSide, params: Dim | None, macs: Dim | None) -> str:
    """A network in total, in words."""
    return f"{count_nouns(side.layers, 'layer')}, {show_figure(params)} parameters, {show_figure(macs)} MACs"


def without_empty_end(
    headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]
) -> tuple[tuple[str, ...], Sequence[tuple[str, ...]]]:
    """Headings and rows without the last column, where no cell below the heading has a word."""
    return (headings, rows) if any(row[-1] for row in rows) else (headings[:-1], [row[:-1] for row in rows])


def write_side(side: NetworkSide) -> str:
    """The file, the model where it is called otherwise, and the model's parameters."""
    plain = (side.file, os.path.splitext(os.path.basename(side.file).rpartition(":")[2])[0])
    name = "" if side.name in plain or side.file == "<stdin>" and side.name == "network" else side.name
    model = ", ".join([name] * bool(name) + [f"{name}={value}" for name, value in side.parameters])
    return f"{side.file} ({model})" if model else side.file


# ---- layers ------------------------------------------------------------------------------------------------
def group_layers(difference: NetworkDifference) -> list[DifferenceLine]:
    """Layers that differ in the same way, together; then those that are affected by that."""
    groups: dict[tuple[str, str], list[LayerDifference]] = {}
    for layer in difference.layers:
        if layer.status in SIGNS:
            groups.setdefault((SIGNS[layer.status], write_change(layer)), []).append(layer)
    made = [DifferenceLine(sign, change, tuple(layers)) for (sign, change), layers in groups.items()]
    if reshaped := difference.of(RESHAPED):
        made.append(DifferenceLine("", "other shapes, parameters or MACs", reshaped))
    if field := difference.of(FIELD):
        made.append(DifferenceLine("", "another receptive field", field))
    return made


def write_change(layer: LayerDifference) -> str:
    """What is different, in words: filters 64 -> 32."""
    if layer.a is None or layer.b is None:
        figures = layer.b or layer.a
        return f"{layer.call_b or layer.call_a}, output {show_shape(figures.output_shape if figures else None)}"
    parts = [str(argument) for argument in layer.arguments]
    a, b = layer.call_a, layer.call_b
    if layer.replaced and a == b:  # a layer and an activation of one name
        parts = [f"{a} ({layer.a.type}) -> {b} ({layer.b.type})"]
    elif layer.replaced or layer.arguments and a.partition("(")[0] != b.partition("(")[0]:  # relu -> relu6
        parts = [f"{a} -> {b}"]
    if layer.rewired:
        parts.append(f"reads {_join_names(layer.a.inputs)} -> {_join_names(layer.b.inputs)}")
    if layer.shared:
        a, b = (
            f"weights shared with {_join_names(names)}" if names else "weights of its own" for names in layer.shared
        )
        parts.append(f"{a} -> {b}")
    return ", ".join(parts)


def _join_names(names: tuple[str, ...]) -> str:
    """Some names; of many the first, and how many more."""
    if len(names) <= NAMED + 1:
        return ", ".join(names)
    return f"{', '.join(names[:NAMED])}, … ({len(names) - NAMED:,} more)"


def write_row(line: DifferenceLine) -> tuple[str, ...]:
    a, b = [d.a for d in line.layers if d.a is not None], [d.b for d in line.layers if d.b is not None]
    figures = tuple([show_signed(add_gains(map(gain, line.layers))) for gain in (gain_of_params, gain_of_macs)])
    if len(line.layers) == 1:
        reach = tuple([show_field(side.receptive_field) for side in (*a, *b)])
        seen = " -> ".join(reach) if len(set(reach)) == 2 else ""
        return (line.sign, *[_show_place(side) for side in (a, b)], line.change, *figures, seen)
    names = _join_names(tuple([side.name for side in a or b]))
    if not line.sign:
        return ("", "", "", f"{len(line.layers):,} layers with {line.change}: {names}", *figures, "")
    change = f"{line.change}, {len(line.layers):,} times: {names}"
    return (line.sign, _show_place(a), _show_place(b), change, *figures, "")


def _show_place(layers: list[LayerFigures]) -> str:
    """Where layers stand: conv3:14, or for several line 14, lines 14-20. A saved model has no lines."""
    if not layers:
        return ""
    first, last = min([layer.line for layer in layers]), max([layer.line for layer in layers])
    if len(layers) == 1:
        return f"{layers[0].name}:{first}" if first else layers[0].name
    return "" if not first else f"line {first}" if first == last else f"lines {first}-{last}"


def add_gains(gains: Iterable[Dim | None]) -> Dim | None:
    """Gains of several layers together; None when one is unknown."""
    known = []
    for gain in gains:
        if gain is None:
            return None
        known.append(gain)
    return add_up(known)


# ---- totals ------------------------------------------------------------------------------------------------
def write_ends(difference: NetworkDifference) -> list[str]:
    """The network's inputs and outputs, where others serve as such, or in another order."""
    made = []
    for differ, word, a, b in (
        (difference.inputs_differ, "Inputs", difference.a.inputs, difference.b.inputs),
        (difference.outputs_differ, "Outputs", difference.a.outputs, difference.b.outputs),
    ):
        if differ:
            made.append(f"{word}: {', '.join(a)} -> {', '.join(b)}")
    return made


def write_totals(difference: NetworkDifference) -> list[tuple[str, ...]]:
    a, b = difference.a, difference.b
    reach = [show_field(side.receptive_field) if side.receptive_field else "-" for side in (a, b)]
    outputs = [", ".join(map(show_shape, side.output_shapes)) for side in (a, b)]
    made = [
        ("Layers", show_figure(a.layers), show_figure(b.layers), show_signed(b.layers - a.layers)),
        ("Params", *write_total(difference.params)),
        ("Trainable params", *write_total(difference.trainable_params)),
        ("Non-trainable params", *write_total(difference.non_trainable_params)),
        ("MACs", *write_total(difference.macs)),
        ("Receptive field", *reach, show_growth(a.receptive_field, b.receptive_field)),
    ]
    if outputs[0] != outputs[1]:
        made.append(("Output", *outputs, ""))
    return made


def write_expressions(difference: NetworkDifference) -> list[str]:
    """The MACs that are too long for the table."""
    sides = (("A", difference.macs.a), ("B", difference.macs.b))
    return [f"MACs of {name}: {macs}" for name, macs in sides if show_short(macs) != show_figure(macs)]


def show_growth(a: ReceptiveField | None, b: ReceptiveField | None) -> str:
    """How much larger a receptive field is, along each axis where they differ between axes."""
    if a is None or b is None or a.size is None or b.size is None or len(a.size) != len(b.size):
        return "0" if a == b else ""
    grown = [show_signed(new - old) for old, new in zip(a.size, b.size, strict=True)]
    return grown[0] if len(set(grown)) == 1 else " x ".join(grown)


def write_total(total: TotalDifference) -> tuple[str, str, str]:
    change = total.difference
    gain = show_signed(change)
    if isinstance(change, int) and change and isinstance(total.a, int) and total.a:
        gain += f" ({percent(change / total.a, signed=True)})"
    return show_short(total.a), show_short(total.b), gain


# ---- changes of files --------------------------------------------------------------------------------------
def write_lone(change: NetworkChange) -> str:
    """A sentence about a network that there is nothing to compare with, or one that cannot be read."""
    if change.status == ADDED:
        assert change.b is not None
        said = f"{write_side(change.b)} is new: {write_figures(change.b, change.params.b, change.macs.b)}"
        return f"{said}; {change.message}" if change.message else said
    if change.status == REMOVED:
        assert change.a is not None
        return f"{write_side(change.a)} is gone: {write_figures(change.a, change.params.a, change.macs.a)}"
    return change.message


def write_outcome(changes: FileChanges) -> str:
    """How many networks changed, and how many of them keep to the budget."""
    counts = changes.count()
    if not counts:
        return f"No network changed from {changes.a} to {changes.b}"
    said = f"From {changes.a} to {changes.b}: {', '.join([f'{number:,} {STATUS_WORDS[status]}' for status, number in counts.items()])}"
    if changes.limited:
        failed = sum([change.failed for change in changes.networks])
        said += f"; {failed:,} outside of the budget" if failed else "; all within the budget"
    return said
