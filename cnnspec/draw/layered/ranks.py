"""How far along each item of a sheet stands (its rank), and which ends of wires are on a longest path."""

from __future__ import annotations

from cnnspec.draw.layered.sheet import ENTRY, EXIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.draw.layered.sheet import Node, Sheet

    Neighbours = dict[Node, list[Node]]

TIED, LONGEST = 1, 2


def rank(sheet: Sheet) -> None:
    """Items stand as early as they can; those that no entry and no end of the longest path lead to, near to their readers."""
    before, after = neighbours(sheet)
    order = sort(sheet, before, after)
    first = 1 if sheet.entries else 0
    early: dict[Node, int] = {}  # how many boxes one behind another lead to an item
    late: dict[Node, int] = {}  # and how many follow it
    for node in order:
        sources = before[node]
        node.rank = max([source.rank + 1 for source in sources], default=0 if node.kind == ENTRY else first)
        early[node] = max([early[source] + source.length for source in sources], default=0)
    for node in reversed(order):
        late[node] = max([late[reader] + reader.length for reader in after[node]], default=0)
    mark_longest(sheet, before, early, late)
    come_near(sheet, order, before, after, late)
    last = max([node.rank for node in sheet.items], default=0)
    for node in sheet.exits:
        node.rank = last + 1
    sheet.node.length = max([early[node] + node.length for node in order], default=0)


def neighbours(sheet: Sheet) -> tuple[Neighbours, Neighbours]:
    """For each node its sources and its readers."""
    nodes = [*sheet.entries, *sheet.items, *sheet.exits]
    before: Neighbours = {node: [] for node in nodes}
    after: Neighbours = {node: [] for node in nodes}
    for wire in sheet.wires:
        for end in wire.ends:
            after[wire.source].append(end.node)
            before[end.node].append(wire.source)
    return before, after


def sort(sheet: Sheet, before: Neighbours, after: Neighbours) -> list[Node]:
    """All nodes, each behind its sources."""
    waits = {node: len(sources) for node, sources in before.items()}
    ready = [node for node, count in waits.items() if not count]
    for node in ready:
        for reader in after[node]:
            waits[reader] -= 1
            if not waits[reader]:
                ready.append(reader)
    return ready


def mark_longest(sheet: Sheet, before: Neighbours, early: dict[Node, int], late: dict[Node, int]) -> None:
    """Mark each end that is both the longest way on from its source and the longest way to its node; TIED if others are
    as long."""
    for wire in sheet.wires:
        source = wire.source
        on = [late[end.node] + end.node.length for end in wire.ends]
        longest = max(on, default=0)
        for end, length in zip(wire.ends, on, strict=True):
            to = [early[other] + other.length for other in before[end.node]]
            if length == longest and early[source] + source.length == max(to):
                end.main = LONGEST if on.count(longest) == 1 and to.count(max(to)) == 1 else TIED


def come_near(sheet: Sheet, order: list[Node], before: Neighbours, after: Neighbours, late: dict[Node, int]) -> None:
    """Let side branches without a source of their own begin late: nothing is lengthened by that, as nothing leads to them."""
    starts = (
        sheet.entries
        or sorted([node for node in order if not before[node]], key=lambda node: -late[node] - node.length)[:1]
    )
    led = set(starts)
    for node in order:
        if node in led:
            led.update(after[node])
    for node in reversed(order):
        readers = [reader.rank for reader in after[node] if reader.kind != EXIT]
        if node not in led and readers:
            node.rank = min(readers) - 1
