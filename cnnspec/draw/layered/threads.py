"""Threads: nodes one below another with one line between, as a long edge's lanes are. Each can be led anew as a whole, along
the way on which it crosses fewest lines; single exchanges of neighbours never bring it to the other side of a trunk."""

from __future__ import annotations

from cnnspec.draw.layered.crossings import crossings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.layered.sheet import Node

    Layers = list[list[Node]]
    Thread = list[Node]  # in consecutive layers

FAR = 1e-6  # what a place costs by its distance from the old one, where a crossing costs 1


def lead_anew(layers: Layers, work: int) -> tuple[int, int]:
    """Lead every thread that crosses something anew, in about `work` steps at most; the answer is how many crossings fewer
    there are, and how many steps are left."""
    saved = 0
    for thread in find_threads(layers):
        touched = layers[thread[0].layer : thread[-1].layer + 2]
        if not any([crosses(node, layers) for node in thread]):
            continue
        work -= sum([len(layer) * (len(layer) + 20) for layer in touched])
        if work < 0:
            break
        now = sum([crossings(layer) for layer in touched])
        old = [node.place for node in thread]
        move(layers, thread, best_way(layers, thread))
        other = sum([crossings(layer) for layer in touched])
        if other < now:
            saved += now - other
        else:
            move(layers, thread, old)
    return saved, work


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

    Places are counted without the thread; at place p it stands at p - 1/2, between its neighbours.
    """
    costs: list[float] = [0.0]
    at: list[float] = []
    if thread[0].ups:
        at = [float(thread[0].ups[0].upper.place)]
    came: list[list[int]] = []
    for index, node in enumerate(thread):
        to = [place - 0.5 for place in range(len(layers[node.layer]))]
        far = [abs(place - node.place) * FAR for place in range(len(to))]
        if not at:
            costs, at = far, to
            came.append([])
            continue
        steps = crossed(node, thread[index - 1] if index else None, layers[node.layer], at, to)
        sums = [[cost + step for cost, step in zip(costs, column, strict=True)] for column in zip(*steps, strict=True)]
        froms = [column.index(min(column)) for column in sums]
        costs = [column[p] + by for column, p, by in zip(sums, froms, far, strict=True)]
        at = to
        came.append(froms)
    if thread[-1].downs:
        below = thread[-1].downs[0].lower
        steps = crossed(None, thread[-1], layers[below.layer], at, [float(below.place)])
        costs = [cost + steps[p][0] for p, cost in enumerate(costs)]
    places = [min(range(len(costs)), key=lambda p: costs[p])]
    for froms in reversed(came[1:]):
        places.append(froms[places[-1]])
    return places[::-1]


def crossed(
    node: Node | None, above: Node | None, layer: Sequence[Node], at: Sequence[float], to: Sequence[float]
) -> list[list[int]]:
    """How many lines into a layer the thread crosses on its way from each of the places `at` to each of the places `to`.
    `node`, `above`: the thread's nodes in this layer and in the one above, None where it has none there."""
    lines: dict[int, list[int]] = {}
    for lower in layer:
        if lower is not node:
            end = lower.place - (node is not None and lower.place > node.place)
            for arc in lower.ups:
                if arc.upper is not above:
                    begin = arc.upper.place - (above is not None and arc.upper.place > above.place)
                    lines.setdefault(begin, []).append(end)
    left = [0] * len(to)  # lines that begin left of where the thread is and end right of it
    right = [sum([end < place for ends in lines.values() for end in ends]) for place in to]
    rows = []
    passed = sorted(lines)[::-1]
    for x in at:
        while passed and passed[-1] <= x:
            ends = lines[passed[-1]]
            right = [count - sum([end < place for end in ends]) for count, place in zip(right, to, strict=True)]
            if passed[-1] == x:
                break
            left = [count + sum([end > place for end in ends]) for count, place in zip(left, to, strict=True)]
            passed.pop()
        rows.append([a + b for a, b in zip(left, right, strict=True)])
    return rows
