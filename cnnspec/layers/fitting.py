"""Arguments that have a value for each axis of an input: whether they have as many as it."""

from __future__ import annotations

from cnnspec.layers.argument import same_on_every_axis
from cnnspec.layers.base import Problem, Shape, show_shape
from cnnspec.layers.window import fits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def axes_problem(given: Mapping[str, Any], shape: Shape) -> Problem | None:
    """The problem of arguments with more or fewer values than a shape has spatial axes, told at the first of them."""
    rank = len(shape) - 1
    misfits = {name: value for name, value in given.items() if not fits(value, rank)}
    if not misfits:
        return None
    name, value = next(iter(misfits.items()))
    message = f"{name} has {len(value)} axes, the input {show_shape(shape)} has {rank}"
    alike = {name: same_on_every_axis(value) for name, value in misfits.items()}
    if any([isinstance(value, tuple) for value in alike.values()]):
        help = "give one number" if rank == 1 else f"give one number, or one for each of the {rank} axes"
    else:
        help = "write " + ", ".join([f"{name}={value}" for name, value in alike.items()])
    return Problem("E106", message, name, help)
