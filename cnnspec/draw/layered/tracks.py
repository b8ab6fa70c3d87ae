"""How lines run across between two layers: each on a track of its own where others are near, in an order of few crossings."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.draw.layered.sheet import Arc, Node

LEAST = 0.01  # a shorter stretch across is none
TOUCHING = 1.0
ANY = 200  # more stretches than this are not compared with each other


class Stretch:
    """The stretch across of one wire: it comes from above at `source` and goes down at each of `targets`. `detour`: a short
    stretch that brings it to its source, None where it comes straight."""

    __slots__ = ("detour", "source", "targets", "track")

    def __init__(self, source: float, targets: list[float]) -> None:
        self.source, self.targets = source, targets
        self.detour: Stretch | None = None
        self.track = 0

    @property
    def low(self) -> float:
        return min(self.source, *self.targets)

    @property
    def high(self) -> float:
        return max(self.source, *self.targets)


def stretches(upper: list[Node]) -> list[tuple[Stretch, list[Arc]]]:
    """The stretches that the lines leaving a layer need, and the arcs of each."""
    found = []
    for node in upper:
        wires: dict[int, list[Arc]] = {}
        for arc in node.downs:
            wires.setdefault(arc.wire.fork, []).append(arc)
        for arcs in wires.values():
            source = node.x + arcs[0].leaves
            targets = [arc.lower.x + arc.enters for arc in arcs]
            if any([abs(target - source) > LEAST for target in targets]):
                found.append((Stretch(source, targets), arcs))
    return found


def assign_tracks(made: list[Stretch], apart: float) -> int:
    """Give each stretch its track, counted from above; the answer is how many there are."""
    order = arrange(made, apart)
    detours = make_detours(order, apart)
    if detours:
        order = arrange([*made, *detours], apart)
    used: list[list[Stretch]] = []
    for stretch in order:
        track = len(used)
        while track and all([free(stretch, other, apart) for other in used[track - 1]]):
            track -= 1
        if track == len(used):
            used.append([])
        stretch.track = track
        used[track].append(stretch)
    return len(used)


def make_detours(order: list[Stretch], apart: float) -> list[Stretch]:
    """Where two wires change places, one would lie upon the other on its way down: let it step aside first."""
    detours = []
    for index, lower in enumerate(order[:ANY]):
        if any([lies_upon(upper, lower) for upper in order[:index]]):
            middle = sum(lower.targets) / len(lower.targets)
            aside = lower.source + max(-apart / 2, min(apart / 2, (middle - lower.source) / 2))
            lower.detour = Stretch(lower.source, [aside])
            lower.source = aside
            detours.append(lower.detour)
    return detours


def lies_upon(upper: Stretch, lower: Stretch) -> bool:
    """Whether a line goes down from one stretch where another comes from above to a stretch further down."""
    return any([abs(target - lower.source) < TOUCHING for target in upper.targets])


def free(one: Stretch, other: Stretch, apart: float) -> bool:
    """Whether two stretches have nothing to do with each other."""
    return one.high + apart <= other.low or other.high + apart <= one.low


def arrange(made: list[Stretch], apart: float) -> list[Stretch]:
    """The stretches from above downwards, such that few lines cross and none lie upon each other."""
    made = sorted(made, key=lambda stretch: (stretch.low, stretch.high))
    if len(made) > ANY:
        return made
    costs: list[dict[int, int]] = [{} for _ in made]  # how much worse it is that this one lies above that one
    for i, one in enumerate(made):
        for j in range(i + 1, len(made)):
            other = made[j]
            if other.low >= one.high + apart:
                break
            cost = upper_cost(one, other) - upper_cost(other, one)
            if cost:
                worse, better = (i, j) if cost > 0 else (j, i)
                costs[worse][better] = abs(cost)
    waiting = set(range(len(made)))
    order: list[Stretch] = []
    cost_above = [sum(others.values()) for others in costs]
    while waiting:  # next comes the one that costs least above all that wait
        best = min(waiting, key=lambda i: (cost_above[i], i))
        waiting.discard(best)
        order.append(made[best])
        for i in waiting:
            cost_above[i] -= costs[i].get(best, 0)
    return order


def upper_cost(upper: Stretch, lower: Stretch) -> int:
    """How bad it is that one stretch lies above another: the crossings, and much for lines upon each other."""
    cost = sum([lower.low < target < lower.high for target in upper.targets])
    cost += upper.low < lower.source < upper.high
    if lies_upon(upper, lower) or upper.detour is lower:
        cost += 1000
    return cost
