"""How the value of a layer is worked out wrong: the layer's own computation with one thing changed, or overlooked.

Some slips give a whole map, which is read at the place that is asked about; the others are reckoned with what is read there.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnspec.base.record import Record
from cnnspec.quiz.question import Slip
from cnnspec.trace.formula import CallStep
from cnnspec.trace.reference.compute import compute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cnnspec.layers.base import Layer
    from cnnspec.layers.window import Window
    from cnnspec.trace.arithmetic import Arithmetic
    from cnnspec.trace.reference.definition import Array

    Place = tuple[int, ...]


class Case(Record):
    """A layer, what enters it (one example first), its weights, its window along each axis, and what it puts out."""

    layer: Layer
    input: Array
    weights: Mapping[str, Array]
    windows: tuple[Window, ...]
    output: Array

    def compute(
        self, input: Array | None = None, arguments: Mapping[str, Any] | None = None, **weights: Array
    ) -> Array:
        """What the layer computes of another input, with other arguments or other weights."""
        layer = self.layer.replace(**arguments) if arguments else self.layer
        return compute(layer, [self.input if input is None else input], {**self.weights, **weights})

    @property
    def slides_over_map(self) -> bool:
        return "kernel" in self.weights and bool(self.windows)

    @property
    def slides_kernel(self) -> bool:
        """Whether a kernel of more than one position slides over a map."""
        return self.slides_over_map and prod([window.kernel for window in self.windows]) > 1

    @property
    def mixes(self) -> bool:
        """Whether a kernel adds up several channels of a map."""
        return self.slides_over_map and bool(self.layer.channels_from) and self.weights["kernel"].shape[-2] > 1


# ---- whole maps ------------------------------------------------------------------------------------------------
def turn_kernel(case: Case) -> Array | None:
    axes = tuple(range(len(case.windows)))
    return case.compute(kernel=np.flip(case.weights["kernel"], axes)) if case.slides_kernel else None


def transpose_kernel(case: Case) -> Array | None:
    square = len(case.windows) == 2 and case.windows[0].kernel == case.windows[1].kernel
    return case.compute(kernel=case.weights["kernel"].swapaxes(0, 1)) if case.slides_kernel and square else None


def forget_stride(case: Case) -> Array | None:
    strided = any([window.stride > 1 for window in case.windows])
    return case.compute(arguments={"stride": 1}) if strided else None


def forget_padding(case: Case) -> Array | None:
    return case.compute(arguments={"padding": "valid"}) if find_padded(case) and fits_unpadded(case) else None


def forget_dilation(case: Case) -> Array | None:
    dilated = any([window.dilation > 1 for window in case.windows])
    return case.compute(arguments={"dilation": 1}) if dilated else None


def forget_bias(case: Case) -> Array | None:
    return case.compute(bias=case.weights["bias"] * 0) if "bias" in case.weights else None


def repeat_bias(case: Case) -> Array | None:
    products = (
        prod(case.weights["kernel"].shape[: -1 if case.layer.channels_from else -2]) if "bias" in case.weights else 1
    )
    return case.compute(bias=case.weights["bias"] * products) if products > 1 else None


def forget_channels(case: Case) -> Array | None:
    first = case.input.copy()
    first[..., 1:] = first[..., 1:] * 0
    return case.compute(first) if case.mixes else None


def forget_weights(case: Case) -> Array | None:
    return case.compute(kernel=case.weights["kernel"] * 0 + 1) if "kernel" in case.weights else None


def forget_signs(case: Case) -> Array | None:
    return case.compute(kernel=abs(case.weights["kernel"])) if "kernel" in case.weights else None


def swap_place(case: Case) -> Array | None:
    return case.output.swapaxes(1, 2) if case.output.ndim == 4 else None


def count_from_1(case: Case) -> Array | None:
    later = np.full([n + (0 < axis < max(2, case.output.ndim - 1)) for axis, n in enumerate(case.output.shape)], None)
    later[tuple([slice(m - n, None) for m, n in zip(later.shape, case.output.shape, strict=True)])] = case.output
    return later


def take_other_channel(case: Case) -> Array | None:
    return np.roll(case.output, 1, axis=-1) if case.output.ndim > 2 and case.output.shape[-1] > 1 else None


def take_other_unit(case: Case) -> Array | None:
    return np.roll(case.output, 1, axis=-1) if case.output.ndim == 2 and "kernel" in case.weights else None


def find_padded(case: Case) -> bool:
    return any([window.before != 0 or window.after != 0 for window in case.windows])


def fits_unpadded(case: Case) -> bool:
    """Whether the window has a place in what enters alone."""
    return all([window.extent <= n for window, n in zip(case.windows, case.input.shape[1:], strict=False)])


MAPS: tuple[tuple[str, Callable[[Case], Array | None], str], ...] = (
    ("kernel flipped", turn_kernel, "The layer does not turn its kernel round (a convolution in mathematics does): its first weight meets the first value of the window."),
    ("stride forgotten", forget_stride, "The window moves by its stride: for position i it begins at i*S."),
    ("padding forgotten", forget_padding, "The first window begins in the padding, not at the first value of the input."),
    ("dilation forgotten", forget_dilation, "A dilated window takes every d-th value: between two of its cells lie d - 1 others."),
    ("bias forgotten", forget_bias, "Behind the sum of the products the bias is added."),
    ("bias for each product", repeat_bias, "The bias is added once, to the sum."),
    ("channel forgotten", forget_channels, "The products of all channels are added up, not those of the first alone."),
    ("row and column swapped", swap_place, "The row comes first, then the column."),
    ("counted from 1", count_from_1, "Positions count from 0: the first one is 0."),
    ("kernel transposed", transpose_kernel, "A row of the kernel meets a row of the window, not a column."),
    ("weights forgotten", forget_weights, "Each value is multiplied by its weight before all are added up."),
    ("signs forgotten", forget_signs, "A product with a negative weight is taken away."),
    ("another channel", take_other_channel, "Each channel of the output is worked out for itself."),
    ("another unit", take_other_unit, "Each unit has weights of its own, a row for each in kernel_values."),
)  # fmt: skip


def find_maps(case: Case) -> list[tuple[str, Array, str]]:
    """Every slip that gives a map, the map, and what was overlooked."""
    made = [(name, make(case), says) for name, make, says in MAPS]
    return [(name, values, says) for name, values, says in made if values is not None]


def read_maps(maps: list[tuple[str, Array, str]], place: Place) -> Iterator[Slip]:
    """The slips at a place, where their maps have one."""
    for name, values, says in maps:
        if all([i < n for i, n in zip(place, values.shape, strict=True)]) and values[place] is not None:
            yield Slip(name, (values[place],), says)


# ---- what is read ----------------------------------------------------------------------------------------------
def find_reckoned(case: Case, found: Arithmetic) -> Iterator[Slip]:
    """The slips with the values that are read for one value of the output."""
    values, first = [read.value for read in found.reads], found.steps[0]
    if len(found.steps) > 1:
        yield from find_activation_slips(
            first.value, "The sum goes through the activation, which does not let every number pass."
        )
    elif isinstance(first, CallStep) and len(values) == 1:
        yield from find_activation_slips(values[0], "The function does not let every number pass.")
    elif isinstance(first, CallStep):
        says = "A max pool keeps the largest value of its window, and adds nothing up."
        yield Slip("mean for maximum", (sum(values) / len(values),), says)
        yield Slip("sum for maximum", (sum(values),), says)
        yield Slip("smallest value", (min(values),), says)
        yield Slip("first value", (values[0],), says)
    elif not case.weights and len(values) > 1:
        yield from find_mean_slips(case, found, values)


def find_activation_slips(entering: Any, says: str) -> Iterator[Slip]:
    yield Slip("activation forgotten", (entering,), says)
    yield Slip(
        "sign dropped",
        (abs(entering),),
        "The activation is no absolute value: what is below zero does not become positive.",
    )


def find_mean_slips(case: Case, found: Arithmetic, values: list[Any]) -> Iterator[Slip]:
    """Those of a mean; where there is padding, with another number of cells that count."""
    total, area = sum(values), prod([window.kernel for window in case.windows])
    if found.reads[0].factor * len(values) != 1:
        says = "The zeros of this padding count: the sum is divided by all cells of the window."
        yield Slip("padding left out", (total / len(values),), says)
    elif case.windows:
        says = "Cells outside of the input do not count here: the sum is divided by the cells inside."
        yield Slip("padding counted", (total / area,), says)
    yield Slip(
        "maximum for mean", (max(values),), "An average pool adds up what it sees, and divides by how many they are."
    )
    yield Slip("sum for mean", (total,), "The sum is divided by how many values were added up.")
