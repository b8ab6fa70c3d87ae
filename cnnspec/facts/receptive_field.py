"""Receptive fields: which stretch of the input each output position depends on, along each axis.

A node's position i sees the input from low(i) to high(i), unclipped. Without upsampling both are i * stride - padding
plus a constant; with it they repeat their steps with a period. A `Field` keeps one period of both, so that a forward
walk is exact on any graph, upsampling included: every layer states as a `Reach` which positions of its input it
reads, and where branches meet the field is their hull.

What mixes a whole map into every position of it is left out, and listed as such: gates, which are a merge's branches that have
seen the whole input or are repeated along an axis (squeeze-and-excitation, the image pooling of an ASPP), and the
statistics that a layer takes over its map (group_norm, a softmax over the height; see `Layer.statistics`).

Closed form without upsampling: Araujo, Norris & Sim, "Computing receptive fields of convolutional neural networks",
Distill 2019.
"""

from __future__ import annotations

from functools import cached_property
from math import gcd

from cnnspec.base.record import Record
from cnnspec.facts.liveness import reaches_of
from cnnspec.layers.window import UNTRACED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnspec.base.size import Dim
    from cnnspec.graph import Graph, Node
    from cnnspec.layers.base import Shape
    from cnnspec.layers.window import Reach

MAX_PERIOD = 4096
MAX_SEEN = 2**18  # spans that are put together for a period
MAX_ADVANCE = 2**256  # input positions from one position to the next: far beyond any input, and its square is a float


class Field(Record):
    """One axis: positions 0 … period - 1 see the spans `spans[i]`, first and last input position, or nothing (None).

    Position i + period sees the same, `advance` further. `placed` is False where padding depends on an unknown size:
    then only lengths are known, not places.
    """

    __slots__ = ("__dict__",)  # for its size, which is worked out once

    advance: int
    spans: tuple[tuple[int, int] | None, ...]
    placed: bool = True

    @cached_property
    def size(self) -> int:
        """Length of the field, of the longest where it differs between positions."""
        return max([span[1] - span[0] + 1 for span in self.spans if span], default=0)

    @property
    def least(self) -> int:
        """Length of the field where it is smallest, positions that see nothing left aside."""
        return min([span[1] - span[0] + 1 for span in self.spans if span], default=0)

    @property
    def stride(self) -> int | float:
        """Input positions between two neighbours (the effective stride, or jump); below 1 after upsampling."""
        period = len(self.spans)
        return self.advance // period if self.advance % period == 0 else self.advance / period

    @property
    def padding(self) -> int | None:
        """How far the field of position 0 begins before the input (the effective padding)."""
        return -self.spans[0][0] if self.placed and self.spans[0] else None

    @property
    def centre(self) -> float | None:
        """Where the field of position 0 has its middle, the mean over one period: so aligned branches agree in it."""
        if not self.placed or None in self.spans:
            return None
        period = len(self.spans)
        ends = sum([span[0] + span[1] for span in self.spans if span])
        return ends / (2 * period) - self.advance * (period - 1) / (2 * period)

    @property
    def end(self) -> float | None:
        """Where the field of position 0 ends, the mean over one period, as for its centre."""
        if not self.placed or None in self.spans:
            return None
        period = len(self.spans)
        return sum([span[1] for span in self.spans if span]) / period - self.advance * (period - 1) / (2 * period)

    def at(self, position: int) -> tuple[int, int] | None:
        """First and last input position that a position sees, whether inside the input or not; None: it sees nothing."""
        turns, phase = divmod(position, len(self.spans))
        span = self.spans[phase]
        return None if span is None else (span[0] + turns * self.advance, span[1] + turns * self.advance)


START = Field(1, ((0, 0),))  # the input sees itself


class Whole(Record):
    """The field of a node that depends on all of the input: behind flatten or a global pool."""


WHOLE = Whole()

if TYPE_CHECKING:
    NodeField = tuple[Field, ...] | Whole | None  # None: unknown


