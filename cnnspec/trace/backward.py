"""The backward pass: the gradients of an error E for everything in a network, from those of its outputs."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from cnnspec.base.record import Record
from cnnspec.trace.losses import Loss
from cnnspec.trace.reference.arrays import number, settle
from cnnspec.trace.reference.definition import Array
from cnnspec.trace.values import NetworkGradients, compute_network_gradients

if TYPE_CHECKING:
    from cnnspec.trace.trace import Trace


class Start(Record):
    """Where the gradients begin: those of some nodes' outputs, the batch of one first, and the losses that they are of, if any."""

    gradients: Mapping[int, Array]
    losses: Mapping[int, Loss] = {}


class Backward(Record):
    """The gradients that come back, from where they began. `step`: the eta of W - eta*dE/dW, None where no weight is moved."""

    start: Start
    gradients: NetworkGradients
    step: Fraction | None


def trace_back(trace: Trace, start: Start, step: Fraction | None = None) -> Backward:
    """The gradients of all that lies before where they begin; the trace has the values of all of it."""
    made = compute_network_gradients(trace.network.graph, trace.values, trace.weights.weights, start.gradients)
    return Backward(start, made, step)


def take_step(weight: Array, gradient: Array, step: Fraction) -> Array:
    """W - eta*dE/dW."""
    return settle(weight - number(step, gradient) * gradient)
