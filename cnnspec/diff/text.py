"""The difference of two networks for people (a table of layers, a table of totals) and as JSON.

Equal changes share one line. The last lines sum up the layers that are affected by a change before them, so that the
columns of parameters and MACs add up to the differences of the totals. MACs and parameters are differences, B minus A.
"""

from __future__ import annotations

import os

from cnnspec.base.percent import percent
from cnnspec.base.record import Record
from cnnspec.base.size import Size, add_up
from cnnspec.base.source import printable
from cnnspec.diff.difference import ADDED, CHANGED, FIELD, REMOVED, RESHAPED, SAME, written
from cnnspec.facts.facts import CONVENTIONS
from cnnspec.layers.base import show_shape
from cnnspec.summary.text import layer_data, reach_data, value_data
from cnnspec.tables.columns import field, figure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.base.size import Dim
    from cnnspec.diff.difference import Difference, LayerDifference, Side, Total
    from cnnspec.tables.rows import LayerFigures, ReceptiveField

SCHEMA_VERSION = 1
SIGNS = {ADDED: "+", REMOVED: "-", CHANGED: "~"}
COLORS = {"+": "\x1b[32m", "-": "\x1b[31m", "~": "\x1b[33m", "": "\x1b[1m"}
RESET = "\x1b[0m"
NAMED = 3  # layers of a group that are named
LONGEST = 40  # characters of an expression in a table
HEADINGS = ("", "A", "B", "Change", "Params", "MACs", "RF")
TOTAL_HEADINGS = ("", "A", "B", "Difference")


class Line(Record):
    """One line of the table: layers that differ in the same way."""

    sign: str
    change: str
    layers: tuple[LayerDifference, ...]


def text(found: Difference, color: bool = False) -> str:
    """The report: which networks, what is different in their layers, and what that does in total."""
    if found.same:
        total = f"{found.a.layers:,} layers, {figure(found.params.a)} parameters, {figure(found.macs.a)} MACs"
        return printable(f"{_title(found.a)} and {_title(found.b)} are the same network: {total}") + "\n"
    table = [HEADINGS, *[_cells(line) for line in lines(found)]]
    totals = [TOTAL_HEADINGS, *_totals(found)]
    shown = [
        (f"A: {_title(found.a)}", ""),
        (f"B: {_title(found.b)}", ""),
        ("", ""),
        *zip(laid_out(table, {4, 5, 6}), ["", "", *[row[0] for row in table[1:]]], strict=True),
    ]
    if len(table) == 1:
        shown = shown[:3]
    shown += [(line, "") for line in _ends(found)]
    shown += [("", "")] * (len(shown) > 3)
    shown += [(line, "") for line in [*laid_out(totals, {1, 2, 3}), *_expressions(found)]]
    return "".join(f"{_painted(printable(line.rstrip()), sign, color)}\n" for line, sign in shown)


def _painted(line: str, sign: str, color: bool) -> str:
    return f"{COLORS[sign]}{line}{RESET}" if color and sign else line


def laid_out(table: list[tuple[str, ...]], numeric: set[int]) -> list[str]:
    """A table's lines, a rule below its headings; a last column without a word in it is left out."""
    columns = list(range(len(table[0]) if any(row[-1] for row in table[1:]) else len(table[0]) - 1))
    widths = {i: max([len(row[i]) for row in table]) for i in columns}
    made = [
        " " + "   ".join([f"{row[i]:>{widths[i]}}" if i in numeric else f"{row[i]:{widths[i]}}" for i in columns])
        for row in table
    ]
    return [made[0], " " + "─" * (sum(widths.values()) + 3 * (len(columns) - 1)), *made[1:]]


def _title(side: Side) -> str:
    """The file, the model where it is called otherwise, and the model's parameters."""
    plain = (side.file, os.path.splitext(os.path.basename(side.file))[0])
    name = "" if side.name in plain or side.file == "<stdin>" and side.name == "network" else side.name
    said = ", ".join([name] * bool(name) + [f"{name}={value}" for name, value in side.parameters])
    return f"{side.file} ({said})" if said else side.file


