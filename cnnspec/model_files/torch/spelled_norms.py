"""Normalisations that stand in a program as the arithmetic that they are: one layer again.

Torch writes a local response normalisation as a pool over squares, and brings vectors to length 1 by a division. What is
looked at are the nodes that made the divisor; what nothing else reads is left out in the end.
"""

from __future__ import annotations

from math import isfinite, nan

from cnnspec.model_files.channels_first import learned
from cnnspec.model_files.torch.program import Reference
from cnnspec.model_files.views.tensor import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.model_files.torch.call import Call

SMALLEST = 1e-5  # a bound from below that keeps a divisor from 0, and is no more than that


def find_normalised(call: Call, x: Tensor) -> Tensor | None:
    """What a quotient of two tensors is, where the divisor is made of the dividend: unit_normalization, lrn."""
    return find_unit_length(call, x) or find_local_response(call, x)


def find_unit_length(call: Call, x: Tensor) -> Tensor | None:
    """x / max(|x|, a very small number): torch's functional.normalize."""
    history, own = call.history, call.node.arguments
    repeated = history.find_maker(own.get("other"), "expand", "expand_as")
    bounded = history.find_maker(repeated.arguments.get("self") if repeated else own.get("other"), "clamp_min", "clamp")
    length = history.find_maker(bounded.arguments.get("self"), "linalg_vector_norm") if bounded else None
    if bounded is None or length is None or not is_same(length.arguments.get("self"), own.get("self")):
        return None
    least, axes = bounded.arguments.get("min"), length.arguments.get("dim")
    keeps = length.arguments.get("keepdim") is True and bounded.arguments.get("max") is None
    if (
        not isinstance(least, (int, float))
        or not 0 <= least <= SMALLEST
        or length.arguments.get("ord", 2) != 2
        or not keeps
    ):
        return None
    axes = (axes,) if type(axes) is int else axes
    if not isinstance(axes, tuple) or not axes:
        return None
    return learned.normalize_length(call.builder, x, axes)


def find_local_response(call: Call, x: Tensor) -> Tensor | None:
    """x / (k + alpha · mean of squares)^beta, whose mean is a pool over the channels of squares with zeros around them."""
    steps, argument = [], call.node.arguments.get("other")
    for operators in LOCAL_RESPONSE:
        made = call.history.find_maker(argument, *operators)
        if made is not None:
            steps.append(made.arguments)
            argument = made.arguments.get("self")
        elif "" not in operators:
            return None
    power, shifted, scaled, *_, pool, padded, _, squares = steps
    own, size = call.node.arguments.get("self"), first_number(pool.get("kernel_size"))
    numbers = [power.get("exponent"), shifted.get("other"), scaled.get("other")]
    beta, k, alpha = [float(n) if isinstance(n, (int, float)) else nan for n in numbers]
    if size is None or not all([isfinite(number) for number in (beta, k, alpha)]):
        return None
    fits = (
        shifted.get("alpha", 1) == 1
        and takes_means(pool)
        and pads_zeros(padded, (size // 2, (size - 1) // 2))
        and find_shape(call, pool.get("self"))[1:3] == (1, x.shape[1] + size - 1)
        and is_same(squares.get("self"), own)
        and is_same(squares.get("other"), own)
    )
    return learned.normalize_by_neighbours(call.builder, x, size, alpha, beta, k) if fits else None


# Operators of a local response normalisation, the last first; "" for a step that only maps have.
LOCAL_RESPONSE = (
    ("pow",), ("add",), ("mul",), ("view", "reshape", ""), ("squeeze",), ("avg_pool2d", "avg_pool3d"),
    ("pad", "constant_pad_nd"), ("view", "reshape", "unsqueeze"), ("mul",),
)  # fmt: skip


def takes_means(pool: dict[str, Any]) -> bool:
    """Whether a pool takes the mean at every position of what it is given."""
    steps, around = pool.get("stride") or pool.get("kernel_size"), pool.get("padding", (0,))
    return is_each(steps, 1) and is_each(around, 0) and pool.get("divisor_override") is None


def pads_zeros(padded: dict[str, Any], ends: tuple[int, int]) -> bool:
    """Whether a padding is of so many zeros before and behind its first axis alone."""
    amounts, zeros = (
        padded.get("pad"),
        padded.get("value") in (None, 0) and padded.get("mode", "constant") == "constant",
    )
    return zeros and isinstance(amounts, tuple) and amounts[-2:] == ends and not any(amounts[:-2])


def is_each(sizes: Any, number: int) -> bool:
    """Whether sizes are all this number."""
    return isinstance(sizes, tuple) and set(sizes) == {number}


def find_shape(call: Call, argument: Any) -> tuple[int, ...]:
    """The shape of a tensor of the program, () of what is none."""
    found = call.history.find_value(argument)
    return found.shape if isinstance(found, Tensor) else ()


def first_number(sizes: Any) -> int | None:
    """The first of some sizes, where the others are 1."""
    fits = isinstance(sizes, tuple) and sizes and type(sizes[0]) is int and is_each(sizes[1:], 1)
    return sizes[0] if fits else None


def is_same(one: Any, other: Any) -> bool:
    """Whether two arguments are one value of the program."""
    return isinstance(one, Reference) and one == other
