"""Forks through nested sheets: a wire in every sheet that a fork passes, with one entry or exit for each border."""

from __future__ import annotations

from cnnspec.draw.layered.sheet import ENTRY, EXIT, End, Node, Wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.layered.diagram import Edge
    from cnnspec.draw.layered.forks import Fork
    from cnnspec.draw.layered.nesting import Nesting
    from cnnspec.draw.layered.sheet import Sheet


def wire(nesting: Nesting, forks: Sequence[Fork], edges: Sequence[Edge]) -> None:
    """Put every fork's wires into the sheets."""
    for number, fork in enumerate(forks):
        Wiring(nesting, number, nesting.nodes[fork.source], nesting.homes[fork.source]).add(fork, edges)


class Wiring:
    """The wires of one fork. `around`: the source's sheet and all around it."""

    def __init__(self, nesting: Nesting, fork: int, source: Node, home: Sheet) -> None:
        self.nesting, self.fork, self.early = nesting, fork, nesting.early[source.which] + 1
        self.wires: dict[Sheet, Wire] = {}
        self.outermost = home  # as far as the wire has come out
        self.around: set[Sheet] = set()
        sheet: Sheet | None = home
        while sheet is not None:
            self.around.add(sheet)
            sheet = sheet.parent
        self.begin(home, source, None)

    def begin(self, sheet: Sheet, source: Node, came: End | None) -> Wire:
        self.wires[sheet] = made = Wire(self.fork, self.early, sheet, source, came)
        sheet.wires.append(made)
        return made

    def add(self, fork: Fork, edges: Sequence[Edge]) -> None:
        """Lead the fork to all its targets; its label stands in the innermost sheet in which an edge leaves the way out."""
        parted = []
        for edge in fork.edges:
            target = edges[edge].target
            sheet = self.nesting.homes[target]
            end: End | None = End(self.reach(sheet), self.nesting.nodes[target], edge)
            late = self.nesting.late[target] + 1
            while end is not None and end.late < late:
                end.late, end = late, end.wire.came
            while sheet not in self.around:
                sheet = outside(sheet)
            parted.append(sheet)
        self.wires[max(parted, key=lambda sheet: sheet.depth)].label = fork.label

    def reach(self, sheet: Sheet) -> Wire:
        """The fork's wire in a sheet, made if it is not there."""
        missing = []
        while sheet not in self.wires and sheet not in self.around:
            missing.append(sheet)
            sheet = outside(sheet)
        while self.outermost.depth > sheet.depth:
            self.come_out()
        wire = self.wires[sheet]
        for inner in reversed(missing):
            entry = Node(ENTRY)
            inner.entries.append(entry)
            wire = self.begin(inner, entry, End(wire, inner.node))
        return wire

    def come_out(self) -> None:
        """Lead the fork out of one sheet more."""
        leaving = Node(EXIT)
        self.outermost.exits.append(leaving)
        end = End(self.wires[self.outermost], leaving)
        inner, self.outermost = self.outermost, outside(self.outermost)
        self.begin(self.outermost, inner.node, end)


def outside(sheet: Sheet) -> Sheet:
    assert sheet.parent is not None
    return sheet.parent
