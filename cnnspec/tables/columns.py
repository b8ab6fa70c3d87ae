"""The columns that a table of layers may have: by name, what a layer's figure is and how it is written."""

from __future__ import annotations

from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.record import Record
from cnnspec.facts.activation_memory import output_bytes
from cnnspec.facts.im2col import im2col
from cnnspec.facts.precision import find_precision, memory_text
from cnnspec.facts.roofline import find_traffic
from cnnspec.facts.training_memory import find_saved
from cnnspec.layers.base import product, show_shape
from cnnspec.tables.assumed import HEADING, MARK, needs_column
from cnnspec.tables.figures import show_axes, show_field, show_figure, show_matrices, show_ratio, show_weights
from cnnspec.tables.rows import LayerFigures
from cnnspec.tables.size_names import SizeNames

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from cnnspec.network import AnalysedNetwork

MAX_CONNECTED = 6  # names that a table shows; JSON and CSV have all
FLOAT32 = find_precision("float32")
WIDTH = 100  # of a table, from which on symbolic sizes have short names


class LayerRows:
    """The rows of a network, and what columns need beyond them, computed when it is asked for."""

    def __init__(self, network: AnalysedNetwork, rows: Sequence[LayerFigures]) -> None:
        self.network, self.rows = network, rows
        self._known: dict[str, list[Any]] = {}

    def find_once(self, name: str, compute: Callable[[Any], list[Any] | None]) -> list[Any]:
        """Figures of all layers by a name, computed from the facts when they are first asked for."""
        if name not in self._known:
            found = compute(self.network.facts)
            self._known[name] = [None] * len(self.rows) if found is None else found
        return self._known[name]


class TableColumn(Record):
    """One column: `value(layers, number of the row)` is the plain figure, None where it is unknown; `show` writes it for people."""

    heading: str
    about: str
    value: Callable[[LayerRows, int], Any]
    show: Callable[[Any], str] = show_figure
    numeric: bool = True


def _of_row(compute: Callable[[LayerFigures], Any]) -> Callable[[LayerRows, int], Any]:
    return lambda layers, i: compute(layers.rows[i])


def _params(row: LayerFigures) -> Any:
    return f"shared with {row.shared_with}" if row.shared_with else row.params


def _weights(row: LayerFigures) -> Any:
    return f"shared with {row.shared_with}" if row.shared_with else row.weights


def _connected(names: tuple[str, ...]) -> str:
    few = len(names) <= MAX_CONNECTED
    return ", ".join(names if few else (*names[:2], "…", f"{names[-1]} ({len(names)} layers)")) or "-"


def _path(layers: LayerRows, i: int) -> str:
    return " → ".join(map(str, layers.network.graph.nodes[i].site.steps))


def _values(layers: LayerRows, i: int) -> Any:
    shape = layers.rows[i].output_shape
    return None if shape is None else product(shape)


def _memory(layers: LayerRows, i: int) -> Any:
    return output_bytes(layers.rows[i].output_shape, FLOAT32)


def _saved(layers: LayerRows, i: int) -> Any:
    kept = layers.find_once("saved", find_saved)[i]
    return None if kept is None else kept.bytes(FLOAT32)


def _matrices(layers: LayerRows, i: int) -> Any:
    operations = layers.network.facts.operations[i]
    return None if operations is None else im2col(operations)


def _intensity(layers: LayerRows, i: int) -> Any:
    moved = layers.find_once("traffic", lambda facts: find_traffic(facts, FLOAT32))[i]
    if moved is None or moved.bytes != 0 and moved.intensity is None:
        return None
    return "-" if moved.bytes == 0 else moved.intensity


def _reach(part: str) -> Callable[[LayerRows, int], Any]:
    def value(layers: LayerRows, i: int) -> Any:
        found = layers.rows[i].receptive_field
        return None if found is None else getattr(found, part) or ()

    return value


