"""What a network throws away: positions that carry data and are never read, and kernel taps that see padding alone.

A position of a tensor is read when a read position of one of its readers reads it, or takes statistics of it; the
outputs are read. This is exact on any graph (see `facts/regions`), with one exception: a layer that moves positions
elsewhere counts as reading everything, so that more may be lost than is found. A layer's MACs are lost as its output
positions are: all positions cost the same.
"""

from __future__ import annotations

from math import prod

from cnnspec.base.limits import MAX_WORK
from cnnspec.base.record import Record
from cnnspec.facts import regions
from cnnspec.facts.liveness import Liveness, full, sizes_known
from cnnspec.facts.positions import Positions
from cnnspec.layers.base import product
from cnnspec.layers.shape import all_known
from cnnspec.layers.window import UNTRACED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.facts.facts import Facts
    from cnnspec.facts.regions import Region
    from cnnspec.graph import Graph
    from cnnspec.layers.window import Window

TOO_LONG = f"What is lost was not worked out: it would take more than {MAX_WORK:,} steps."


class Unread(Record):
    """Whole rows (of one axis) that carry data and are never read, of them at the border and inside."""

    rows: Positions
    first: int  # how many at the beginning, beyond those that a stride skips everywhere inside
    last: int  # how many at the end, likewise

    @property
    def inside(self) -> int:
        """How many lie between the first and the last, or are skipped everywhere."""
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
        """The share of the positions that carry data."""
        return self.unread / self.positions


class DeadTaps(Record):
    """A layer's kernel taps that only ever see padding: for each axis how many taps there are, and how many see data."""

    node: int
    taps: tuple[int, ...]
    seeing: tuple[int, ...]
    weights: int  # how many weights stand at the others

    @property
    def all_taps(self) -> int:
        """How many taps the kernel has."""
        return prod(self.taps)

    @property
    def seeing_taps(self) -> int:
        """How many of them see data."""
        return prod(self.seeing)

    @property
    def share(self) -> float:
        """The share of the taps that see padding alone."""
        return 1 - self.seeing_taps / self.all_taps


class Lost(Record):
    """Everything that a network loses, in the order of its text.

    `unknown` are the used nodes whose sizes are no numbers, `untraced` those that move positions elsewhere. `too_long`:
    every node is unknown, as working it out would take too many steps.
    """

    losses: tuple[Loss, ...]
    taps: tuple[DeadTaps, ...]
    unknown: tuple[int, ...]
    untraced: tuple[int, ...]
    too_long: bool


def find_losses(facts: Facts) -> Lost:
    """What is lost in the part of a network that its outputs depend on. Raises TooLong where that takes too many steps."""
    graph, shapes, used = facts.graph, facts.shapes, facts.graph.used()
    sizes = [regions.known_sizes(space) for space in regions.find_spaces(graph, shapes)]
    reaches = regions.find_reaches(graph, shapes, UNTRACED)
    untraced = tuple([i for i, reach in enumerate(reaches) if reach is UNTRACED and used[i]])
    reaches = [None if reach is UNTRACED else reach for reach in reaches]
    seeds = {i: regions.everything(n) for i in graph.outputs if (n := sizes[i]) is not None}
    read = regions.find_read_regions(graph, sizes, reaches, seeds, facts.statistics)
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
        losses += _find_loss(node.index, space, region, carrying, by, facts)
        taps += find_dead_taps(node.index, real, facts)
    return Lost(tuple(losses), tuple(taps), tuple(unknown), untraced, False)


def too_long(graph: Graph) -> Lost:
    """The answer where finding out takes too many steps: everything is unknown."""
    used = graph.used()
    return Lost((), (), tuple([node.index for node in graph.nodes if used[node.index]]), (), True)


def macs_lost(lost: Lost) -> int | None:
    """The MACs whose results are never read; None where some are unknown."""
    wasted = tuple([loss.macs for loss in lost.losses])
    return sum(wasted) if all_known(wasted) and not lost.unknown else None


def waste_of_macs(facts: Facts, lost: Lost) -> tuple[int | None, float | None]:
    """The MACs whose results are never read, and their share of the network's; None where unknown."""
    total, wasted = facts.total.macs, macs_lost(lost)
    if wasted is None or not isinstance(total, int):
        return None, None
    return wasted, wasted / total if total else 0.0


def _find_loss(
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
    unread = positions - regions.count_positions(regions.cut_to(region, carrying))
    if not unread:
        return []
    axes = []
    for mask, seen, n in zip(carrying, regions.project_region(region, len(space)), space, strict=True):
        rows = mask - seen
        axes.append(Unread(rows, *_count_ends(rows, n)))
    macs = facts.macs[index]
    wasted = macs * (computed - regions.count_positions(region)) // computed if isinstance(macs, int) else None
    return [Loss(index, tuple(axes), positions, unread, region, by, wasted)]


def _count_ends(rows: Positions, n: int) -> tuple[int, int]:
    """How many rows of a set stand at the beginning of n, and at the end, beyond what is skipped everywhere inside."""
    if rows.size == n:
        return 0, n
    found = list(rows.sketch().runs())
    first = found.pop(0) if found and rows.first == 0 else (0, 0)
    last = found.pop() if found and rows.last == n - 1 else (0, 0)
    skipped = max([b - a for a, b in found], default=0)
    return max(0, first[1] - first[0] - skipped), max(0, last[1] - last[0] - skipped)


def find_dead_taps(index: int, real: Sequence[tuple[Positions, ...] | None], facts: Facts) -> list[DeadTaps]:
    """The taps of a layer with a kernel of its own that meet no position that carries data, wherever the window lies."""
    node, inputs = facts.graph.nodes[index], facts.inputs_of(index)
    if node.layer is None or inputs is None or len(node.inputs) != 1 or not any(facts.parameters[index] or (0, 0)):
        return []
    windows, carrying, output = facts.windows[index], real[node.inputs[0]], facts.shapes[index]
    if not windows or carrying is None or not sizes_known(output) or len(carrying) != len(windows):
        return []
    seeing = [_count_seeing(w, m, mask) for w, m, mask in zip(windows, output, carrying, strict=False)]
    found = DeadTaps(index, tuple([w.kernel for w in windows]), tuple(seeing), 0)
    if found.share == 0:
        return []
    kernels = [w.shape for w in node.layer.weights(inputs) if w.shape[: len(windows)] == found.taps]
    sizes = [product(shape) for shape in kernels]
    return [found.replace(weights=sum([round(size * found.share) for size in sizes if isinstance(size, int)]))]


def _count_seeing(window: Window, outputs: int, carrying: Positions) -> int:
    """How many taps of a window meet a position of `carrying` from any of its places."""
    assert isinstance(window.before, int)
    back = window.stride * (outputs - 1)  # how far the first place lies before the last
    offsets = carrying.shifted(-back).spread(window.stride, outputs)  # of a tap, that meet one
    return offsets.sampled(-window.before, window.dilation, window.kernel).size
