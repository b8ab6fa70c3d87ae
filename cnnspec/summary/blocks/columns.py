"""The columns of the table of blocks: what each holds, for people and for scripts."""

from __future__ import annotations

from cnnspec.base.source import printable
from cnnspec.facts.precision import memory_text
from cnnspec.layers.base import show_shape
from cnnspec.tables.figures import show_axes, show_field, show_figure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.summary.blocks import BlockFigures

HEADINGS = ("Block", "Output Shape", "Param #", "MACs", "RF", "Jump", "Peak Memory")
FAULT = "Fault"
RIGHT = frozenset({2, 3, 4, 5, 6})  # the columns of figures
CONVENTIONS = (
    "MACs: convolutions and dense layers, one example, bias not counted; FLOPs = 2 * MACs",
    "RF, Jump: receptive field and effective stride of the last layer before the whole input is mixed",
    "Peak Memory: activations alive at once, one example, float32",
)


def write_title(inputs: str) -> str:
    """What the table is about."""
    return f"Blocks at input {inputs}"


def find_headings(rows: Sequence[BlockFigures]) -> tuple[str, ...]:
    """The headings: one for faults where there are any."""
    return (*HEADINGS, FAULT) if any([row.fault for row in rows]) else HEADINGS


def write_cells(rows: Sequence[BlockFigures], file: str) -> list[list[str]]:
    """The cells of every row, as people read them; `file` is the one that was asked about."""
    faults = any([row.fault for row in rows])
    return [[*write_figures(row), *[write_fault(row, file)] * faults] for row in rows]


def write_figures(row: BlockFigures) -> list[str]:
    shapes = ", ".join(map(show_shape, row.outputs)) or "?"
    if row.totals is None:
        return [str(row), shapes, *["?"] * len(RIGHT)]
    field = row.totals.receptive_field
    return [
        str(row), shapes, show_figure(row.totals.params), show_figure(row.totals.macs), show_field(field),
        "?" if field is None else show_axes(field.stride), memory_text(row.peak_memory),
    ]  # fmt: skip


def write_fault(row: BlockFigures, file: str) -> str:
    """What keeps a block from being built, and its line: "line 4: conv needs 2 spatial axes"; where that is not in the file
    that was asked about, with the file: "base.cnn, line 4: …"."""
    if row.fault is None:
        return ""
    span, place = row.fault.span, row.fault.position
    if span is None or place is None:
        return row.fault.message
    other = "" if span.source.name == file else f"{printable(span.source.name)}, "
    return f"{other}line {place[0]}: {row.fault.message}"
