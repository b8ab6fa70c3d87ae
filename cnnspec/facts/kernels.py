"""The kernels of layers that mix channels: how far each reaches, from how many channels to how many, in how many groups.

Read from the weights that layers state. Depthwise kernels and learned factors, which mix no channels, and the kernels of
transposed convolutions, which slide over the output, are none of them.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.layers.weight import OF_FILTERS, OF_UNITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.layers.base import Layer, Shape


class Kernel(Record):
    """A kernel: its size along each axis (none for a dense layer), the channels of input and output, its groups."""

    sizes: tuple[int, ...]
    entering: int
    leaving: int
    groups: int

    @property
    def dense(self) -> bool:
        return not self.sizes

    @property
    def weights(self) -> int:
        total = self.entering // self.groups * self.leaving
        for size in self.sizes:
            total *= size
        return total


def kernel_of(layer: Layer, inputs: tuple[Shape, ...]) -> Kernel | None:
    """The kernel with which a layer sums over channels; None where it has none, or several."""
    if len(inputs) != 1:
        return None
    kernels = [weight for weight in layer.own_weights(inputs) if weight.name == "kernel"]
    found = [weight.shape for weight in kernels if weight.drawn in (OF_FILTERS, OF_UNITS)]
    windows, channels = layer.windows(inputs), inputs[0][-1]
    if len(found) != 1 or windows == () or not isinstance(channels, int):
        return None
    *sizes, entering, leaving = [n for n in found[0] if isinstance(n, int)] if len(found[0]) > 1 else (0, 0)
    if len(sizes) != len(windows or ()) or leaving != layer.output(inputs)[-1] or not entering:
        return None
    return Kernel(tuple(sizes), channels, leaving, channels // entering)
