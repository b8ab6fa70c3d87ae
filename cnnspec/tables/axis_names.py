"""What the axes of a map are called: length; height, width; depth, height, width."""

from __future__ import annotations

from cnnspec.layers.window import AXIS_NAMES


def name_axes(rank: int) -> tuple[str, ...]:
    """The names of so many spatial axes."""
    return AXIS_NAMES.get(rank, tuple([f"axis {i}" for i in range(1, rank + 1)]))