class Steps:
    """What layers make of fields, worked out once for each reach and field; equal axes share theirs, and so the work."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, int], tuple[Reach, Field, Field | None]] = {}  # with what the two ids are those of

    def compose(self, reach: Reach, field: Field) -> Field | None:
        key = id(reach), id(field)
        if key not in self._made:
            self._made[key] = reach, field, compose(reach, field)
        return self._made[key][2]


def compute_fields(graph: Graph, shapes: Sequence[Shape | None]) -> tuple[list[NodeField], set[tuple[int, int]]]:
    """The field of every node: one `Field` a spatial axis, WHOLE, or None where it cannot be known.

    And the gates: (merge, branch) wherever a branch is left out.
    """
    fields: list[NodeField] = []
    gates: set[tuple[int, int]] = set()
    reaches, steps = reaches_of(graph, shapes, untraced=UNTRACED), Steps()
    inputs = set(graph.inputs)
    words = {node.inputs[0] for node in graph.nodes if node.layer is not None and node.layer.indexes}
    sizes = [s[:-1] for i in graph.inputs if (s := shapes[i]) is not None]
    whole = sizes[0] if sizes and all([other == sizes[0] for other in sizes]) else None
    hidden: set[int] = set()  # of which nobody knows what they read
    for node in graph.nodes:
        shape = shapes[node.index]
        if node.layer is not None and (node.layer.stated or not hidden.isdisjoint(node.inputs)):
            hidden.add(node.index)
        if node.index in inputs:
            rank = 0 if shape is None else len(shape) - (node.index not in words)
            fields.append(None if shape is None else (START,) * rank or WHOLE)
        elif node.layer is None or shape is None or node.index in hidden:
            fields.append(None)
        elif node.layer.indexes and node.inputs[0] in inputs:  # words of a text: each sees itself
            fields.append((START,) * (len(shape) - 1))
        else:
            reach, own = reaches[node.index], node.inputs
            if reach is not None:
                own = own_branches(node, [isinstance(fields[i], Whole) for i in node.inputs], shapes)
                gates.update([(node.index, i) for i in node.inputs if i not in own])
            fields.append(compose_branches(node, reach, {i: fields[i] for i in own}, shapes, steps, whole))
    return fields, gates


def compose_branches(
    node: Node, reaches: tuple[Reach, ...] | None, branches: Mapping[int, NodeField], shapes: Sequence[Shape | None],
    steps: Steps, whole: tuple[Dim, ...] | None,
) -> NodeField:  # fmt: skip
    """What a node sees through its branches, given what each of these sees of a map; `whole` are the map's sizes."""
    if reaches is None:
        return WHOLE
    entering = list(branches.values())
    if None in entering:
        return None
    placed = [field for field in entering if isinstance(field, tuple)]
    if len(placed) < len(entering):
        return WHOLE
    if reaches is UNTRACED:
        return None
    for index in branches if len(node.inputs) > 1 else ():
        if _repeated(shapes[index], shapes[node.index]):
            return WHOLE if _covers(branches[index], whole) else None
    merged = placed[0] if len(placed) == 1 else hull(placed)
    if merged is None or isinstance(merged, Whole):
        return merged
    result = []
    for reach, field in zip(reaches, merged, strict=True):
        made = steps.compose(reach, field)
        if made is None:
            return None
        result.append(made)
    return tuple(result)


def own_branches(node: Node, mixed: Sequence[bool], shapes: Sequence[Shape | None]) -> tuple[int, ...]:
    """The inputs of a node that its field comes from: those that are no gates. `mixed`: which have seen the whole input."""
    if len(node.inputs) < 2:
        return node.inputs
    own = [
        i
        for i, whole in zip(node.inputs, mixed, strict=True)
        if not whole and not _repeated(shapes[i], shapes[node.index])
    ]
    return tuple(own) or node.inputs


def _repeated(shape: Shape | None, output: Shape | None) -> bool:
    """Whether a merge repeats a tensor along a spatial axis, so that all its outputs there read the same position."""
    if shape is None or output is None or len(shape) != len(output):
        return False
    return any(n == 1 and m != 1 for n, m in zip(shape[:-1], output[:-1], strict=True))


def _covers(field: NodeField, sizes: tuple[Dim, ...] | None) -> bool:
    """Whether the first position sees all of an input of these sizes."""
    if not isinstance(field, tuple) or sizes is None or len(field) != len(sizes):
        return False
    spans = [axis.at(0) if axis.placed else None for axis in field]
    return all(
        span is not None and isinstance(n, int) and span[0] <= 0 and span[1] >= n - 1
        for span, n in zip(spans, sizes, strict=True)
    )


