"""What one unit sees of each layer before it, as text: the lectures' table."""

from __future__ import annotations

from cnnspec.base.join_words import join_words
from cnnspec.base.percent import percent
from cnnspec.layers.base import show_shape
from cnnspec.rf.wording import show_size, write_gates, write_statistics
from cnnspec.tables.assumed import HEADING, MARK, needs_column, write_assumptions
from cnnspec.tables.figures import show_field, show_figure
from cnnspec.tables.layout import shorten_names
from cnnspec.tables.page import Page, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.rf.seen_layers import SeenLayer, SeenLayers
    from cnnspec.rf.unit_field import Span

HEADINGS = ("Layer (type)", "Output", "Sees", "Where", "Positions", "Coverage")
RIGHT = {2, 4, 5}  # columns of figures
SPARE = ("Where", "Output", "Positions", "Coverage")
LEGEND = (
    "Sees: the box of positions of each layer that this one depends on, clipped to the layer (unclipped where a size is "
    "unknown); where: its first and last position; positions: those in it that are read; coverage: their share of the layer."
)


def write_text(network: AnalysedNetwork, seen: SeenLayers, width: int | None = None) -> str:
    """The table, and below it what it leaves out."""
    page = Page(width)
    headings, rows = make_table(network, seen)
    page.add_texts([write_title(network, seen), ""])
    page.add_table(Table(headings, rows, RIGHT, SPARE))
    page.add_text()
    page.add_text(LEGEND)
    page.add_texts(write_notes(network, seen), hanging=4)
    return page.write(also="as does --format json")


def write_title(network: AnalysedNetwork, seen: SeenLayers) -> str:
    """'What position 1,1 of conv3 sees in "mnist"'."""
    unit = f"position {','.join(map(str, seen.at))}" if seen.at else "a value"
    return f'What {unit} of {seen.layer} sees of the layers before it in "{network.name}"'


def make_table(network: AnalysedNetwork, seen: SeenLayers) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The headings and the rows."""
    marked = needs_column(network)
    rows = [(*write_row(layer), *[MARK * layer.assumed] * marked) for layer in seen.layers]
    return (*HEADINGS, *[HEADING] * marked), rows


def write_row(layer: SeenLayer) -> tuple[str, ...]:
    read = layer.read
    sees, where = show_field(layer.field), show_box(layer.box)
    if read.read is None:
        where = where if layer.box else "?"
    elif read.size:
        sees, where = ("nothing", "-") if read.box is None else (show_size(read.box), show_box(read.box))
    return (
        f"{layer.name} ({layer.type})",
        show_shape(layer.output_shape),
        sees,
        where,
        show_figure(read.read),
        percent(read.coverage),
    )


def show_box(box: tuple[Span, ...] | None) -> str:
    """The first and the last position of a box: "4,4 to 21,21", "3" for one alone."""
    first, last = (",".join([str(span[end]) for span in box or ()]) for end in (0, 1))
    return (first if first == last else f"{first} to {last}") or "-"


def write_notes(network: AnalysedNetwork, seen: SeenLayers) -> list[str]:
    """How far the field reaches beyond the inputs' edges, and what is left out."""
    inputs = {network.graph.nodes[i].name for i in network.graph.inputs}
    beyond = [
        f"{show_size(layer.box)} of {layer.name}"
        for layer in seen.layers
        if layer.name in inputs and layer.box and layer.read.read is not None and layer.box != layer.read.box
    ]
    lines = [f"Unclipped: {join_words(beyond)}"] * bool(beyond)
    if seen.gates:
        lines.append(f"Gates: {write_gates(seen.gates)}; the fields leave that out.")
    if seen.left_out:
        lines.append(f"Seen through gates alone, and left out: {shorten_names(seen.left_out)}")
    lines += [f"Statistics: {words}; the fields leave that out." for words in write_statistics(seen.statistics)]
    unit = network.graph.nodes[network.find_layer(seen.layer)]
    return [*lines, *write_assumptions(network, f"what {seen.layer} sees rests", unit.assumed)]
