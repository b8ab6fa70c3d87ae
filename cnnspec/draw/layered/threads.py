"""Threads: nodes one below another with one line between, as a long edge's lanes are. Each can be led anew as a whole, along
the way on which it crosses fewest lines; single exchanges of neighbours never bring it to the other side of a trunk."""

from __future__ import annotations

from itertools import accumulate
from operator import add

from cnnspec.draw.layered.crossings import crossings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.layered.sheet import Node
    from cnnspec.draw.layered.work import Work

    Layers = list[list[Node]]
    Thread = list[Node]  # in consecutive layers

FAR = 1e-6  # what a place costs by its distance from the old one, where a crossing costs 1


def lead_anew(layers: Layers, work: Work) -> int:
    """Lead every thread that crosses something anew; the answer is how many crossings fewer there are."""
    saved = 0
    for thread in find_threads(layers):
        touched = layers[thread[0].layer : thread[-1].layer + 2]
        if not any([crosses(node, layers) for node in thread]):
            continue
        if not work.spend(sum([len(layer) * (len(layer) + 20) for layer in touched])):
            break
        now = sum([crossings(layer) for layer in touched])
        old = [node.place for node in thread]
        move(layers, thread, best_way(layers, thread))
        other = sum([crossings(layer) for layer in touched])
        if other < now:
            saved += now - other
        else:
            move(layers, thread, old)
    return saved


def crosses(node: Node, layers: Layers) -> bool:
    """Whether a line at a node of a thread crosses another."""
    for arc in (*node.ups, *node.downs):
        begin, end = arc.upper.place, arc.lower.place
        for lower in layers[arc.lower.layer]:
            for other in lower.ups:
                if (other.upper.place - begin) * (lower.place - end) < 0:
                    return True
    return False


def find_threads(layers: Layers) -> list[Thread]:
    """All threads, each as long as can be."""
    found = []
    for layer in layers:
        for node in layer:
            if is_thin(node) and not (node.ups and is_thin(node.ups[0].upper)):
                thread = [node]
                while thread[-1].downs and is_thin(thread[-1].downs[0].lower):
                    thread.append(thread[-1].downs[0].lower)
                found.append(thread)
    return found


def is_thin(node: Node) -> bool:
    return len(node.ups) <= 1 and len(node.downs) <= 1


def move(layers: Layers, thread: Thread, places: Sequence[int]) -> None:
    """Put the nodes of a thread to places among the others of their layers."""
    for node, place in zip(thread, places, strict=True):
        layer = layers[node.layer]
        layer.pop(node.place)
        layer.insert(place, node)
        for at, other in enumerate(layer):
            other.place = at


def best_way(layers: Layers, thread: Thread) -> list[int]:
    """The places, one a layer, on which a thread crosses fewest lines; near to where it is among equals.

    Places are counted without the thread; at place p it stands between the others p - 1 and p.
    """
    costs: list[float] = []
    came: list[list[int]] = []
    for node, above in zip(thread, [None, *thread], strict=False):
        far = [abs(place - node.place) * FAR for place in range(len(layers[node.layer]))]
        if above is None and not node.ups:
            costs = far
            continue
        fixed = node.ups[0].upper.place if above is None else None
        rows = crossed(lines_into(layers[node.layer], node, above), fixed, len(costs), len(far))
        if fixed is not None:
            costs = [cost + by for cost, by in zip(rows[0], far, strict=True)]
            continue
        sums = [list(map(add, costs, column)) for column in zip(*rows, strict=True)]
        froms = [column.index(min(column)) for column in sums]
        costs = [column[p] + by for column, p, by in zip(sums, froms, far, strict=True)]
        came.append(froms)
    if thread[-1].downs:
        below = thread[-1].downs[0].lower
        lines = lines_into(layers[below.layer], None, thread[-1])
        costs = list(map(add, costs, crossed_to(lines, len(costs), below.place)))
    places = [costs.index(min(costs))]
    for froms in reversed(came):
        places.append(froms[places[-1]])
    return places[::-1]


def lines_into(layer: Sequence[Node], node: Node | None, above: Node | None) -> dict[int, list[int]]:
    """The places in which the lines into a layer end, by those in which they begin, without a thread whose nodes in this
    layer and the one above are `node` and `above`."""
    lines: dict[int, list[int]] = {}
    for lower in layer:
        if lower is not node:
            end = lower.place - (node is not None and lower.place > node.place)
            for arc in lower.ups:
                if arc.upper is not above:
                    begin = arc.upper.place - (above is not None and arc.upper.place > above.place)
                    lines.setdefault(begin, []).append(end)
    return lines


def crossed(lines: dict[int, list[int]], fixed: int | None, begins: int, ends: int) -> list[list[int]]:
    """How many lines a thread crosses from each of the places it can begin at to each of the places it can end at; only from
    the node at the place `fixed` where that is given."""
    change = [0] * (ends + 1)  # of a row, from one place to the next
    for group in lines.values():
        for end in group:
            change[end + 1] += 1  # a line that begins right of the thread and ends left of it
    rows = []
    for begin in range(begins) if fixed is None else (fixed,):
        for passed in (begin - 1,) if fixed is None else range(begin):
            for end in lines.get(passed, ()):
                change[0] += 1
                change[end + 1] -= 2
        if fixed is not None:
            for end in lines.get(fixed, ()):
                change[end + 1] -= 1
        rows.append(list(accumulate(change[:-1])))
    return rows


def crossed_to(lines: dict[int, list[int]], begins: int, fixed: int) -> list[int]:
    """How many lines a thread crosses from each of the places it can begin at to the node at the place `fixed`."""
    count = sum([end < fixed for group in lines.values() for end in group])
    row = []
    for begin in range(begins):
        for end in lines.get(begin - 1, ()):
            count += (end > fixed) - (end < fixed)
        row.append(count)
    return row
