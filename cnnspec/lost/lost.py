"""What a network throws away: positions that carry data and are never read, and kernel taps that see padding alone.

A position of a tensor is read when a read position of one of its readers reads it, or takes statistics of it; the
outputs are read. All of that
is exact on any graph (`regions`), except that a layer which moves positions elsewhere counts as reading everything,
so that less may be found lost than is. A layer's MACs are lost as its output positions are: they are of equal cost.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.facts import regions
from cnnspec.facts.liveness import Liveness, full
from cnnspec.facts.positions import Positions
from cnnspec.layers.window import UNTRACED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.facts.facts import Facts
    from cnnspec.facts.regions import Region
    from cnnspec.layers.window import Window


class Unread(Record):
    """Whole rows (of one axis) that carry data and are never read, of them at the border and inside."""

    rows: Positions
    first: int  # how many at the beginning, beyond those that a stride skips everywhere inside
    last: int  # how many at the end, likewise

    @property
    def inside(self) -> int:
        return self.rows.size - self.first - self.last


class Loss(Record):
    """What is lost of a node's output: one `Unread` an axis, positions that carry data and those of them never read.

    `read` is the region that is read, `by` the readers, `macs` what was computed for nothing, None if that is unknown.
    """

    node: int
    axes: tuple[Unread, ...]
    positions: int
    unread: int
    read: Region
    by: tuple[int, ...]
    macs: int | None

    @property
    def share(self) -> float:
        return self.unread / self.positions


class DeadTaps(Record):
    """A layer's kernel taps that only ever see padding: for each axis how many taps there are, and how many see data."""

    node: int
    taps: tuple[int, ...]
    seeing: tuple[int, ...]
    weights: int  # how many weights stand at the others

    @property
    def share(self) -> float:
        seen = all_taps = 1
        for seeing, taps in zip(self.seeing, self.taps, strict=True):
            seen, all_taps = seen * seeing, all_taps * taps
        return 1 - seen / all_taps


class Lost(Record):
    """Everything that a network loses, in its order.

    `unknown` are used nodes whose sizes are no numbers, `untraced` those that move positions elsewhere. `too_long`: all
    are unknown, since it would take too many steps.
    """

    losses: tuple[Loss, ...]
    taps: tuple[DeadTaps, ...]
    unknown: tuple[int, ...]
    untraced: tuple[int, ...]
    too_long: bool = False


def lost(facts: Facts) -> Lost:
    """What is lost in the part of a network that its outputs depend on. TooLong where that takes too much."""
    graph, shapes, used = facts.graph, facts.shapes, facts.graph.used()
    sizes = regions.spaces(graph, shapes)
    reaches = regions.followed(graph, shapes, UNTRACED)
    untraced = tuple([i for i, reach in enumerate(reaches) if reach is UNTRACED and used[i]])
    reaches = [None if reach is UNTRACED else reach for reach in reaches]
    seeds = {i: regions.everything(n) for i in graph.outputs if (n := sizes[i]) is not None}
    read = regions.read_by(graph, sizes, reaches, seeds, facts.statistics)
    real, readers = Liveness(graph, shapes).real, graph.consumers()
    losses, taps, unknown = [], [], []
    for node in graph.nodes:
        space, region = sizes[node.index], read[node.index]
        if not used[node.index]:
            continue
        if space is None or region is None:
            unknown.append(node.index)
            continue
        carrying = real[node.index]
        if carrying is None or len(carrying) != len(space):
            carrying = tuple([full(n) for n in space])
        by = tuple(dict.fromkeys(i for i in readers[node.index] if used[i]))
        losses += _loss(node.index, space, region, carrying, by, facts)
        taps += dead_taps(node.index, real, facts)
    return Lost(tuple(losses), tuple(taps), tuple(unknown), untraced)


def macs_lost(found: Lost) -> int | None:
    """The MACs whose results are never read; None where some are unknown."""
    wasted = [loss.macs for loss in found.losses]
    return None if found.unknown or None in wasted else sum(wasted)  # type: ignore[arg-type]


def _loss(
    index: int,
    space: tuple[int, ...],
    region: Region,
    carrying: tuple[Positions, ...],
    by: tuple[int, ...],
    facts: Facts,
) -> list[Loss]:
    positions = computed = 1
    for mask, n in zip(carrying, space, strict=True):
        positions, computed = positions * mask.size, computed * n
    unread = positions - regions.count(regions.within(region, carrying))
    if not unread:
        return []
    axes = []
    for mask, seen, n in zip(carrying, regions.shadow(region, len(space)), space, strict=True):
        rows = mask - seen
        axes.append(Unread(rows, *_ends(rows, n)))
    macs = facts.macs[index]
    wasted = macs * (computed - regions.count(region)) // computed if isinstance(macs, int) else None
    return [Loss(index, tuple(axes), positions, unread, region, by, wasted)]


def _ends(rows: Positions, n: int) -> tuple[int, int]:
    """How many rows of a set stand at the beginning of n, and at the end, beyond what is skipped everywhere inside."""
    if rows.size == n:
        return 0, n
    found = list(rows.sketch().runs())
    first = found.pop(0) if found and rows.first == 0 else (0, 0)
    last = found.pop() if found and rows.last == n - 1 else (0, 0)
    skipped = max([b - a for a, b in found], default=0)
    return max(0, first[1] - first[0] - skipped), max(0, last[1] - last[0] - skipped)


def dead_taps(index: int, real: Sequence[tuple[Positions, ...] | None], facts: Facts) -> list[DeadTaps]:
    """The taps of a layer with a kernel of its own that meet no position that carries data, wherever the window lies."""
    node, inputs = facts.graph.nodes[index], facts.inputs_of(index)
    if node.layer is None or inputs is None or len(node.inputs) != 1 or not any(facts.parameters[index] or (0, 0)):
        return []
    windows, carrying, output = facts.windows[index], real[node.inputs[0]], facts.shapes[index]
    if not windows or carrying is None or output is None or len(carrying) != len(windows):
        return []
    seeing = [_seeing(w, m, mask) for w, m, mask in zip(windows, output, carrying, strict=False)]  # type: ignore[arg-type]
    found = DeadTaps(index, tuple([w.kernel for w in windows]), tuple(seeing), 0)
    if found.share == 0:
        return []
    kernels = [w.shape for w in node.layer.weights(inputs) if w.shape[: len(windows)] == found.taps]
    weights = 0
    for shape in kernels:
        size = 1
        for n in shape:
            size *= n  # type: ignore[assignment]
        weights += round(size * found.share)
    return [found.replace(weights=weights)]


def _seeing(window: Window, outputs: int, carrying: Positions) -> int:
    """How many taps of a window meet a position of `carrying` from any of its places."""
    assert isinstance(window.before, int)
    back = window.stride * (outputs - 1)  # how far the first place lies before the last
    offsets = carrying.shifted(-back).spread(window.stride, outputs)  # of a tap, that meet one
    return offsets.sampled(-window.before, window.dilation, window.kernel).size
