"""Whether a Resize of ONNX reads the positions that Keras's resize reads."""

from __future__ import annotations

from math import ceil, floor

from cnnspec.model_files.channels_first.resize_positions import keeps_ratio, reads_nearest_alike
from cnnspec.model_files.onnx.call import Call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROUNDINGS: dict[str, Callable[[float], int]] = {
    "floor": lambda place: floor(place + 1e-6),
    "ceil": lambda place: ceil(place - 1e-6),
    "round_prefer_floor": lambda place: ceil(place - 0.5 - 1e-6),
    "round_prefer_ceil": lambda place: floor(place + 0.5 + 1e-6),
}
CENTRES: dict[str, Callable[[int, float, int, int], float]] = {  # pixel, factor, sizes before and behind → its place
    "half_pixel": lambda i, factor, have, size: (i + 0.5) / factor - 0.5,
    "pytorch_half_pixel": lambda i, factor, have, size: (i + 0.5) / factor - 0.5 if size > 1 else 0,
    "asymmetric": lambda i, factor, have, size: i / factor,
    "align_corners": lambda i, factor, have, size: i * (have - 1) / (size - 1) if size > 1 else 0,
}


def is_resized_as_keras(
    call: Call, kind: str, centres: str, have: Sequence[int], sizes: Sequence[int], factors: Sequence[float]
) -> bool:
    """Sizes and factors are those of all axes but the batch. ONNX's curves for cubic are others than Keras's."""
    find = CENTRES.get(centres)
    if find is None or any([factor <= 0 for factor in factors]):
        return False
    if kind != "nearest":
        lone = centres == "pytorch_half_pixel" and any([n > size == 1 for n, size in zip(have, sizes, strict=True)])
        return kind == "bilinear" and not lone and keeps_ratio(have, sizes, factors)
    early = call.node.operator == "Upsample" or call.opset < 11
    rounded = ROUNDINGS.get("floor" if early else call.word("nearest_mode"))
    return rounded is not None and reads_nearest_alike(
        have, sizes, lambda axis, i: rounded(find(i, factors[axis], have[axis], sizes[axis]))
    )
