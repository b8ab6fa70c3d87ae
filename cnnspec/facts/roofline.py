"""Arithmetic intensity, and the time that a device needs at least: the roofline model.

A layer reads its inputs and weights and writes its output once; the time is at least that of its arithmetic at the
device's peak and that of these bytes at its bandwidth. A lower bound for frameworks that run layer by layer: no device
reaches its peak, and one that merges layers moves fewer bytes. Arithmetic: 2 FLOPs a MAC; other layers one for
each value that is read for an output (a 3x3 max pool 9, a relu 1). A view (flatten, reshape) costs nothing, nor does
a dropout, which inference leaves out.

Source: Williams, Waterman, Patterson, "Roofline" (2009); NVIDIA, "GPU performance background", for the examples.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.size import add_up
from cnnspec.facts.training_memory import find_roots
from cnnspec.layers.base import product
from cnnspec.layers.operation import NOISE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.size import Dim
    from cnnspec.facts.devices import Device
    from cnnspec.facts.facts import Facts
    from cnnspec.facts.precision import Precision
    from cnnspec.layers.base import Layer, Shape


class Traffic(Record):
    """What one layer computes and moves for a batch: FLOPs, and bytes of inputs, weights and output."""

    flops: Dim
    bytes: Dim

    @property
    def intensity(self) -> float | None:
        """FLOPs for each byte; None where they are not numbers, or nothing is moved."""
        if not isinstance(self.flops, int) or not isinstance(self.bytes, int) or self.bytes == 0:
            return None
        return self.flops / self.bytes

    def seconds(self, device: Device, precision: Precision) -> tuple[float, str] | None:
        """(the time at least, the bound: "compute" or "memory"); None where it is not known."""
        peak = device.peak(precision.computes)
        if peak is None or not isinstance(self.flops, int) or not isinstance(self.bytes, int):
            return None
        computing, moving = self.flops / peak.flops, self.bytes / device.bandwidth
        return (computing, "compute") if computing > moving else (moving, "memory")


def find_traffic(facts: Facts, precision: Precision, batch: int = 1) -> list[Traffic | None]:
    """The traffic of every node; none for inputs and views, None where a shape is unknown."""
    made: list[Traffic | None] = []
    weights = facts.each(weight_values, 0)
    for node, root in zip(facts.graph.nodes, find_roots(facts), strict=True):
        shapes, operations, shape = facts.inputs_of(node.index), facts.operations[node.index], facts.shapes[node.index]
        if shapes is None or operations is None or shape is None:
            made.append(None)
            continue
        idle = root != node.index or all([work.kind == NOISE for work in operations])
        if node.layer is None or idle:
            made.append(Traffic(0, 0))
            continue
        moved = product(shape)
        for entering in shapes:
            moved = moved + product(entering)
        flops: Dim = 0
        for operation in operations:
            flops = flops + operation.flops
        size = batch * moved * precision.activation + weights[node.index] * (precision.copy or precision.weight)
        made.append(Traffic(batch * flops, size))
    return made


def weight_values(layer: Layer, inputs: tuple[Shape, ...]) -> Dim:
    """How many values a layer's weights have together."""
    return add_up([product(weight.shape) for weight in layer.weights(inputs)])
