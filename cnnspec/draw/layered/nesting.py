"""Which sheets there are: one for each group, or several where one could not hold all boxes of the group at once.

An edge goes on in the direction of flow. So a group that edges leave and enter again (a → b → c, where a and c are in the
group and b is not) has a sheet for what comes before and one for what comes after.
"""

from __future__ import annotations

from cnnspec.draw.layered.sheet import BOX, Node, Sheet
from cnnspec.draw.layered.sorting import sort

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cnnspec.draw.layered.diagram import Box, Edge, Group

    Unit = tuple[int, int]  # a part of a group: the group, and which part; or a box i: (~i, 0)
    Pair = tuple[int, int]  # an edge: the indices of two boxes


class Nesting:
    """The sheets, outer ones before inner ones; the node and the sheet of every box, and how many boxes one behind another
    lead to it (`early`) and follow it (`late`) at most."""

    __slots__ = ("early", "homes", "late", "nodes", "sheets")

    def __init__(self, boxes: Sequence[Box], pairs: Sequence[Pair]) -> None:
        self.nodes = [Node(BOX, i, box.width, box.height) for i, box in enumerate(boxes)]
        self.sheets = [Sheet(-1, None)]
        self.homes = [self.sheets[0]] * len(boxes)
        order = [
            ~unit
            for unit, _ in sort_units([(~i, 0) for i in range(len(boxes))], [((~a, 0), (~b, 0)) for a, b in pairs])
        ]
        if len(order) < len(boxes):
            raise ValueError("The edges of a layout cannot run in a circle.")
        self.early, self.late = [0] * len(boxes), [0] * len(boxes)
        after: list[list[int]] = [[] for _ in boxes]
        for a, b in pairs:
            after[a].append(b)
        for a in order:
            for b in after[a]:
                self.early[b] = max(self.early[b], self.early[a] + 1)
        for a in reversed(order):
            self.late[a] = max([self.late[b] + 1 for b in after[a]], default=0)


def nest(boxes: Sequence[Box], groups: Sequence[Group], edges: Sequence[Edge]) -> Nesting:
    """Every box in the sheet of its innermost group. Raises ValueError where edges run in a circle."""
    chains: list[tuple[int, ...]] = []
    for index, group in enumerate(groups):
        chains.append((*(() if group.parent is None else chains[group.parent]), index))
    chain_of = [() if box.group is None else chains[box.group] for box in boxes]
    pairs = list(dict.fromkeys([(edge.source, edge.target) for edge in edges]))
    made = Nesting(boxes, pairs)
    work = [(made.sheets[0], list(range(len(boxes))), pairs)]
    while work:
        sheet, members, inside = work.pop()
        units = split({i: chain_of[i][sheet.depth] if len(chain_of[i]) > sheet.depth else ~i for i in members}, inside)
        parts: dict[Unit, tuple[Sheet, list[int], list[Pair]]] = {}
        for i, unit in units.items():
            if unit[0] < 0:
                sheet.items.append(made.nodes[i])
                made.homes[i] = sheet
            elif unit in parts:
                parts[unit][1].append(i)
            else:
                inner = Sheet(unit[0], sheet)
                sheet.items.append(inner.node)
                parts[unit] = (inner, [i], [])
        for a, b in inside:
            if units[a] == units[b]:
                parts[units[a]][2].append((a, b))
        made.sheets += [inner for inner, _, _ in parts.values()]
        work += parts.values()
    return made


def split(groups: Mapping[int, int], pairs: Sequence[Pair]) -> dict[int, Unit]:
    """The unit of every box, for boxes in groups (a box i in none has ~i): whole groups, wherever those do not stand in a
    circle, and parts of the others."""
    units: dict[int, Unit] = {i: (group, 0) for i, group in groups.items()}
    sorted_ones = set(sort_units(units.values(), between(units, pairs)))
    circling = [unit[0] for unit in dict.fromkeys(units.values()) if unit not in sorted_ones and unit[0] >= 0]
    if not circling:
        return units
    opened = set(circling)
    units = {i: (~i, 0) if group in opened else (group, 0) for i, group in groups.items()}
    for group in circling:  # each is closed while what was closed before stays so: no new circle comes
        held = {units[i] for i in units if groups[i] == group}
        number = number_parts(held, units.values(), between(units, pairs))
        units.update({i: (group, number[units[i]]) for i in units if groups[i] == group})
    return units


def between(units: Mapping[int, Unit], pairs: Sequence[Pair]) -> list[tuple[Unit, Unit]]:
    return list(dict.fromkeys([(units[a], units[b]) for a, b in pairs if units[a] != units[b]]))


def number_parts(held: set[Unit], units: Iterable[Unit], arrows: Sequence[tuple[Unit, Unit]]) -> dict[Unit, int]:
    """For each unit how often a path to it leaves the units `held`, at most."""
    number = dict.fromkeys(units, 0)
    after: dict[Unit, list[Unit]] = {}
    for a, b in arrows:
        after.setdefault(a, []).append(b)
    for a in sort_units(number, arrows):
        for b in after.get(a, ()):
            number[b] = max(number[b], number[a] + (a in held and b not in held))
    return number


def sort_units(units: Iterable[Unit], arrows: Sequence[tuple[Unit, Unit]]) -> list[Unit]:
    """The units with each behind all that lead to it; what a circle leads to is left out."""
    waits = dict.fromkeys(units, 0)
    after: dict[Unit, list[Unit]] = {unit: [] for unit in waits}
    for a, b in arrows:
        waits[b] += 1
        after[a].append(b)
    return sort(waits, after)
