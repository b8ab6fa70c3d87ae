"""Figures as people read them: numbers with separators, ? for what is unknown."""

from __future__ import annotations

from cnnspec.base.size import Size, add_up
from cnnspec.facts.graph_queries import name_stated
from cnnspec.layers.base import show_shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.base.size import Dim
    from cnnspec.facts.facts import Facts
    from cnnspec.tables.rows import ReceptiveField

LONGEST = 40  # characters of an expression in a table of networks
UNITS = (("k", 10**3), ("M", 10**6), ("G", 10**9), ("T", 10**12))


def show_figure(value: Any) -> str:
    """A number with separators, one that is not whole with six digits, an expression as it is, ? for unknown."""
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return "?" if value is None else f"{value:,}" if isinstance(value, (int, Size)) else str(value)


def round_figure(value: Any) -> str:
    """A number in short, to one digit behind the point, where it is large: 999, 97.3 k, 4.1 G; else as `show_figure`."""
    if not isinstance(value, int) or abs(value) < 1000:
        return show_figure(value)
    unit, size = next((one for one in UNITS if abs(value) < 999.95 * one[1]), UNITS[-1])
    return f"{value / size:,.1f}".removesuffix(".0") + f" {unit}"


def show_signed(number: Dim | None) -> str:
    return f"{number:+,}" if isinstance(number, int) and number else show_short(number)


def show_short(number: Dim | None, longest: int = LONGEST) -> str:
    """A figure in a table: of a long expression what it depends on."""
    figure = show_figure(number)
    return (
        f"depends on {', '.join(sorted(number.names()))}"
        if isinstance(number, Size) and len(figure) > longest
        else figure
    )


def show_seconds(seconds: float) -> str:
    """A time with three digits: 2.41 ms."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}" if seconds / size < 1000 else f"{seconds / size:,.0f} {unit}"
    return f"{seconds * 1e9:.3g} ns"


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
