"""What an operator is applied to: tensors that are computed, and weights of the file."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.model_files.onnx.constant import Constant, WorkedOut
from cnnspec.model_files.views.tensor import Inexpressible, Tensor
from cnnspec.model_files.views.weight_ref import WeightRef

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from cnnspec.model_files.onnx.call import Call
    from cnnspec.model_files.views.graph_builder import GraphBuilder

    Translate: TypeAlias = (
        "Callable[[GraphBuilder, Call], Tensor | Constant | LowPadded | list[Tensor] | tuple[Tensor, ...]]"
    )


class LowPadded(Record):
    """A tensor with the least of all numbers around it, as TensorFlow pads for a maximum."""

    x: Tensor
    sides: tuple[tuple[int, int], ...]


ORDINALS = ("first", "second", "third", "fourth", "fifth")


def find_tensor(call: Call, position: int = 0) -> Tensor:
    """An input that must be computed."""
    found = call.given(position)
    if isinstance(found, Tensor):
        return found
    if isinstance(found, LowPadded):
        raise Inexpressible("a padding of the least number, before another operator than a pool")
    what = "left out" if found is None else "a constant"
    raise Inexpressible(f"its {ORDINALS[position]} input is {what}")


def find_tensors(call: Call) -> list[Tensor]:
    """All inputs, which must be computed."""
    found = [given for given in call.inputs if isinstance(given, Tensor)]
    if not found or len(found) < len(call.inputs):
        raise Inexpressible("one of its inputs is a constant")
    return found


def find_constant(call: Call, position: int) -> Constant:
    """An input that must be a constant."""
    found = call.given(position)
    if isinstance(found, Constant):
        return found
    what = "left out" if found is None else "computed, and no weight"
    raise Inexpressible(f"its {ORDINALS[position]} input is {what}")


def refer_to(call: Call, weight: Constant) -> WeightRef:
    """The weight that a constant is: of a tensor of the file, or numbers that were worked out."""
    name = weight.name or next(iter(call.node.outputs), "")
    if weight.view is not None:
        return weight.view.replace(name=name)
    return WeightRef(name, weight.shape, None if weight.values is None else WorkedOut(weight.shape, weight.values))


def find_weight(call: Call, position: int) -> WeightRef:
    return refer_to(call, find_constant(call, position))


def find_bias(call: Call, position: int) -> WeightRef | None:
    """A weight that may be left out; zeros that no tensor of the file holds are as none."""
    given = call.given(position)
    if given is None or isinstance(given, Constant) and not given.name and set(given.values or (1,)) == {0}:
        return None
    return find_weight(call, position)