COLUMNS = {
    "layer": TableColumn("Layer (type)", "name and Keras class", _of_row(lambda r: f"{r.name} ({r.type})"), str, False),
    "name": TableColumn("Layer", "name", _of_row(lambda r: r.name), str, False),
    "type": TableColumn("Type", "Keras class", _of_row(lambda r: r.type), str, False),
    "shape": TableColumn("Output Shape", "output shape, without the batch", _of_row(lambda r: r.output_shape), show_shape, False),
    "params": TableColumn("Param #", "parameters", _of_row(_params)),
    "weights": TableColumn("Weights", "its weight tensors with their shapes, as Keras has them", _of_row(_weights), show_weights, False),
    "trainable": TableColumn("Trainable", "parameters that training moves", _of_row(lambda r: r.trainable)),
    "connected": TableColumn("Connected to", "layers that it reads", _of_row(lambda r: r.inputs), _connected, False),
    "macs": TableColumn("MACs", "multiply-accumulates", _of_row(lambda r: r.macs)),
    "flops": TableColumn("FLOPs", "2 * MACs", _of_row(lambda r: r.flops)),
    "values": TableColumn("Values", "values of the output", _values),
    "memory": TableColumn("Memory", "bytes of the output as float32", _memory, memory_text),
    "saved": TableColumn("Saved", "bytes that training keeps of its values, as float32", _saved, memory_text),
    "rf": TableColumn("RF", "receptive field", _of_row(lambda r: r.receptive_field), show_field),
    "jump": TableColumn("Jump", "effective stride: input positions between two of the output", _reach("stride"), show_axes),
    "im2col": TableColumn("im2col", "a convolution as a matrix product: filters * columns", _matrices, show_matrices, False),
    "intensity": TableColumn("FLOP/byte", "arithmetic intensity as float32, batch 1", _intensity, show_ratio),
    "path": TableColumn("Path", "block calls, uses of functions, turns of loops and repeats that led to it", _path, str, False),
    "line": TableColumn("Line", "line of the text", _of_row(lambda r: r.line), str),
    MARK: TableColumn(HEADING, "whether its figures rest on an assumption", _of_row(lambda r: MARK if r.assumed else ""), str, False),
}  # fmt: skip
DEFAULT = ("layer", "shape", "params", "connected", "macs", "rf")


def choose_columns(names: str) -> tuple[str, ...]:
    """Columns from "params,macs"; a layer's name stands first unless it is among them. ValueError for an unknown one."""
    wanted = tuple([name.strip().lower() for name in names.split(",") if name.strip()])
    for name in wanted:
        if name not in COLUMNS:
            raise ValueError(
                f'no column is called "{name}": known are {", ".join(COLUMNS)}{write_suggestion(name, COLUMNS)}'
            )
    return wanted if {"layer", "name"} & set(wanted) else ("layer", *wanted)


def mark_assumed(network: AnalysedNetwork, names: tuple[str, ...]) -> tuple[str, ...]:
    """Columns, with that of the assumptions where there are any."""
    return (*names, MARK) if MARK not in names and needs_column(network) else names


def write_cells(
    network: AnalysedNetwork, rows: Sequence[LayerFigures], names: tuple[str, ...], width: int = WIDTH
) -> tuple[list[list[str]], SizeNames]:
    """The cells of every row, as people read them, and the names of symbolic sizes: short ones where the table would
    else be wider than `width`."""
    layers = LayerRows(network, rows)
    sizes = SizeNames(network, short=False)
    cells = _cells(layers, names, sizes)
    if sizes.named and sum([max(map(len, column)) + 3 for column in zip(*cells, strict=True)]) > width:
        sizes = SizeNames(network, short=True)
        cells = _cells(layers, names, sizes)
    return cells, sizes


def _cells(layers: LayerRows, names: tuple[str, ...], sizes: SizeNames) -> list[list[str]]:
    columns = [COLUMNS[name] for name in names]
    return [
        [column.show(sizes.of(column.value(layers, node.index), node)) for column in columns]
        for node in layers.network.graph.nodes
    ]


def write_plain_cells(
    network: AnalysedNetwork, rows: Sequence[LayerFigures], names: tuple[str, ...]
) -> list[list[str]]:
    """The cells of every row, as scripts read them: figures without separators and units, an empty cell for unknown."""
    layers = LayerRows(network, rows)
    made = []
    for i in range(len(layers.rows)):
        cells = [(name, COLUMNS[name].value(layers, i)) for name in names]
        made.append(["" if value is None else _plain(name, value) for name, value in cells])
    return made


def _plain(name: str, value: Any) -> str:
    if name == "connected":
        return " ".join(value)
    return COLUMNS[name].show(value) if name in ("shape", "weights", "rf", "jump", "im2col") else str(value)
