"""Convolutions as matrix products (im2col): a row for each value of a filter, a column for each position it stands at.

Filters are an F x K matrix, the input becomes K x P: K = kh * kw * Cin/groups values of a window, P = oh * ow
positions. Their product is the output, F x P. Grouped convolutions do that for each group. A transposed convolution
paints columns back instead, and has none.

Source: Chellapilla et al., "High performance convolutional neural networks for document processing" (2006).
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.layers.operation import CONVOLUTION, DEPTHWISE, GROUPED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.size import Dim
    from cnnspec.layers.operation import Operation


class Product(Record):
    """Filters (F x K) times columns (K x P), `groups` times, for one example."""

    filters: Dim
    window: Dim
    positions: Dim
    groups: Dim

    @property
    def values(self) -> Dim:
        """Values of the columns of all groups together."""
        return self.window * self.positions * self.groups


def im2col(operations: tuple[Operation, ...]) -> tuple[Product, ...]:
    """The matrix products of the convolutions among some operations; a matrix of unknown channels is left out."""
    made = []
    for work in operations:
        if work.kind in (CONVOLUTION, GROUPED, DEPTHWISE) and isinstance(work.channels, int):
            assert isinstance(work.groups, int)
            made.append(Product(work.channels // work.groups, work.taps, work.outputs // work.channels, work.groups))
    return tuple(made)
