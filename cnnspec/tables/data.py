"""Figures as scripts read them. In JSON a symbolic size is text, "H//2"; what is unknown is None; lists have one entry an
axis. In CSV the cell of what is unknown is empty."""

from __future__ import annotations

from cnnspec.base.size import Size
from cnnspec.tables.assumed import assumed_flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.layers.base import Weight
    from cnnspec.tables.rows import LayerFigures, ReceptiveField


def figure_data(value: Any) -> Any:
    """A number as it is, a symbolic size as text."""
    return str(value) if isinstance(value, Size) else value


def shape_data(values: Any) -> list[Any] | None:
    """A shape, or other figures of one each axis."""
    return None if values is None else [figure_data(v) for v in values]


def box_data(spans: Any) -> list[list[int]] | None:
    """The first and the last position of a box along each axis."""
    return None if spans is None else [list(span) for span in spans]


def field_data(value: ReceptiveField | None) -> dict[str, Any]:
    """Size, stride and padding of a receptive field."""
    if value is None:
        return {"size": None, "stride": None, "padding": None}
    return {"size": shape_data(value.size), "stride": shape_data(value.stride), "padding": shape_data(value.padding)}


def layer_data(row: LayerFigures) -> dict[str, Any]:
    """The figures of one layer, as in the summary."""
    made = {
        "name": row.name,
        "type": row.type,
        "inputs": list(row.inputs),
        "output_shape": shape_data(row.output_shape),
        "params": {"trainable": row.trainable, "non_trainable": row.non_trainable},
        "weights": None if row.weights is None else [weight_data(weight) for weight in row.weights],
        "macs": figure_data(row.macs),
        "receptive_field": field_data(row.receptive_field),
        "line": row.line,
    }
    if row.shared_with:
        made["shared_with"] = row.shared_with
    return made | assumed_flag(row.assumed)


def weight_data(weight: Weight) -> dict[str, Any]:
    """One weight tensor."""
    return {"name": weight.name, "shape": shape_data(weight.shape), "trainable": weight.trainable}


def write_plain(value: Any) -> str:
    """A figure as it is, nothing for what is unknown."""
    return "" if value is None else str(value)


def write_axes(values: Any) -> str:
    """One figure an axis: 3x3."""
    return "x".join("?" if v is None else str(v) for v in values) if values else ""
