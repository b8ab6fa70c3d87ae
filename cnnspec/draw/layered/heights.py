"""Where along a sheet its layers stand, and the corners of its lines."""

from __future__ import annotations

from cnnspec.draw.layered.sheet import ENTRY, EXIT, LABEL, Corners
from cnnspec.draw.layered.tracks import LEAST, assign_tracks, stretches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.draw.layered.diagram import Point, Spacing
    from cnnspec.draw.layered.sheet import Arc, Node, Sheet

    Across = dict[Arc, list[Point]]  # where an arc runs to, across, and at which y


def place_along(sheet: Sheet, spacing: Spacing, padding: float, strip: float = 0.0, least: float = 0.0) -> None:
    """Set the y of every node, the height of the sheet and the routes of its wires. `padding`: between what the sheet holds
    and its border; `strip`: the room for a title, which entries cross; `least`: the least height."""
    at = 0.0 if sheet.entries else max(strip, padding)
    for node in sheet.entries:
        node.height = strip
    across: Across = {}
    for index, layer in enumerate(sheet.layers):
        if index:
            at += part_layers(sheet.layers[index - 1], layer, at, spacing, across)
        if layer[0].kind == EXIT:
            at = max(at, least)
        height = max([node.height for node in layer])
        for node in layer:
            node.y = at + (height - node.height) / 2
        at += height
    sheet.height = at if sheet.exits else max(at + padding, least)
    trace_lines(sheet, across)


def part_layers(upper: list[Node], lower: list[Node], at: float, spacing: Spacing, across: Across) -> float:
    """How far two layers stand apart, of which the first ends at y `at`; puts where arcs run across into `across`."""
    made = stretches(upper)
    tracks = assign_tracks([stretch for stretch, _ in made], spacing.lanes)
    above = spacing.labels if has_label(upper) else spacing.ends / 2
    below = spacing.labels if has_label(lower) else spacing.ends
    band = max(tracks - 1, 0) * spacing.tracks
    gap = max(least_gap(upper, lower, spacing), above + band + below if tracks else 0)
    first = at + above + (gap - above - band - below) / 2
    for stretch, arcs in made:
        y = first + stretch.track * spacing.tracks
        aside = [(stretch.source, first + stretch.detour.track * spacing.tracks)] if stretch.detour else []
        for arc in arcs:
            across[arc] = [*aside, (arc.lower.x + arc.enters, y)]
    return gap


def has_label(layer: list[Node]) -> bool:
    return any([node.kind == LABEL for node in layer])


def least_gap(upper: list[Node], lower: list[Node], spacing: Spacing) -> float:
    if has_label(lower):
        return spacing.labels
    if has_label(upper) or upper[0].kind == ENTRY:
        return spacing.ends
    if lower[0].kind == EXIT:
        return spacing.padding
    return spacing.layers


def trace_lines(sheet: Sheet, across: Across) -> None:
    """Set the routes of all ends."""
    lines: dict[Node, Corners] = {}  # to labels and lanes
    for layer in sheet.layers:
        for node in layer:
            for arc in node.downs:
                x, to = node.x + arc.leaves, arc.lower.x + arc.enters
                line = lines.get(node)
                if line is None:
                    line = Corners((x, 0.0 if node.kind == ENTRY else node.y + node.height), None)
                for place, y in across.get(arc, ()):
                    if abs(place - x) > LEAST:
                        line = Corners((place, y), Corners((x, y), line))
                        x = place
                if arc.end is None:
                    lines[arc.lower] = line
                else:
                    arc.end.route = Corners((to, arc.lower.y), line)
