"""The words of receptive fields that several writers need."""

from __future__ import annotations

from cnnspec.base.join_words import join_words
from cnnspec.layers.base import show_shape
from cnnspec.tables.axis_names import name_axes
from cnnspec.tables.layout import shorten_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.rf.layer_field import LayerField
    from cnnspec.rf.unit_field import BranchOffset, MixedAxes, Span


def show_plain(value: float | None) -> str:
    """2, 0.5, ? for unknown; at most two digits behind the point."""
    return "?" if value is None else f"{round(value, 2):g}" if abs(value) < 10**6 else str(round(value))


def show_each_axis(values: tuple[Any, ...] | None) -> str:
    """One figure where all axes are alike, else one an axis: "2", "2, 1"."""
    if values and values.count(values[0]) == len(values):
        return show_plain(values[0])
    shown = [show_plain(value) for value in values or ()]
    return ", ".join(shown if len(set(shown)) > 1 else shown[:1])


def write_gates(gates: tuple[str, ...]) -> str:
    """ "mul1 mixes in what has seen the whole input, or is repeated along an axis"."""
    one = len(gates) == 1
    return f"{shorten_names(gates)} mix{'es' * one} in what has seen the whole input, or is repeated along an axis"


def write_statistics(statistics: tuple[MixedAxes, ...]) -> list[str]:
    """ "group_norm1 mixes the positions along height and width"; layers with the same axes together."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for mixed in statistics:
        groups.setdefault(mixed.axes, []).append(mixed.layer)
    return [
        f"{shorten_names(tuple(names))} mix{'es' * (len(names) == 1)} the positions along {join_words(axes)}"
        for axes, names in groups.items()
    ]


def show_effective(layer: LayerField) -> str:
    return show_shape(tuple([round(value) for value in layer.effective or ()]))


def write_offsets(offsets: tuple[BranchOffset, ...]) -> list[str]:
    """ "add1: the centres of conv1 and input1 are 1 pixel apart in height and width (1 position)"; axes alike together."""
    lines = []
    together: dict[tuple[Any, ...], list[str]] = {}
    for o in offsets:
        together.setdefault((o.layer, o.branches, o.pixels, o.positions), []).append(o.axis)
    for (layer, branches, pixels, positions), axes in together.items():
        lines.append(
            f"{layer}: the centres of {branches[0]} and {branches[1]} lie {show_plain(pixels)} pixel{'s' * (pixels != 1)} apart"
            f" in {' and '.join(axes)} ({show_plain(positions)} of its positions)"
        )
    return lines


def write_box(box: tuple[Span, ...]) -> str:
    """ "height 4 to 21, width 4 to 21"."""
    names = name_axes(len(box))
    return ", ".join(
        [f"{name} {a} to {b}" if a != b else f"{name} {a}" for name, (a, b) in zip(names, box, strict=True)]
    )


def show_size(box: tuple[Span, ...]) -> str:
    return show_shape(tuple([last - first + 1 for first, last in box]))
