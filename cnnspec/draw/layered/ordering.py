"""The order of the nodes in every layer, such that few lines cross: sweeps by the mean of neighbours, then exchanges."""

from __future__ import annotations

from cnnspec.draw.layered.crossings import all_crossings, crossings, entering, leaving, pair_crossings
from cnnspec.draw.layered.threads import lead_anew
from cnnspec.draw.layered.work import Work

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.draw.layered.sheet import Node, Sheet

    Layers = list[list[Node]]

SWEEPS = 24  # at most
PATIENCE = 4  # so many sweeps without a better order
ROUNDS = 8  # of exchanges
SMALL = 5_000  # sheets of so many nodes are begun in several ways


def order(sheet: Sheet, work: Work) -> int:
    """Find an order of `sheet.layers`; the answer is how many lines cross. Of several with equally few crossings the earliest
    is kept, so that an order without any crossing, as the one that the layers come in often is, stays."""
    fewest = all_crossings(sheet.layers)
    if not fewest:
        return 0
    best = start = [list(layer) for layer in sheet.layers]
    small = sum(map(len, start)) <= SMALL
    for mirrored, down in ((False, True), (False, False), (True, True), (True, False)) if small else ((False, True),):
        layers = [layer[::-1] if mirrored else list(layer) for layer in start]
        for layer in layers:
            number(layer)
        count = improve(layers, down, work)
        if count < fewest:
            fewest, best = count, layers
        if not fewest or not work.left:
            break
    sheet.layers = best
    for layer in best:
        number(layer)
    return fewest


def improve(layers: Layers, down: bool, work: Work) -> int:
    """Make fewer lines cross, beginning with a sweep `down` or up; the answer is how many do."""
    fewest, best = all_crossings(layers), [list(layer) for layer in layers]
    waited = 0
    for turn in range(SWEEPS):
        if not fewest or waited == PATIENCE or not work.spend(3 * sum(map(len, layers))):
            break
        sweep(layers, down=(turn % 2 == 0) == down)
        count = exchange(layers, all_crossings(layers), work) if turn < 2 else all_crossings(layers)
        waited += 1
        if count < fewest:
            fewest, best, waited = count, [list(layer) for layer in layers], 0
    for layer, kept in zip(layers, best, strict=True):
        layer[:] = kept
        number(layer)
    for _ in range(ROUNDS):
        before = fewest
        if fewest:
            fewest = exchange(layers, fewest, work)
            fewest -= lead_anew(layers, work)
        if fewest == before:
            break
    return fewest


def number(layer: list[Node]) -> None:
    for place, node in enumerate(layer):
        node.place = place


def sweep(layers: Layers, down: bool) -> None:
    """Order every layer by the one before it (`down`) or behind it; who has no neighbour there keeps its place."""
    for layer in layers[1:] if down else layers[-2::-1]:
        wanted: dict[Node, float] = {}
        for node in layer:
            arcs = node.ups if down else node.downs
            if arcs:
                wanted[node] = sum([leaving(arc) if down else entering(arc) for arc in arcs]) / len(arcs)
        moved = iter(sorted(wanted, key=lambda node: wanted[node]))
        layer[:] = [next(moved) if node in wanted else node for node in layer]
        number(layer)


def exchange(layers: Layers, count: int, work: Work) -> int:
    """Exchange neighbours wherever fewer lines cross then; the answer is how many cross in the end."""
    for _ in range(ROUNDS):
        before = count
        for index, layer in enumerate(layers):
            if not crossings(layer) and (index + 1 == len(layers) or not crossings(layers[index + 1])):
                continue
            for place in range(len(layer) - 1):
                left, right = layer[place], layer[place + 1]
                if not work.spend(10 + len(left.ups) + len(left.downs) + len(right.ups) + len(right.downs)):
                    return count
                now, other = pair_crossings(left, right)
                if other < now:
                    layer[place], layer[place + 1] = right, left
                    left.place, right.place = place + 1, place
                    count += other - now
        if count == before:
            break
    return count
