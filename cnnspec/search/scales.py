"""The options of an axis as a searcher is told of them: an even scale of numbers, numbers in order, or words."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from cnnspec.base.record import Record
from cnnspec.layers.argument import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.sweep.space import Axis

EVEN, ORDERED, WORDS = "even", "ordered", "words"


class Scale(Record):
    """An axis as a scale. `order` are the places of its options as the scale has them, the smallest first; of words as they were
    written. `kind` is EVEN for numbers with the same step between them, ORDERED for others, WORDS for all else."""

    axis: Axis
    kind: str
    order: tuple[int, ...]

    @property
    def name(self) -> str:
        return self.axis.name

    @property
    def texts(self) -> list[str]:
        """The options as the language writes them."""
        return [show(self.axis.options[place]) for place in self.order]

    @property
    def numbers(self) -> list[int | float]:
        """The options, from the smallest on."""
        return [self.axis.options[place] for place in self.order]


def make_scale(axis: Axis) -> Scale:
    """The scale of an axis."""
    options = axis.options
    if not all([type(option) in (int, float) for option in options]):
        return Scale(axis, WORDS, tuple(range(len(options))))
    order = sorted(range(len(options)), key=lambda place: options[place])
    exact = [Fraction(str(options[place])) for place in order]
    steps = {after - before for before, after in pairwise(exact)}
    same_type = len({type(option) for option in options}) == 1
    return Scale(axis, EVEN if len(steps) < 2 and same_type else ORDERED, tuple(order))
