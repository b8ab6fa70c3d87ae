"""Operators that slide windows: convolutions and pools."""

from __future__ import annotations

from cnnspec.model_files.channels_first.axes import summarize
from cnnspec.model_files.channels_first.windows import convolve, convolve_transposed, pool_largest, pool_mean
from cnnspec.model_files.onnx.call import Call
from cnnspec.model_files.onnx.operands import LowPadded, find_bias, find_tensor, find_weight
from cnnspec.model_files.views.tensor import Inexpressible, Tensor, squeeze, unsqueeze

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.model_files.channels_first.windows import Padding
    from cnnspec.model_files.onnx.operands import Translate
    from cnnspec.model_files.views.graph_builder import GraphBuilder


def translate_conv(builder: GraphBuilder, call: Call) -> Tensor:
    x, weight = find_tensor(call, 0), find_weight(call, 1)
    kernel = weight.shape[2:]
    stride, dilation = find_steps(call, "strides", kernel), find_steps(call, "dilations", kernel)
    padding = find_padding(call, x, kernel, stride, dilation)
    added = find_added_axes(x, kernel, padding)
    if added:  # a convolution of fewer axes, as TensorFlow computes those of rows
        weight = weight.reshape((*weight.shape[:2], *drop(kernel, added)))
        stride, dilation, x = drop(stride, added), drop(dilation, added), squeeze(x, [axis + 2 for axis in added])
        padding = padding if isinstance(padding, str) else drop(padding, added)
    made = convolve(builder, x, weight, find_bias(call, 2), stride, padding, dilation, call.integer("group"))
    for axis in added:
        made = unsqueeze(made, axis + 2)
    return made


def find_added_axes(x: Tensor, kernel: Sequence[int], padding: Padding) -> list[int]:
    """The axes of a kernel that a map has only because it was given one more; none where it would have none left."""
    still = [isinstance(padding, str) or padding[axis] == (0, 0) for axis in range(len(kernel))]
    added = [axis for axis, size in enumerate(kernel) if size == 1 and x.axes[axis + 2] == () and still[axis]]
    return added if len(added) < len(kernel) else []


def drop(values: Sequence[Any], axes: Sequence[int]) -> tuple[Any, ...]:
    return tuple([value for axis, value in enumerate(values) if axis not in axes])


def translate_conv_transpose(builder: GraphBuilder, call: Call) -> Tensor:
    x, weight = find_tensor(call, 0), find_weight(call, 1)
    kernel = weight.shape[2:]
    stride, dilation = find_steps(call, "strides", kernel), find_steps(call, "dilations", kernel)
    extra = find_sizes(call, "output_padding", kernel, 0)
    if call.word("auto_pad") not in ("NOTSET", "VALID") or call.integers("output_shape") is not None:
        wanted = call.integers("output_shape") or tuple([n * s for n, s in zip(x.shape[2:], stride, strict=False)])
        padding = find_transposed_padding(call, x, wanted, kernel, stride, dilation, extra)
    else:
        padding = find_sides(call, kernel)
    groups = call.integer("group")
    return convolve_transposed(builder, x, weight, find_bias(call, 2), stride, padding, extra, dilation, groups)


def translate_max_pool(builder: GraphBuilder, call: Call) -> Tensor:
    given, kernel = call.given(0), find_kernel(call)
    x = given.x if isinstance(given, LowPadded) else find_tensor(call, 0)
    if len([name for name in call.node.outputs if name]) > 1:
        raise Inexpressible("a pool that yields the places of its maxima")
    stride, dilation = find_steps(call, "strides", kernel), find_steps(call, "dilations", kernel)
    padding = find_padding(call, x, kernel, stride, dilation)
    if isinstance(given, LowPadded):
        padding = add_sides(padding, given.sides)
    return pool_largest(builder, x, kernel, stride, padding, dilation, bool(call.integer("ceil_mode")))


def add_sides(padding: Padding, around: Sequence[tuple[int, int]]) -> Padding:
    """The padding of a pool, with what was put around its input before."""
    if isinstance(padding, str) or any(map(any, around[:2])):
        raise Inexpressible("a padding of the least number, of other axes than the pool's")
    return [(a + c, b + d) for (a, b), (c, d) in zip(padding, around[2:], strict=True)]


