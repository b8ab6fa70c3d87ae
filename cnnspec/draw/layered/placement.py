"""Where across a sheet its nodes stand."""

from __future__ import annotations

from cnnspec.draw.layered.gaps import least_gaps
from cnnspec.draw.layered.loosening import sort_strands
from cnnspec.draw.layered.pendulum import Pendulum
from cnnspec.draw.layered.ports import slide_ports
from cnnspec.draw.layered.sheet import ENTRY, EXIT
from cnnspec.draw.layered.strands import number_strands

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.draw.layered.diagram import Spacing
    from cnnspec.draw.layered.sheet import Node, Sheet

# How much it matters that the longest path leaves a sheet where it came in; a line between two nodes matters 1.
THROUGH = 20.0


def place_across(sheet: Sheet, spacing: Spacing) -> None:
    """Set the x of every node; the leftmost is about 0."""
    count = number_strands(sheet)
    gaps = least_gaps(sheet, spacing)
    pendulum = Pendulum(sort_strands(count, gaps), {pair: gap.by for pair, gap in gaps.items()})
    nodes = [node for layer in sheet.layers for node in layer]
    for arc in [arc for node in nodes for arc in node.ups if not arc.rigid]:
        upper, lower = arc.upper, arc.lower
        pendulum.tie(upper.strand, lower.strand, upper.shift + arc.leaves - lower.shift - arc.enters)
    ends = way_through(sheet)
    if ends is not None:
        pendulum.tie(ends[0].strand, ends[1].strand, ends[0].shift - ends[1].shift, THROUGH)
    places = pendulum.swing()
    for node in nodes:
        node.x = places[node.strand] + node.shift
    slide_ports(nodes, spacing)


def way_through(sheet: Sheet) -> tuple[Node, Node] | None:
    """Where the longest path enters a sheet and leaves it."""
    enters = [(wire.early, wire.source) for wire in sheet.wires if wire.source.kind == ENTRY]
    leaves = [(end.late, end.node) for wire in sheet.wires for end in wire.ends if end.node.kind == EXIT]
    if not enters or not leaves:
        return None
    return max(enters, key=lambda pair: pair[0])[1], max(leaves, key=lambda pair: pair[0])[1]
