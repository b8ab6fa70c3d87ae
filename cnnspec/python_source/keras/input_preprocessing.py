"""keras.applications' own preparations of their inputs, where a model has them in it."""

from __future__ import annotations

from functools import partial

from cnnspec.python_source.keras.operations import Operation, apply_operation
from cnnspec.python_source.keras.uses import make_use
from cnnspec.python_source.tape import TensorValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.values import Call

NONE = ("convnext", "efficientnet", "efficientnet_v2", "mobilenet_v3")  # whose models do it themselves
TO_ONE = (
    "inception_resnet_v2",
    "inception_v3",
    "mobilenet",
    "mobilenet_v2",
    "nasnet",
    "resnet_v2",
    "xception",
)  # -1 … 1
BY_CHANNEL = ("densenet", "imagenet_utils", "resnet", "resnet50", "vgg16", "vgg19")
HALF = 127.5


def preprocess(module: str, call: Call) -> Any:
    """What preprocess_input makes of a tensor; NotImplemented for anything else."""
    tensor = call.find(0, "x")
    if not isinstance(tensor, TensorValue):
        return NotImplemented
    if module in NONE:
        return tensor
    if module in TO_ONE:
        scaled = apply_operation("TrueDivide", {}, (tensor, HALF), call.machine, call.node, call.site)
        return apply_operation("Subtract", {}, (scaled, 1.0), call.machine, call.node, call.site)
    return make_use(call.machine, Operation("PreprocessInput", {}), (tensor,), {}, call.node, call.site)


def register(libraries: Libraries) -> None:
    for module in (*NONE, *TO_ONE, *BY_CHANNEL):
        libraries.functions[f"keras.applications.{module}.preprocess_input"] = partial(preprocess, module)
