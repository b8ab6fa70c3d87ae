"""For which values of a network's unknown sizes its merges agree.

The layers are visited in order. Each that needs sizes to be equal narrows down the sets of the unknowns; one that leaves
them as they are has nothing to add. What ties several unknowns together stays an equation: H = W.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.size import Size
from cnnspec.layers.agreement import Zeros, zeros
from cnnspec.sizes import size_set
from cnnspec.sizes.size_set import SizeSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.size import Dim
    from cnnspec.facts.facts import Facts
    from cnnspec.graph import Node

LARGEST = 2**14  # the smallest size that is looked for
LONGEST = 20_000  # the period of a set that is still worked out


class Agreement(Record):
    """What one layer asks of the unknown sizes. `sizes`: for each unknown that it narrows down the set that is left;
    `equations`: of several unknowns, or too long to be worked out; `before`: what the sets were."""

    node: Node
    sizes: dict[str, SizeSet]
    equations: tuple[tuple[Dim, Dim], ...]
    before: dict[str, SizeSet]

    def names(self) -> set[str]:
        """The unknowns that it is about."""
        return {*self.sizes, *[name for a, b in self.equations for name in find_names(a - b)]}

    @property
    def none_left(self) -> str | None:
        """An unknown for which no size is left."""
        return next((name for name, sizes in self.sizes.items() if not sizes.residues and not sizes.early), None)


def find_names(dim: Dim) -> set[str]:
    return dim.names() if isinstance(dim, Size) else set()


def find_agreements(facts: Facts) -> Iterator[Agreement]:
    """The layers that ask for something new, in order; none after one that leaves an unknown no size at all."""
    left: dict[str, SizeSet] = {}
    seen: set[Dim] = set()
    for node in facts.graph.nodes:
        inputs = facts.inputs_of(node.index)
        if node.layer is None or inputs is None or node.shape is None or len(inputs) < 2:
            continue
        before = dict(left)
        equations = []
        for a, b in node.layer.agreements(inputs):
            difference = a - b
            if not isinstance(difference, Size) or difference in seen:
                continue
            seen |= {difference, -difference}
            at = zeros(difference)
            known = None if at is None else narrow(difference, at, left)
            if known is None:
                equations.append((a, b))
            else:
                left |= known
        sizes = {name: sizes for name, sizes in left.items() if before.get(name) != sizes}
        if sizes or equations:
            found = Agreement(node, sizes, tuple(equations), before)
            yield found
            if found.none_left is not None:
                return


def narrow(difference: Size, found: Zeros, left: dict[str, SizeSet]) -> dict[str, SizeSet] | None:
    """The sizes that are left of the difference's unknown; {} where all are, None where the period is too long."""
    (name,) = difference.names()
    sizes = make_set(found)
    if name in left:
        if left[name].period * sizes.period > LONGEST:
            return None
        sizes = size_set.intersect(left[name], sizes)
    return {} if sizes == SizeSet(1, (0,), 1, ()) else {name: sizes}


def make_set(found: Zeros) -> SizeSet:
    """Zeros as a set of sizes."""
    if found.alone:
        return SizeSet(1, (), found.alone[-1] + 1, found.alone)
    mask = size_set.make_bit_set([n + turn for n in found.repeating for turn in (0, found.period)])
    made = size_set.find_size_set(mask, 2 * found.period, found.period)
    assert made is not None  # the two periods are the same
    return made


def drop_too_small(sizes: dict[str, SizeSet], facts: Facts) -> dict[str, SizeSet]:
    """Sets of sizes without those for which some layer would have no output."""
    shapes = {dim for shape in facts.shapes for dim in shape or () if isinstance(dim, Size)}
    made = {}
    for name, of_name in sizes.items():
        least = max([find_smallest(dim, name) for dim in shapes if dim.names() == {name}], default=1)
        made[name] = size_set.intersect(of_name, SizeSet(1, (0,), least, ())) if least > 1 else of_name
    return made


def find_smallest(dim: Size, name: str) -> int:
    """The smallest value of an unknown for which a size that grows with it is at least 1; 1 where none is found."""
    low, high = 0, 1
    while dim.value({name: high}) < 1:
        low, high = high, 2 * high
        if high > LARGEST:
            return 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if dim.value({name: middle}) < 1 else (low, middle)
    return high