# ---- layers ------------------------------------------------------------------------------------------------
def lines(found: Difference) -> list[Line]:
    """Layers that differ in the same way, together; then those that are affected by that."""
    groups: dict[tuple[str, str], list[LayerDifference]] = {}
    for layer in found.layers:
        if layer.status in SIGNS:
            groups.setdefault((SIGNS[layer.status], change(layer)), []).append(layer)
    made = [Line(sign, said, tuple(layers)) for (sign, said), layers in groups.items()]
    if reshaped := found.of(RESHAPED):
        made.append(Line("", "other shapes, parameters or MACs", reshaped))
    if field := found.of(FIELD):
        made.append(Line("", "another receptive field", field))
    return made


def change(layer: LayerDifference) -> str:
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
        parts.append(f"reads {_names(layer.a.inputs)} -> {_names(layer.b.inputs)}")
    if layer.shared:
        a, b = (f"weights shared with {_names(names)}" if names else "weights of its own" for names in layer.shared)
        parts.append(f"{a} -> {b}")
    return ", ".join(parts)


def _names(names: tuple[str, ...]) -> str:
    """Some names; of many the first, and how many more."""
    if len(names) <= NAMED + 1:
        return ", ".join(names)
    return f"{', '.join(names[:NAMED])}, … ({len(names) - NAMED:,} more)"


def _cells(line: Line) -> tuple[str, ...]:
    a, b = ([side for layer in line.layers if (side := getattr(layer, name)) is not None] for name in "ab")
    figures = (_signed(gained(line.layers, "params")), _signed(gained(line.layers, "macs")))
    if len(line.layers) == 1:
        reach = tuple([field(side.receptive_field) for side in (*a, *b)])
        seen = " -> ".join(reach) if len(set(reach)) == 2 else ""
        return (line.sign, *[_place(side) for side in (a, b)], line.change, *figures, seen)
    names = _names(tuple([side.name for side in a or b]))
    if not line.sign:
        return ("", "", "", f"{len(line.layers):,} layers with {line.change}: {names}", *figures, "")
    return (line.sign, _place(a), _place(b), f"{line.change}, {len(line.layers):,} times: {names}", *figures, "")


def _place(layers: list[LayerFigures]) -> str:
    """Where layers stand: conv3:14, or for several line 14, lines 14-20. A saved model has no lines."""
    if not layers:
        return ""
    first, last = min([layer.line for layer in layers]), max([layer.line for layer in layers])
    if len(layers) == 1:
        return f"{layers[0].name}:{first}" if first else layers[0].name
    return "" if not first else f"line {first}" if first == last else f"lines {first}-{last}"


def gained(layers: tuple[LayerDifference, ...], name: str) -> Dim | None:
    """What layers have more in the second network than in the first, of one figure; None when one is unknown."""
    pairs = [[0 if side is None else getattr(side, name) for side in (layer.a, layer.b)] for layer in layers]
    return None if any([None in pair for pair in pairs]) else add_up([new - old for old, new in pairs])


def _signed(number: Dim | None) -> str:
    return f"{number:+,}" if isinstance(number, int) and number else _short(number)


def _short(number: Dim | None) -> str:
    """A figure in a table: of a long expression what it depends on."""
    said = figure(number)
    return (
        f"depends on {', '.join(sorted(number.names()))}" if isinstance(number, Size) and len(said) > LONGEST else said
    )


# ---- totals ------------------------------------------------------------------------------------------------
def _ends(found: Difference) -> list[str]:
    """The network's inputs and outputs, where others serve as such, or in another order."""
    made = []
    for differ, word, a, b in (
        (found.inputs_differ, "Inputs", found.a.inputs, found.b.inputs),
        (found.outputs_differ, "Outputs", found.a.outputs, found.b.outputs),
    ):
        if differ:
            made.append(f"{word}: {', '.join(a)} -> {', '.join(b)}")
    return made


