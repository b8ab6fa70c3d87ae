"""The whole layout: nested sheets, from the innermost out, then the places of all on the page."""

from __future__ import annotations

from cnnspec.draw.layered.crossings import crossed_forks
from cnnspec.draw.layered.diagram import Size, Spacing
from cnnspec.draw.layered.forks import find_forks
from cnnspec.draw.layered.frames import frame
from cnnspec.draw.layered.gathering import gather
from cnnspec.draw.layered.layers import Arrangement, put_in_layers
from cnnspec.draw.layered.loosening import loosen
from cnnspec.draw.layered.nesting import nest
from cnnspec.draw.layered.ordering import SMALL, order
from cnnspec.draw.layered.placement import place_across
from cnnspec.draw.layered.ranks import rank
from cnnspec.draw.layered.strands import choose_straight
from cnnspec.draw.layered.turning import on_their_side, turned
from cnnspec.draw.layered.wiring import wire
from cnnspec.draw.layered.work import Work

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.layered.diagram import Box, Edge, Group, Layout
    from cnnspec.draw.layered.sheet import Sheet

WORK = 4_000_000  # steps for the order of one sheet
DIRECTIONS = ("down", "right")


def lay_out_all(boxes: Sequence[Box], groups: Sequence[Group], edges: Sequence[Edge], direction: str) -> Layout:
    """See `cnnspec.draw.layered.lay_out`."""
    refuse_what_is_wrong(boxes, groups, edges, direction)
    spacing, sideways = Spacing(), direction == "right"
    if sideways:
        boxes, edges = on_their_side(boxes, edges)
    nesting = nest(boxes, groups, edges)
    forks = find_forks(edges)
    wire(nesting, forks, edges)
    for sheet in reversed(nesting.sheets):
        title = Size(0, 0) if sheet.group < 0 else groups[sheet.group].title
        lay_out_sheet(sheet, title, spacing, sideways)
    for sheet in nesting.sheets:
        for node in sheet.items:
            if node.inner is not None:
                node.inner.x, node.inner.y = sheet.x + node.x, sheet.y + node.y
    made = gather(nesting, forks, len(groups), len(edges), spacing)
    return turned(made) if sideways else made


def refuse_what_is_wrong(boxes: Sequence[Box], groups: Sequence[Group], edges: Sequence[Edge], direction: str) -> None:
    if direction not in DIRECTIONS:
        raise ValueError(f'A direction is "down" or "right", not {direction!r}.')
    for index, group in enumerate(groups):
        if group.parent is not None and not 0 <= group.parent < index:
            raise ValueError(f"Group {index} lies in group {group.parent}, which does not stand before it.")
    for index, box in enumerate(boxes):
        if box.group is not None and not 0 <= box.group < len(groups):
            raise ValueError(f"Box {index} lies in group {box.group}, which is not there.")
    for index, edge in enumerate(edges):
        for end in (edge.source, edge.target):
            if not 0 <= end < len(boxes):
                raise ValueError(f"Edge {index} names box {end}, which is not there.")


def lay_out_sheet(sheet: Sheet, title: Size, spacing: Spacing, sideways: bool) -> None:
    """Lay out one sheet, whose inner sheets are laid out."""
    rank(sheet)
    arrange(sheet, spacing)
    choose_straight(sheet)
    loosen(sheet, spacing)
    place_across(sheet, spacing)
    frame(sheet, title, spacing, sideways)


def arrange(sheet: Sheet, spacing: Spacing) -> None:
    """Find the layers and their order. A fork whose lines cross others has lanes of its own for each end where fewer cross
    then: they can run on both sides of a trunk."""
    put_in_layers(sheet, spacing)
    work = Work(WORK)
    fewest = order(sheet, work)
    parted: set[int] = set()
    while fewest and sum(map(len, sheet.layers)) <= SMALL and (more := crossed_forks(sheet.layers) - parted):
        parted |= more
        best = Arrangement(sheet)
        put_in_layers(sheet, spacing, parted)
        count = order(sheet, work)
        if count >= fewest:
            best.put_back(sheet)
            break
        fewest = count
