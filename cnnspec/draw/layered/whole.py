"""The whole layout: nested sheets, from the innermost out."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.layered.diagram import Box, Edge, Group, Layout, Spacing


def lay_out_all(
    boxes: Sequence[Box], groups: Sequence[Group], edges: Sequence[Edge], direction: str, spacing: Spacing | None
) -> Layout:
    raise ValueError("not yet")