def translate_average_pool(builder: GraphBuilder, call: Call) -> Tensor:
    x, kernel = find_tensor(call, 0), find_kernel(call)
    stride, dilation = find_steps(call, "strides", kernel), find_steps(call, "dilations", kernel)
    if any([d != 1 for d in dilation]):
        raise Inexpressible("a dilated pool")
    padding = find_padding(call, x, kernel, stride, dilation)
    ceil, counts = bool(call.integer("ceil_mode")), bool(call.integer("count_include_pad"))
    if kernel == x.shape[2:] and (padding == "same" or not any(map(any, padding))):
        return summarize(builder, x, range(2, len(x.shape)), True, "mean")
    return pool_mean(builder, x, kernel, stride, padding, ceil, counts)


def translate_global_pool(builder: GraphBuilder, call: Call) -> Tensor:
    x = find_tensor(call, 0)
    return summarize(
        builder, x, range(2, len(x.shape)), True, "max" if call.node.operator == "GlobalMaxPool" else "mean"
    )


# ---- attributes ------------------------------------------------------------------------------------------------
def find_kernel(call: Call) -> tuple[int, ...]:
    kernel = call.integers("kernel_shape")
    if not kernel or any([k < 1 for k in kernel]):
        raise Inexpressible(f"its kernel_shape is {kernel}")
    return kernel


def find_sizes(call: Call, name: str, kernel: Sequence[int], default: int) -> tuple[int, ...]:
    """A number for each axis of the kernel."""
    found = call.integers(name) or (default,) * len(kernel)
    if len(found) != len(kernel) or any([n < default for n in found]):
        raise Inexpressible(f"its {name} are {found}")
    return found


def find_steps(call: Call, name: str, kernel: Sequence[int]) -> tuple[int, ...]:
    """Strides or dilations."""
    return find_sizes(call, name, kernel, 1)


def find_sides(call: Call, kernel: Sequence[int]) -> list[tuple[int, int]]:
    """The padding before and behind each axis, as the file states it."""
    rank = len(kernel)
    pads = call.integers("pads") or (0,) * 2 * rank
    if len(pads) != 2 * rank or any([n < 0 for n in pads]):
        raise Inexpressible(f"its pads are {pads}")
    return list(zip(pads[:rank], pads[rank:], strict=True))


def find_padding(
    call: Call, x: Tensor, kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> Padding:
    """The padding of a window; "same" also for what TensorFlow's same is at this size, and nothing else."""
    if len(x.shape) != len(kernel) + 2:
        raise Inexpressible(f"its kernel has {len(kernel)} axes, its input {len(x.shape) - 2}")
    how = call.word("auto_pad")
    if how == "VALID":
        return [(0, 0)] * len(kernel)
    if how == "SAME_UPPER":
        return "same"
    same = [find_same(*sizes) for sizes in zip(x.shape[2:], kernel, stride, dilation, strict=True)]
    if how == "SAME_LOWER":
        return [(behind, before) for before, behind in same]
    if how != "NOTSET":
        raise Inexpressible(f"its auto_pad is {how}")
    sides = find_sides(call, kernel)
    return "same" if sides == same and any([before != behind for before, behind in sides]) else sides


def find_same(size: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    """The padding of an axis that TensorFlow's same means: as many outputs as strides, more behind than before."""
    total = max(0, (-(-size // stride) - 1) * stride + dilation * (kernel - 1) + 1 - size)
    return total // 2, total - total // 2


def find_transposed_padding(
    call: Call, x: Tensor, wanted: Sequence[int], kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int],
    extra: Sequence[int],
) -> list[tuple[int, int]]:  # fmt: skip
    """What a transposed convolution cuts off so that its output has the sizes that the file asks for."""
    how, sides = call.word("auto_pad"), []
    for n, size, k, s, d, e in zip(x.shape[2:], wanted[-len(kernel) :], kernel, stride, dilation, extra, strict=True):
        total = s * (n - 1) + e + d * (k - 1) + 1 - size
        if total < 0:
            raise Inexpressible("a transposed convolution with an output that is larger than what it computes")
        half = total // 2
        sides.append((total - half, half) if how != "SAME_UPPER" else (half, total - half))
    return sides


WINDOWS: dict[str, Translate] = {
    "AveragePool": translate_average_pool,
    "Conv": translate_conv,
    "ConvTranspose": translate_conv_transpose,
    "GlobalAveragePool": translate_global_pool,
    "GlobalMaxPool": translate_global_pool,
    "MaxPool": translate_max_pool,
}