def _totals(found: Difference) -> list[tuple[str, ...]]:
    a, b = found.a, found.b
    reach = [field(side.receptive_field) if side.receptive_field else "-" for side in (a, b)]
    outputs = [", ".join(map(show_shape, side.output_shapes)) for side in (a, b)]
    made = [
        ("Layers", figure(a.layers), figure(b.layers), _signed(b.layers - a.layers)),
        ("Params", *_figures(found.params)),
        ("Trainable params", *_figures(found.trainable_params)),
        ("Non-trainable params", *_figures(found.non_trainable_params)),
        ("MACs", *_figures(found.macs)),
        ("Receptive field", *reach, _grown(a.receptive_field, b.receptive_field)),
    ]
    if outputs[0] != outputs[1]:
        made.append(("Output", *outputs, ""))
    return made


def _expressions(found: Difference) -> list[str]:
    """The MACs that are too long for the table."""
    sides = (("A", found.macs.a), ("B", found.macs.b))
    return [f"MACs of {name}: {macs}" for name, macs in sides if _short(macs) != figure(macs)]


def _grown(a: ReceptiveField | None, b: ReceptiveField | None) -> str:
    """How much larger a receptive field is, along each axis where they differ between axes."""
    if a is None or b is None or a.size is None or b.size is None or len(a.size) != len(b.size):
        return "0" if a == b else ""
    grown = [_signed(new - old) for old, new in zip(a.size, b.size, strict=True)]
    return grown[0] if len(set(grown)) == 1 else " x ".join(grown)


def _figures(total: Total) -> tuple[str, str, str]:
    change = total.difference
    said = _signed(change)
    if isinstance(change, int) and change and isinstance(total.a, int) and total.a:
        said += f" ({percent(change / total.a, signed=True)})"
    return _short(total.a), _short(total.b), said


# ---- JSON --------------------------------------------------------------------------------------------------
def json(found: Difference) -> dict[str, Any]:
    """The difference as data, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning.

    `layers` holds those that are not the same. A layer's `a` and `b` are as in the summary's JSON, None where it is
    missing; differences are B minus A; unknown figures are None; a size that depends on the input is an expression.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "same": found.same,
        "a": _side(found.a),
        "b": _side(found.b),
        "layers": [_layer(layer) for layer in found.layers if layer.status != SAME],
        "inputs_differ": found.inputs_differ,
        "outputs_differ": found.outputs_differ,
        "totals": {
            "params": _total(found.params),
            "trainable_params": _total(found.trainable_params),
            "non_trainable_params": _total(found.non_trainable_params),
            "macs": _total(found.macs),
        },
        "conventions": CONVENTIONS,
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "model": side.name,
        "file": side.file,
        "parameters": dict(side.parameters),
        "layers": side.layers,
        "inputs": list(side.inputs),
        "outputs": list(side.outputs),
        "receptive_field": reach_data(side.receptive_field),
    }


def _layer(layer: LayerDifference) -> dict[str, Any]:
    sides = ((layer.a, layer.call_a), (layer.b, layer.call_b))
    a, b = (None if s is None else {"call": call, **layer_data(s), "line": s.line or None} for s, call in sides)
    arguments = [
        {"name": change.name, "old": written(change.name, change.old), "new": written(change.name, change.new)}
        for change in layer.arguments
    ]
    return {
        "status": layer.status,
        "a": a,
        "b": b,
        "arguments": arguments,
        "rewired": layer.rewired,
        "shared": layer.shared and [list(names) for names in layer.shared],
        "params": value_data(gained((layer,), "params")),
        "macs": value_data(gained((layer,), "macs")),
    }


def _total(total: Total) -> dict[str, Any]:
    return {"a": value_data(total.a), "b": value_data(total.b), "difference": value_data(total.difference)}
