"""What torch computes of sizes while a program runs, as numbers: sizes of tensors, and arithmetic with them."""

from __future__ import annotations

import operator

from cnnspec.base.limits import MAX_NUMBER
from cnnspec.model_files.torch.typed_json import Damaged
from cnnspec.model_files.views.tensor import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.model_files.torch.program import ProgramNode

ARITHMETIC: dict[str, Callable[..., Any]] = {
    "_operator.add": operator.add,
    "_operator.sub": operator.sub,
    "_operator.mul": operator.mul,
    "_operator.floordiv": operator.floordiv,
    "_operator.truediv": operator.truediv,
    "_operator.mod": operator.mod,
    "_operator.neg": operator.neg,
    "torch.sym_int": int,
    "torch.sym_float": float,
    "torch.sym_max": max,
    "torch.sym_min": min,
    "torch._sym_int": int,
    "torch._sym_max": max,
    "torch._sym_min": min,
    "math.trunc": int,
}
SIZE = "aten.sym_size.int"


def computes_number(node: ProgramNode) -> bool:
    return node.target == SIZE or node.target in ARITHMETIC


def compute_number(node: ProgramNode, arguments: dict[str, Any]) -> float | None:
    """The number that a node yields, None for one that is not known. Raises Damaged for one that cannot be."""
    values = list(arguments.values())
    if node.target == SIZE:
        x, axis = (*values, None, None)[:2]
        if not isinstance(x, Tensor) or type(axis) is not int:
            raise Damaged(f"{node.target} has no tensor and axis")
        return x.shape[axis] if -len(x.shape) <= axis < len(x.shape) else None
    if not all([type(value) in (int, float) for value in values]):
        return None
    try:
        made = ARITHMETIC[node.target](*values)
    except (ArithmeticError, TypeError, ValueError):
        raise Damaged(f"{node.target} of {', '.join(map(str, values))} is no number") from None
    if type(made) not in (int, float) or not abs(made) <= MAX_NUMBER:
        raise Damaged(f"{node.target} comes to a number beyond {MAX_NUMBER:.0e}")
    return float(made) if type(made) is float else int(made)
