"""Torch's convolutions, pools and resizes → layers."""

from __future__ import annotations

from math import floor

from cnnspec.model_files.channels_first import axes, windows
from cnnspec.model_files.channels_first.resize_positions import keeps_ratio, reads_nearest_alike
from cnnspec.model_files.torch.call import both_sides
from cnnspec.model_files.torch.typed_json import Damaged
from cnnspec.model_files.views.tensor import Inexpressible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from cnnspec.model_files.torch.call import Call
    from cnnspec.model_files.views.tensor import Tensor


def convolve(call: Call) -> Tensor:
    """aten.conv2d and its kin, whose padding is numbers or a word, and aten.convolution, which may be transposed."""
    weight = call.weight("weight")
    count = len(weight.shape) - 2
    if count < 1:
        raise Damaged(f"the weight of {call.node.target} has {len(weight.shape)} axes")
    if call.arguments.get("transposed"):
        return convolve_transposed(call)
    stride, dilation = call.for_axes("stride", count), call.for_axes("dilation", count)
    learned = call.learned("weight")
    padding: Any
    if isinstance(call.value("padding"), str):
        word = call.word("padding")
        totals = [(kernel - 1) * step for kernel, step in zip(weight.shape[2:], dilation, strict=True)]
        padding = [(total // 2, total - total // 2) if word == "same" else (0, 0) for total in totals]
        padding = "same" if word == "same" and set(stride) == {1} else padding
    else:
        padding = both_sides(call.for_axes("padding", count))
    return windows.convolve(
        call.builder,
        call.tensor("input"),
        weight,
        call.optional_weight("bias"),
        stride,
        padding,
        dilation,
        call.integer("groups"),
        standardized=learned is not None and learned.standardized,
        gain=call.find_gain("weight", weight.shape[0]),
    )


def convolve_transposed(call: Call) -> Tensor:
    weight = call.weight("weight")
    count = len(weight.shape) - 2
    if count < 1:
        raise Damaged(f"the weight of {call.node.target} has {len(weight.shape)} axes")
    return windows.convolve_transposed(
        call.builder,
        call.tensor("input"),
        weight,
        call.optional_weight("bias"),
        call.for_axes("stride", count),
        both_sides(call.for_axes("padding", count)),
        call.for_axes("output_padding", count),
        call.for_axes("dilation", count),
        call.integer("groups"),
    )


def make_pool(count: int, largest: bool, outputs: int = 1) -> Callable[[Call], Any]:
    """The translation of a pool over `count` axes; a second output, the places of the maxima, is not there."""

    def pool(call: Call) -> Any:
        given = call.low_padded("self")
        x = given.tensor
        kernel = call.for_axes("kernel_size", count)
        stride = call.for_axes("stride", count) if call.value("stride") not in ((), None) else kernel
        padding, ceil = both_sides(call.for_axes("padding", count)), call.flag("ceil_mode")
        if largest:
            dilation = call.for_axes("dilation", count)
            if given.sides and (ceil or any(map(any, padding)) or len(given.sides) != len(x.shape)):
                raise Inexpressible("a pool that pads what is padded")
            padding = given.sides[2:] or padding
            made = windows.pool_largest(call.builder, x, kernel, stride, padding, dilation, ceil)
        else:
            if call.arguments.get("divisor_override") is not None:
                raise Inexpressible("an average pool with a divisor of its own")
            x, counts = call.tensor("self"), call.flag("count_include_pad")
            made = windows.pool_mean(call.builder, x, kernel, stride, padding, ceil, counts)
        return made if outputs == 1 else (made, *[None] * (outputs - 1))

    return pool


def make_adaptive_pool(count: int, largest: bool) -> Callable[[Call], Any]:
    """The translation of a pool that gives a size; that of maxima has their places as second output."""

    def pool(call: Call) -> Any:
        made = windows.pool_to_size(
            call.builder, call.tensor("self"), call.for_axes("output_size", count), largest=largest
        )
        return (made, None) if largest else made

    return pool


def make_resize(interpolation: str, source: str, corners: bool) -> Callable[[Call], Tensor]:
    """The translation of a resize; `source` is the name of its input, `corners` whether it may align corners."""

    def resize(call: Call) -> Tensor:
        x = call.tensor(source)
        sizes, aligned = find_size(call, x), corners and call.flag("align_corners")
        alike = aligned or is_resized_as_keras(call, interpolation, x.shape[2:], sizes)
        return axes.resize(call.builder, x, sizes, interpolation, aligned, alike)

    return resize


def is_resized_as_keras(call: Call, interpolation: str, have: Sequence[int], sizes: Sequence[int]) -> bool:
    """Whether Keras computes the same. Torch finds positions by the factors, where it is given these; its nearest reads those
    at the left of Keras's, unless it is exact, and its curves for bicubic are others."""
    named = call.arguments.get("scale_factors") or tuple(
        [call.arguments.get(name) for name in ("scales_d", "scales_h", "scales_w", "scales") if name in call.arguments]
    )
    given = [factor for factor in named if type(factor) in (int, float) and factor > 0]
    factors = given if len(given) == len(have) else None
    if interpolation != "nearest":
        return interpolation == "bilinear" and keeps_ratio(have, sizes, factors)
    centre = 0.5 if "exact" in call.node.target else 0

    def find(axis: int, i: int) -> int:
        factor = factors[axis] if factors is not None else sizes[axis] / have[axis]
        return floor((i + centre) / factor + 1e-6)

    return reads_nearest_alike(have, sizes, find)


def find_size(call: Call, x: Tensor) -> tuple[int, ...]:
    """The size behind a resize: as the file states it, else of the arguments."""
    stated = call.sizes()
    if stated is not None and len(stated) == len(x.shape):
        found = tuple([size for size in stated[2:] if size is not None])
        if len(found) == len(x.shape) - 2:
            return found
    if call.arguments.get("output_size") is not None:
        return call.for_axes("output_size", len(x.shape) - 2)
    factors = call.value("scale_factors")
    if not isinstance(factors, tuple) or len(factors) != len(x.shape) - 2:
        raise Damaged(f"{call.node.target} has no size")
    return tuple([int(size * factor) for size, factor in zip(x.shape[2:], factors, strict=True)])


WINDOWS: dict[str, Callable[[Call], Any]] = {
    **{f"aten.conv{n}d.{form}": convolve for n in (1, 2, 3) for form in ("default", "padding")},
    "aten.convolution.default": convolve,
    "aten.conv_transpose1d.default": convolve_transposed,
    "aten.conv_transpose2d.input": convolve_transposed,
    "aten.conv_transpose3d.input": convolve_transposed,
    **{f"aten.max_pool{n}d.default": make_pool(n, largest=True) for n in (1, 2, 3)},
    **{f"aten.max_pool{n}d_with_indices.default": make_pool(n, largest=True, outputs=2) for n in (1, 2, 3)},
    **{f"aten.avg_pool{n}d.default": make_pool(n, largest=False) for n in (1, 2, 3)},
    **{f"aten.adaptive_avg_pool{n}d.default": make_adaptive_pool(n, largest=False) for n in (1, 2, 3)},
    **{f"aten._adaptive_avg_pool{n}d.default": make_adaptive_pool(n, largest=False) for n in (2, 3)},
    **{f"aten.adaptive_max_pool{n}d.default": make_adaptive_pool(n, largest=True) for n in (1, 2, 3)},
    **{
        f"aten.{name}.{form}": make_resize(word, source, corners)
        for form, source in (("vec", "input"), ("default", "self"))
        for name, word, corners in (
            ("upsample_nearest1d", "nearest", False),
            ("upsample_nearest2d", "nearest", False),
            ("upsample_nearest3d", "nearest", False),
            ("_upsample_nearest_exact2d", "nearest", False),
            ("upsample_linear1d", "bilinear", True),
            ("upsample_bilinear2d", "bilinear", True),
            ("upsample_bicubic2d", "bicubic", True),
        )
    },
}