def compose(reach: Reach, field: Field) -> Field | None:
    """What an output sees of the input, given what it reads of a node and what that node sees."""
    if reach.step == reach.over == 1 and reach.low == reach.high == 0:
        return field
    low = reach.low if reach.low is not None else 0
    period = len(field.spans)
    placed = field.placed and reach.low is not None
    if period == reach.over == 1:  # the closed form
        span, last = field.spans[0], low + (reach.high - low) // reach.gap * reach.gap
        if reach.step * field.advance > MAX_ADVANCE:
            return None
        seen = (span[0] + low * field.advance, span[1] + last * field.advance) if span and last >= low else None
        return Field(reach.step * field.advance, (seen,), placed)
    new_period = reach.over * period // gcd(reach.step, reach.over * period)
    taps = (reach.high - low) // reach.over // reach.gap + 2
    if new_period > MAX_PERIOD or new_period * min(taps, 2 * period) > MAX_SEEN:
        return None
    advance = reach.step * new_period // reach.over // period * field.advance
    if advance > MAX_ADVANCE:
        return None
    spans = []
    for i in range(new_period):
        first, last = (reach.step * i + low) // reach.over, (reach.step * i + reach.high) // reach.over
        spans.append(_seen(field, first, last, reach.gap))
    return Field(advance, tuple(spans), placed)


def _seen(field: Field, first: int, last: int, gap: int) -> tuple[int, int] | None:
    """What the positions first, first + gap, … last see together.

    Within a period a later position may see an earlier span (where some saw nothing before), a period on it cannot: so
    the ends are seen by the first and the last positions, one period of each.
    """
    positions: Sequence[int] = range(first, last + 1, gap)
    period = len(field.spans)
    if len(positions) > 2 * period:
        positions = [*positions[:period], *positions[-period:]]
    spans = [span for position in positions if (span := field.at(position))]
    return (min([span[0] for span in spans]), max([span[1] for span in spans])) if spans else None


def hull(fields: list[tuple[Field, ...]]) -> tuple[Field, ...] | None:
    """The smallest field that holds those of all branches; None where they step differently or are not placed."""
    merged: list[Field] = []
    before: tuple[Field, ...] = ()
    for column in zip(*fields, strict=False):
        alike = len(before) == len(column) and all(
            [mine is theirs for mine, theirs in zip(column, before, strict=True)]
        )
        before = column
        if alike or all([field == column[0] for field in column]):
            merged.append(merged[-1] if alike else column[0])
            continue
        if not all(field.placed for field in column):
            return None
        period = 1
        for field in column:
            period = period * len(field.spans) // gcd(period, len(field.spans))
        advance, *others = [field.advance * (period // len(field.spans)) for field in column]
        if any([other != advance for other in others]) or period > MAX_PERIOD:
            return None
        spans: list[tuple[int, int] | None] = []
        for i in range(period):
            seen = [span for field in column if (span := field.at(i))]
            spans.append((min(s[0] for s in seen), max(s[1] for s in seen)) if seen else None)
        merged.append(Field(advance, tuple(spans)))
    return tuple(merged)


def find_deepest(fields: Sequence[NodeField], used: Sequence[bool]) -> int | None:
    """The node whose field is the network's: the last with the largest, before all of the input is mixed.

    None when the field of a used node is unknown, or when none has spatial axes.
    """
    best, largest = None, 0
    for index, field in enumerate(fields):
        if used[index] and field is None:
            return None
        if used[index] and isinstance(field, tuple) and _area(field) >= largest:
            best, largest = index, _area(field)
    return best


def _area(field: tuple[Field, ...]) -> int:
    area = 1
    for axis in field:
        area *= axis.size
    return area


def coverage(field: NodeField, sizes: tuple[Dim, ...] | None) -> float | None:
    """The share of an input's area that a field of this size covers, were it to lie inside; None where unknown."""
    if isinstance(field, Whole):
        return 1.0
    if field is None or sizes is None or len(field) != len(sizes):
        return None
    share = 1.0
    for axis, n in zip(field, sizes, strict=True):
        if not isinstance(n, int):
            return None
        share *= min(1.0, axis.size / n)
    return share
