"""What a page steps through: of each value of a layer the cells that it reads, and the formula that writes it out.

All of it is found here, so that a page, which computes nothing, shows what every other form does. How much there is, is
bounded: of a large layer, whole channels as far as there is room.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from cnnspec.base.record import Record
from cnnspec.trace.arithmetic import Read
from cnnspec.trace.formula import Formula
from cnnspec.trace.forward import find_values, list_weights, tell_of_padding, write_each
from cnnspec.trace.linear import Place

if TYPE_CHECKING:
    from cnnspec.graph import Node
    from cnnspec.trace.trace import Trace

    Item = TypeVar("Item")

MOST_NUMBERS = 20_000  # that enter or leave a layer which is stepped through, and that its weights have
MOST_STEPS = 2_000  # of a layer
MOST_READS = 50_000  # in all of them


class Step(Record):
    """A value that is written out, what is read for it, and sentences about that."""

    formula: Formula
    reads: tuple[Read, ...]
    notes: tuple[str, ...]


class Stepping(Record):
    """The values that are stepped through: for each of `channels` those at all `positions`, in this order. A place is a
    position and its channel behind it, which is () in a row of values. `left_out`: how many other values the layer has."""

    channels: tuple[Place, ...]
    positions: tuple[Place, ...]
    steps: tuple[Step, ...]
    left_out: int

    @property
    def places(self) -> list[Place]:
        return [position + channel for channel in self.channels for position in self.positions]


def find_stepping(trace: Trace, node: Node) -> Stepping | None:
    """The steps of a layer, among them that at the trace's place; None for an input, and for a layer with too many numbers."""
    output = find_values(trace, [node.index])[0][0]
    arrays = [output, *find_values(trace, node.inputs), *[array for _, array in list_weights(trace, node)]]
    if node.layer is None or sum([array.size for array in arrays]) > MOST_NUMBERS:
        return None
    axes = max(1, output.ndim - 1)  # of a position
    start = trace.place or (0,) * output.ndim
    channels = begin_at([*np.ndindex(output.shape[axes:])], start[axes:])
    positions = begin_at([*np.ndindex(output.shape[:axes])], start[:axes])[:MOST_STEPS]
    places = [position + channel for channel in channels for position in positions][:MOST_STEPS]
    steps = dict(zip(places, list_steps(trace, node, places), strict=False))
    whole = len(steps) // len(positions)
    channels, positions = channels[: max(whole, 1)], positions if whole else positions[: len(steps)]
    found = Stepping(tuple(sorted(channels)), tuple(sorted(positions)), (), 0)
    kept = tuple([steps[place] for place in found.places])
    return found.replace(steps=kept, left_out=prod(output.shape) - len(kept))


def begin_at(items: Sequence[Item], first: Item) -> list[Item]:
    """All items, from one on to the last, then those before it."""
    place = items.index(first)
    return [*items[place:], *items[:place]]


def list_steps(trace: Trace, node: Node, places: Sequence[Place]) -> Iterator[Step]:
    """The steps at some places, until they have read as much as there is room for; one at least."""
    read = 0
    for formula, found in write_each(trace, node, places):
        reads = () if found is None else found.reads
        read += len(reads)
        if read > MOST_READS and read > len(reads):
            return
        yield Step(formula, reads, tuple(tell_of_padding(trace, node, found)))
