"""How far along each item of a sheet stands (its rank), and which ends of wires are on a longest path of the whole."""

from __future__ import annotations

from cnnspec.draw.layered.sheet import ENTRY, EXIT
from cnnspec.draw.layered.sorting import sort

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.draw.layered.sheet import Node, Sheet, Wire

    Readers = dict[Node, list[Node]]

TIED, LONGEST = 1, 2


def rank(sheet: Sheet) -> None:
    """Items stand as early as they can; those that no entry and no begin of a longest path leads to, near to their readers."""
    arriving: dict[Node, list[Wire]] = {node: [] for node in (*sheet.entries, *sheet.items, *sheet.exits)}
    readers: Readers = {node: [] for node in arriving}
    for wire in sheet.wires:
        for end in wire.ends:
            arriving[end.node].append(wire)
            readers[wire.source].append(end.node)
    mark_longest(sheet, arriving)
    first = 1 if sheet.entries else 0
    order = sort({node: len(wires) for node, wires in arriving.items()}, readers)
    for node in order:
        earliest = 0 if node.kind == ENTRY else first
        node.rank = max([wire.source.rank + 1 for wire in arriving[node]], default=earliest)
    come_near(order, led(sheet, order, readers), readers)
    last = max([node.rank for node in sheet.items], default=0)
    for node in sheet.exits:
        node.rank = last + 1


def mark_longest(sheet: Sheet, arriving: dict[Node, list[Wire]]) -> None:
    """Mark each end that is both the longest way on from its source and the longest way to its node; TIED if others are
    as long."""
    for wire in sheet.wires:
        late = [end.late for end in wire.ends]
        for end in wire.ends:
            early = [other.early for other in arriving[end.node]]
            if end.late == max(late) and wire.early == max(early):
                end.main = LONGEST if late.count(end.late) == 1 and early.count(wire.early) == 1 else TIED


def led(sheet: Sheet, order: list[Node], readers: Readers) -> set[Node]:
    """What the entries lead to; where there are none, what the begin of a longest path leads to."""
    if sheet.entries:
        found = set(sheet.entries)
    else:
        late = dict.fromkeys(order, 0)
        for node in reversed(order):
            late[node] = max([late[reader] + 1 for reader in readers[node]], default=0)
        found = set(sorted(order, key=lambda node: -late[node])[:1])
    for node in order:
        if node in found:
            found.update(readers[node])
    return found


def come_near(order: list[Node], fixed: set[Node], readers: Readers) -> None:
    """Let what is not fixed begin as late as it can: that lengthens nothing, as nothing that is fixed leads to it."""
    for node in reversed(order):
        ranks = [reader.rank for reader in readers[node] if reader.kind != EXIT]
        if node not in fixed and ranks:
            node.rank = min(ranks) - 1
