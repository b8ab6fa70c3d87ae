"""What a view of a weight holds of it: the same numbers in another shape or order, or some of them.

Repetitions (`expand`, `repeat`) are left out: what is followed has each number once.
"""

from __future__ import annotations

from math import prod

from cnnspec.model_files.torch.shapes import EXPANSIONS, KEPT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.model_files.torch.program import ProgramNode
    from cnnspec.model_files.views.weight_ref import WeightRef

RESHAPES = (
    "view.default", "view_copy.default", "_unsafe_view.default", "reshape.default", "flatten.using_ints", "unflatten.int",
    "unsqueeze.default", "squeeze.default", "squeeze.dim", "squeeze.dims",
)  # fmt: skip
REPEATS = (*EXPANSIONS, "repeat.default")
SPLITS = ("chunk.default", "split.Tensor", "split.sizes", "split_with_sizes.default", "unbind.int")


def follow_view(
    node: ProgramNode, weight: WeightRef, whole: Sequence[int], arguments: dict[str, Any]
) -> list[WeightRef | None]:
    """For each output of a view what it holds of a weight, None where that is not followed. `whole` is the shape of the
    view's input, the weight's or one with repetitions."""
    name = node.target.removeprefix("aten.")
    shapes = [() if value is None else tuple([size or 0 for size in value.sizes]) for value in node.outputs]
    if name in (*KEPT, *REPEATS):
        return [weight] * len(shapes)
    if tuple(whole) != weight.shape:
        return [weight] if name in RESHAPES and shapes[0] == tuple(whole) else []
    if name in RESHAPES:
        return [weight.reshape(shapes[0])] if prod(shapes[0]) == prod(weight.shape) else []
    try:
        return list(follow_choice(name, weight, shapes, arguments))
    except (ArithmeticError, IndexError, KeyError, TypeError, ValueError):  # arguments that contradict the schema
        return []


def follow_choice(
    name: str, weight: WeightRef, shapes: Sequence[tuple[int, ...]], arguments: dict[str, Any]
) -> list[WeightRef]:
    """The same for views that choose an order of the axes, or positions of one."""
    rank = len(weight.shape)
    if name == "permute.default":
        return [weight.permute([axis % rank for axis in arguments["dims"]])]
    if name in ("transpose.int", "t.default"):
        order = list(range(rank))
        one, other = arguments.get("dim0", 0), arguments.get("dim1", -1)
        if rank > 1:
            order[one], order[other] = order[other], order[one]
        return [weight.permute(order)]
    if name not in ("slice.Tensor", "narrow.default", "select.int", *SPLITS):
        return []
    axis = arguments.get("dim", 0) % rank
    size = weight.shape[axis]
    if name == "slice.Tensor":
        places = range(size)[slice(arguments.get("start"), arguments.get("end"), arguments.get("step", 1))]
        return [weight.cut_out(axis, places)]
    if name in SPLITS:
        made, start = [], 0
        for shape in shapes:
            width = 1 if name == "unbind.int" else shape[axis]
            made.append(weight.cut_out(axis, range(size)[start : start + width]).reshape(shape))
            start += width
        return made
    first = arguments["index" if name == "select.int" else "start"] % size
    return [weight.cut_out(axis, range(first, first + arguments.get("length", 1))).reshape(shapes[0])]
