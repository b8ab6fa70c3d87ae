"""Opaque layers whose output has the examples of the batch anywhere: second, or together with another axis."""

from __future__ import annotations

from cnnspec.model_files.views.tensor import Inexpressible, Tensor, show_sizes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.model_files.views.atoms import Axis
    from cnnspec.model_files.views.graph_builder import GraphBuilder
    from cnnspec.model_files.views.weight_ref import WeightRef


def add_opaque_batch(
    builder: GraphBuilder,
    operator: str,
    inputs: Sequence[Tensor],
    shape: Sequence[int],
    weights: Sequence[WeightRef] = (),
) -> Tensor:
    """A layer for an operator that the language has no layer for; `shape` is all of its output's.

    The batch is the first axis of its size, or else the outer part of the first that is a multiple of it. Raises
    Inexpressible where there is none.
    """
    size = builder.batch.size
    place = next((axis for axis, n in enumerate(shape) if n == size), None)
    if place is None:
        place = next((axis for axis, n in enumerate(shape) if n and n % size == 0), None)
    own = [n // size if axis == place else n for axis, n in enumerate(shape)]
    if place is None or not all(own):
        raise Inexpressible(f"its output is {show_sizes(shape)}, which is no batch")
    kept = [n for axis, n in enumerate(own) if axis != place or n != 1]
    seen = builder.add_opaque(operator, inputs, kept or [1], weights)
    left = iter(seen.axes[1:])
    axes: list[Axis] = []
    for axis, n in enumerate(own):
        if axis == place:
            axes.append((builder.batch, *(next(left) if n != 1 else ())))
        else:
            axes.append(next(left))
    return seen.replace(axes=tuple(axes))
