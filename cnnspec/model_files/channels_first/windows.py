"""Convolutions and pools: windows that slide over batch, channels and one to three other axes."""

from __future__ import annotations

from cnnspec.layers.argument import same_on_every_axis
from cnnspec.model_files.layer_words import make_layer
from cnnspec.model_files.views.arranging import arrange_channels_last
from cnnspec.model_files.views.tensor import Inexpressible, show_sizes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.model_files.views.graph_builder import GraphBuilder
    from cnnspec.model_files.views.tensor import Tensor
    from cnnspec.model_files.views.weight_ref import WeightRef

    Padding = (
        str | Sequence[tuple[int, int]]
    )  # "same" (more behind than before, as TensorFlow), or both sides of each axis


def convolve(
    builder: GraphBuilder, x: Tensor, weight: WeightRef, bias: WeightRef | None, stride: Sequence[int], padding: Padding,
    dilation: Sequence[int], groups: int, standardized: bool = False, gain: WeightRef | None = None,
) -> Tensor:  # fmt: skip
    """A convolution; its weight is outputs, inputs of a group, kernel. `standardized`, `gain`: see the layer's page."""
    filters, of_group, *kernel = weight.shape
    need_channels(x, of_group * groups)
    given = {
        "kernel": same_on_every_axis(tuple(kernel)),
        "stride": same_on_every_axis(tuple(stride)),
        "padding": write_padding(padding, kernel),
        "dilation": same_on_every_axis(tuple(dilation)),
        "bias": bias is not None,
    }
    node = arrange_channels_last(builder, x)
    layer = make_layer("conv", filters=filters, groups=groups, **given)
    laid_out = weight.permute((*range(2, len(weight.shape)), 1, 0))
    if standardized or gain is not None:
        layer = layer.replace(standardized=standardized, gain=gain is not None)
    elif groups == x.shape[1] > 1 and filters % groups == 0:
        apart = make_layer("depthwise_conv", multiplier=filters // groups, **given)
        if not apart.problem(builder.find_shapes([node])):
            layer, laid_out = apart, laid_out.reshape((*kernel, groups, filters // groups))
    return builder.see_channels_first(builder.add_layer(layer, node, weights=name_weights(laid_out, bias, gain)))


def convolve_transposed(
    builder: GraphBuilder, x: Tensor, weight: WeightRef, bias: WeightRef | None, stride: Sequence[int], padding: Padding,
    output_padding: Sequence[int], dilation: Sequence[int], groups: int,
) -> Tensor:  # fmt: skip
    """A transposed convolution; its weight is inputs, outputs of a group, kernel. The padding is cut off the output."""
    inputs, of_group, *kernel = weight.shape
    need_channels(x, inputs)
    extents = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    extra = same_on_every_axis(tuple(output_padding))
    if extra == 0 and all([extent >= step for extent, step in zip(extents, stride, strict=True)]):
        extra = None  # only a stride beyond the kernel makes the two differ
    layer = make_layer(
        "conv_transpose",
        filters=of_group * groups,
        groups=groups,
        kernel=same_on_every_axis(tuple(kernel)),
        stride=same_on_every_axis(tuple(stride)),
        padding=write_padding(padding),
        output_padding=extra,
        dilation=same_on_every_axis(tuple(dilation)),
        bias=bias is not None,
    )
    node = arrange_channels_last(builder, x)
    laid_out = weight.permute((*range(2, len(weight.shape)), 1, 0))
    return builder.see_channels_first(builder.add_layer(layer, node, weights=name_weights(laid_out, bias)))


def pool_largest(
    builder: GraphBuilder, x: Tensor, kernel: Sequence[int], stride: Sequence[int], padding: Padding,
    dilation: Sequence[int], ceil: bool,
) -> Tensor:  # fmt: skip
    """The maximum of each window."""
    gaps = same_on_every_axis(tuple(dilation))
    return _pool(builder, x, "maxpool", kernel, stride, padding, ceil, **({"dilation": gaps} if gaps != 1 else {}))


def pool_mean(
    builder: GraphBuilder, x: Tensor, kernel: Sequence[int], stride: Sequence[int], padding: Padding, ceil: bool,
    counts_padding: bool,
) -> Tensor:  # fmt: skip
    """The mean of each window, over the padding too where that counts."""
    leaves_out = not counts_padding and not isinstance(padding, str) and any(map(any, padding))
    counted = {"count_padding": False} if leaves_out else {}
    return _pool(builder, x, "avgpool", kernel, stride, padding, ceil, **counted)


def _pool(
    builder: GraphBuilder, x: Tensor, word: str, kernel: Sequence[int], stride: Sequence[int],
    padding: Padding, ceil: bool, **more: Any,
) -> Tensor:  # fmt: skip
    window, step, room = same_on_every_axis(tuple(kernel)), same_on_every_axis(tuple(stride)), write_padding(padding)
    layer = make_layer(word, window, None if step == window else step, room, ceil and room != "same", **more)
    node = arrange_channels_last(builder, x)
    return builder.see_channels_first(builder.add_layer(layer, node))


def pool_to_size(builder: GraphBuilder, x: Tensor, sizes: Sequence[int | None], largest: bool) -> Tensor:
    """As many windows as give these sizes; None keeps an axis as it is."""
    wanted = tuple([have if size is None else size for size, have in zip(sizes, x.shape[2:], strict=True)])
    if all([size == 1 for size in wanted]):
        layer = make_layer("gmp" if largest else "gap", keepdims=True)
    else:
        layer = make_layer("adaptive_maxpool" if largest else "adaptive_avgpool", same_on_every_axis(wanted))
    node = arrange_channels_last(builder, x)
    return builder.see_channels_first(builder.add_layer(layer, node))


def write_padding(padding: Padding, kernel: Sequence[int] = ()) -> Any:
    """A padding as the language writes it: valid, 1, (1, 2), ((0, 1), (0, 1)), same."""
    if isinstance(padding, str):
        return "valid" if kernel and all([size == 1 for size in kernel]) else padding
    made = same_on_every_axis(tuple([tuple(sides) for sides in padding]))
    return "valid" if made == 0 else made


def need_channels(x: Tensor, channels: int) -> None:
    """Raises Inexpressible where a tensor has no such channels for a weight."""
    if len(x.axes) < 2 or x.shape[1] != channels:
        raise Inexpressible(f"its weight is for {channels} channels, its input is {show_sizes(x.shape)}")


def name_weights(*weights: WeightRef | None) -> tuple[WeightRef, ...]:
    """Those weights that there are."""
    return tuple([weight for weight in weights if weight is not None])
