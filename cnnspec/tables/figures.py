"""Figures as people read them: numbers with separators, ? for what is unknown."""

from __future__ import annotations

from cnnspec.base.size import Size, add_up
from cnnspec.facts.graph_queries import name_stated
from cnnspec.layers.base import show_shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.facts.facts import Facts
    from cnnspec.tables.rows import ReceptiveField

UNITS = (("k", 10**3), ("M", 10**6), ("G", 10**9), ("T", 10**12))


def show_figure(value: Any) -> str:
    """A number with separators, an expression as it is, ? for unknown."""
    return "?" if value is None else f"{value:,}" if isinstance(value, (int, Size)) else str(value)


def round_figure(value: Any) -> str:
    """A number in short, to one digit behind the point, where it is large: 999, 97.3 k, 4.1 G; else as `show_figure`."""
    if not isinstance(value, int) or abs(value) < 1000:
        return show_figure(value)
    unit, size = next((one for one in UNITS if abs(value) < 999.95 * one[1]), UNITS[-1])
    return f"{value / size:,.1f}".removesuffix(".0") + f" {unit}"


def write_unknown_macs(facts: Facts) -> str:
    """ "at least 28,901,376, without those of deform_conv1"; "" where no layer's work is unknown."""
    stated = name_stated(facts.graph)
    if not stated:
        return ""
    known = [macs for macs, used in zip(facts.macs, facts.graph.used(), strict=True) if used and macs is not None]
    return f"at least {show_figure(add_up(known))}, without those of {stated}"


def show_field(value: ReceptiveField | None) -> str:
    """The size of a receptive field: 7x7, "all" for the whole input, - where there is no spatial axis."""
    if value is None:
        return "?"
    return "all" if value.whole else show_shape(value.size) or "-"


def show_axes(values: Any) -> str:
    """One figure an axis: 2x2."""
    return "-" if not values else show_shape(values)


def show_weights(value: Any) -> str:
    """The name and the shape of each weight tensor: "kernel[5x5x3x4], bias[4]"; text as it is, - for none."""
    if value is None or isinstance(value, str):
        return value or "?"
    return ", ".join([f"{weight.name}[{show_shape(weight.shape)}]" for weight in value]) or "-"


def show_ratio(value: Any) -> str:
    """A quotient with two digits behind the point."""
    return f"{value:,.2f}" if isinstance(value, float) else show_figure(value)


def show_matrices(value: Any) -> str:
    """Matrix products: 96x363 * 363x3025, twice it for two groups: 2 * (128x1200 * 1200x729)."""
    if value is None:
        return "?"
    parts = []
    for made in value:
        window = show_shape((made.window, made.positions))
        one = f"{made.filters}x{made.window} * {window}"
        parts.append(one if made.groups == 1 else f"{made.groups} * ({one})")
    return ", ".join(parts) or "-"
