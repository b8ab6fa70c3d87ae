"""What an attribute is where a file does not state it, as ONNX's documentation of the operators has it. A test compares."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_REDUCE = {"keepdims": 1, "noop_with_empty_axes": 0}
LARGEST = 3.4028234663852886e38  # the largest float of 32 bits

DEFAULTS: dict[str, dict[str, Any]] = {
    "AveragePool": {"auto_pad": "NOTSET", "ceil_mode": 0, "count_include_pad": 0},
    "BatchNormalization": {"epsilon": 1e-5, "momentum": 0.9, "training_mode": 0},
    "Cast": {"round_mode": "up", "saturate": 1},
    "Celu": {"alpha": 1.0},
    "Clip": {"max": LARGEST, "min": -LARGEST},
    "Conv": {"auto_pad": "NOTSET", "group": 1},
    "ConvTranspose": {"auto_pad": "NOTSET", "group": 1},
    "DepthToSpace": {"mode": "DCR"},
    "Dropout": {"ratio": 0.5},
    "Elu": {"alpha": 1.0},
    "Flatten": {"axis": 1},
    "Gather": {"axis": 0},
    "Gelu": {"approximate": "none"},
    "Gemm": {"alpha": 1.0, "beta": 1.0, "transA": 0, "transB": 0},
    "GroupNormalization": {"epsilon": 1e-5, "stash_type": 1},
    "HardSigmoid": {"alpha": 0.2, "beta": 0.5},
    "InstanceNormalization": {"epsilon": 1e-5},
    "LRN": {"alpha": 0.0001, "beta": 0.75, "bias": 1.0},
    "LayerNormalization": {"axis": -1, "epsilon": 1e-5, "stash_type": 1},
    "LeakyRelu": {"alpha": 0.01},
    "LogSoftmax": {"axis": -1},
    "LpNormalization": {"axis": -1, "p": 2},
    "MaxPool": {"auto_pad": "NOTSET", "ceil_mode": 0, "storage_order": 0},
    "Mod": {"fmod": 0},
    "Pad": {"mode": "constant", "value": 0.0},
    "RMSNormalization": {"axis": -1, "epsilon": 1e-5, "stash_type": 1},
    "ReduceL2": _REDUCE,
    "ReduceMax": _REDUCE,
    "ReduceMean": _REDUCE,
    "ReduceMin": _REDUCE,
    "ReduceProd": _REDUCE,
    "ReduceSum": _REDUCE,
    "Reshape": {"allowzero": 0},
    "Resize": {
        "antialias": 0,
        "coordinate_transformation_mode": "half_pixel",
        "cubic_coeff_a": -0.75,
        "exclude_outside": 0,
        "extrapolation_value": 0.0,
        "keep_aspect_ratio_policy": "stretch",
        "mode": "nearest",
        "nearest_mode": "round_prefer_floor",
    },
    "Shape": {"start": 0},
    "Softmax": {"axis": -1},
    "Split": {"axis": 0},
    "SplitToSequence": {"axis": 0, "keepdims": 1},
    "Swish": {"alpha": 1.0},
    "Upsample": {"mode": "nearest"},
}
# Defaults that another opset has: before it, the second value holds.
BEFORE: dict[tuple[str, str], tuple[int, Any]] = {
    ("LogSoftmax", "axis"): (13, 1),
    ("Resize", "coordinate_transformation_mode"): (11, "asymmetric"),
    ("Softmax", "axis"): (13, 1),
}


def find_default(operator: str, attribute: str, opset: int) -> Any:
    """The value of an attribute that is not stated; None where it has none."""
    changed, old = BEFORE.get((operator, attribute), (0, None))
    return old if opset < changed else DEFAULTS.get(operator, {}).get(attribute)
