"""What a file states about the shapes of values, against what our formulas say."""

from __future__ import annotations

from cnnspec.model_files.onnx.constant import Constant
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.views.atoms import OPEN_BATCH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from cnnspec.model_files.onnx.call import Call
    from cnnspec.model_files.onnx.messages import OnnxGraph, OnnxValue
    from cnnspec.model_files.onnx.steps import Step

CHANNELS = (1, 3, 4)  # of images: grey, colour, colour and depth
TENSORFLOW = ("cnnspec", "tf2onnx", "tensorflow", "keras")


class StatedShapes:
    """The shapes of values by name, the batch first, with names for sizes that are open."""

    def __init__(self, graph: OnnxGraph) -> None:
        self.shapes = {value.name: value.shape for value in (*graph.values, *graph.outputs) if value.shape is not None}

    def check(self, call: Call, name: str, ours: Sequence[int]) -> None:
        """Raises ModelRefused where the file states another shape. A size that is open contradicts none."""
        stated = self.shapes.get(name)
        if stated is None:
            return
        pairs = list(zip(ours, stated, strict=False))
        same = all([not isinstance(n, int) or n == have or have % OPEN_BATCH == 0 for have, n in pairs])
        if len(stated) != len(ours) or not same:
            shown = show_stated(stated), show_stated([n if n % OPEN_BATCH else None for n in ours])
            raise ModelRefused(
                f"{call.where}: its output is {shown[1]} by our formula and {shown[0]} in the file: one of the two is wrong"
            )

    def find_sizes(self, name: str, batch: int) -> tuple[int, ...] | None:
        """The sizes behind the batch that the file states; None where one of them is open, or no batch is in front."""
        stated = self.shapes.get(name)
        if not stated or isinstance(stated[0], int) and stated[0] != batch and batch != OPEN_BATCH:
            return None
        sizes = tuple([n for n in stated[1:] if isinstance(n, int)])
        return sizes if len(sizes) == len(stated) - 1 else None


def show_stated(shape: Sequence[Any]) -> str:
    return "x".join(["?" if n is None else str(n) for n in shape]) or "a single value"


def is_channels_last(value: OnnxValue, steps: Sequence[Step], values: Mapping[str, Any], producer: str) -> bool:
    """Whether an input has its channels last, as in a model of TensorFlow: what reads it says so, or who wrote the file."""
    shape = value.shape or ()
    rank = len(shape)
    if rank < 3:
        return False
    readers = [step for step in steps if value.name in step.node.inputs]
    if any([is_moving_channels(step, shape, values) for step in readers]):
        return True
    if any([step.node.operator in ("Conv", "MaxPool", "AveragePool", "BatchNormalization") for step in readers]):
        return False
    written = producer.lower().startswith(TENSORFLOW)
    return written or shape[-1] in CHANNELS and shape[1] not in CHANNELS


def is_moving_channels(step: Step, shape: Sequence[Any], values: Mapping[str, Any]) -> bool:
    """Whether a step brings the channels from the last place to the first, maybe as a reshape, where they are one."""
    rank = len(shape)
    if step.node.operator == "Transpose":
        return bool(step.attributes.get("perm") == (0, rank - 1, *range(1, rank - 1)))
    if step.node.operator != "Reshape" or shape[-1] != 1 or len(step.node.inputs) < 2:
        return False
    wanted = values.get(step.node.inputs[1])
    sizes = wanted.values if isinstance(wanted, Constant) else None
    return sizes is not None and len(sizes) == rank and sizes[1:] == (1, *shape[1:-1])
