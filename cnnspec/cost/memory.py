"""What a network takes in memory: for inference and for training, term by term, and the largest batch that fits.

Inference: weights, and the most activations alive at once. Training: weights, their gradients, the optimizer's slots,
the activations kept for gradients, and the largest pair of gradients in passing (see facts/training_memory.py). Each term is
values * bytes, times the batch where it grows with it. An estimate from below: workspace and the allocator's
waste come on top (Gao et al., "Estimating GPU memory consumption of deep learning models", 2020).
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.facts.activation_memory import alive_values, peak_values
from cnnspec.facts.training_memory import count_trained, find_saved, find_transient

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from cnnspec.base.size import Dim
    from cnnspec.facts.facts import Facts
    from cnnspec.facts.precision import Precision


class MemoryTerm(Record):
    """One part of the memory: so many values (None: unknown) of so many bytes, of each example or of all together.

    `at`: the node at which it is that much, where it belongs to one."""

    name: str
    values: Dim | None
    size: int
    each: bool = False
    at: int | None = None

    def bytes(self, batch: int) -> Dim | None:
        """What it takes for a batch; None where that is unknown."""
        return None if self.values is None else self.values * (self.size * (batch if self.each else 1))


class Memory(Record):
    """Terms and their sum."""

    terms: tuple[MemoryTerm, ...]

    def bytes(self, batch: int) -> Dim | None:
        """All terms together; None when one is unknown."""
        total: Dim = 0
        for term in self.terms:
            part = term.bytes(batch)
            if part is None:
                return None
            total = total + part
        return total

    def largest_batch(self, limit: int) -> int | None:
        """The most examples for which the sum stays within a limit; 0 for none, None where it is not known."""
        none, one = self.bytes(0), self.bytes(1)
        if not isinstance(none, int) or not isinstance(one, int) or one == none:
            return None
        return max(0, (limit - none) // (one - none))


def inference(facts: Facts, precision: Precision) -> Memory:
    """Weights and activations of a pass forward."""
    peak = peak_values(facts)
    activations = MemoryTerm("activations", None, precision.activation, True)
    if peak is not None:
        activations = activations.replace(values=peak[0], at=peak[1])
    return Memory((MemoryTerm("weights", facts.total.parameters, precision.weight), activations))


def find_schedule(facts: Facts, precision: Precision, batch: int) -> list[tuple[int, Dim]] | None:
    """For every node that an output depends on, in order: the bytes of activations that are alive while it works on a batch; None
    where they are unknown."""
    needs = alive_values(facts)
    return None if needs is None else [(index, values * (precision.activation * batch)) for index, values in needs]


def training(facts: Facts, precision: Precision, slots: int, frozen: Collection[int] = ()) -> Memory:
    """Everything that a step of training holds, where the weights of some nodes are `frozen`. ValueError for integers, which have no gradients."""
    if not precision.trains:
        raise ValueError(f"{precision.name} has no gradients: train in float32, float16, bfloat16 or mixed_float16")
    trained, kept, passing = count_trained(facts, frozen), find_saved(facts, frozen), find_transient(facts, frozen)
    terms = [MemoryTerm("weights", facts.total.parameters, precision.weight)]
    if precision.copy:
        terms.append(MemoryTerm(f"weights in {precision.computes}", facts.total.parameters, precision.copy))
    terms += [
        MemoryTerm("gradients", trained, precision.weight),
        MemoryTerm("optimizer", None if trained is None else slots * trained, precision.weight),
    ]
    values: Dim = 0
    flags: Dim = 0
    for layer in kept or ():
        values, flags = values + layer.values, flags + layer.flags
    terms.append(MemoryTerm("saved activations", None if kept is None else values, precision.activation, True))
    if flags != 0:
        terms.append(MemoryTerm("saved masks", flags, 1, True))
    largest = MemoryTerm("largest gradients", None, precision.activation, True)
    if passing is not None:
        largest = largest.replace(values=passing[0], at=passing[1])
    return Memory((*terms, largest))
