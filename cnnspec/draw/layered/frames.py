"""The frame around a sheet: how wide it is, where its title stands, where wires cross its border."""

from __future__ import annotations

from itertools import pairwise

from cnnspec.draw.layered.diagram import Rect, Size
from cnnspec.draw.layered.heights import place_along
from cnnspec.draw.layered.sheet import ENTRY, EXIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.draw.layered.diagram import Spacing
    from cnnspec.draw.layered.sheet import Sheet


def frame(sheet: Sheet, title: Size, spacing: Spacing, sideways: bool) -> None:
    """Set the heights, the size of a sheet, and of its node in its parent, and the place of its title. `sideways`: the flow
    goes from left to right, so that a title stands along the flow, beside the sheet's items."""
    padding = spacing.margin if sheet.parent is None else spacing.padding
    strip = title.height + 2 * spacing.titles if title.height else 0.0
    nodes = [node for layer in sheet.layers for node in layer]
    left = min([node.x for node in nodes], default=0.0)
    right = max([node.x + node.width for node in nodes], default=0.0)
    shift_all(sheet, padding - left)
    sheet.width = right - left + 2 * padding
    if sideways:
        sheet.title = beside(sheet, title, spacing)
        place_along(sheet, spacing, padding, least=title.width + 2 * padding)
    else:
        sheet.title = on_top(sheet, title, spacing)
        place_along(sheet, spacing, padding, strip=strip)
    node = sheet.node
    node.width, node.height = sheet.width, sheet.height
    node.entries = {wire.fork: wire.source.x for wire in sheet.wires if wire.source.kind == ENTRY}
    node.exits = {}
    for wire in sheet.wires:
        for end in wire.ends:
            if end.node.kind == EXIT:
                node.exits[wire.fork] = end.node.x


def shift_all(sheet: Sheet, by: float) -> None:
    for layer in sheet.layers:
        for node in layer:
            node.x += by


def on_top(sheet: Sheet, title: Size, spacing: Spacing) -> Rect:
    """The place of a title at the top, where no entry goes through it; the sheet is widened where there is no such place."""
    apart = spacing.lanes / 2
    edges = [
        spacing.padding - apart,
        *sorted([node.x for node in sheet.entries]),
        sheet.width - spacing.padding + apart,
    ]
    for begin, end in pairwise(edges):
        if end - begin >= title.width + 2 * apart:
            return Rect(begin + apart, spacing.titles, title.width, title.height)
    wants_left = title.width + 2 * apart - (edges[1] - edges[0])
    wants_right = title.width + 2 * apart - (edges[-1] - edges[-2])
    if wants_left <= wants_right and sheet.entries:
        shift_all(sheet, wants_left)
        sheet.width += wants_left
        return Rect(spacing.padding, spacing.titles, title.width, title.height)
    sheet.width += wants_right
    return Rect(edges[-2] + apart, spacing.titles, title.width, title.height)


def beside(sheet: Sheet, title: Size, spacing: Spacing) -> Rect:
    """The place of a title along the right side (which is turned to the top), at the beginning of the flow."""
    sheet.width += title.height
    return Rect(sheet.width - title.height - spacing.titles, spacing.padding, title.height, title.width)
