"""Dense layers, normalisations and learned factors."""

from __future__ import annotations

from math import prod

from cnnspec.model_files.channels_first.windows import name_weights, need_channels
from cnnspec.model_files.layer_words import make_layer
from cnnspec.model_files.views.arranging import arrange_for_weights, arrange_freely
from cnnspec.model_files.views.tensor import Inexpressible
from cnnspec.model_files.views.tensor_layers import add_channelwise, add_elementwise, follow_axis

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.model_files.views.graph_builder import GraphBuilder
    from cnnspec.model_files.views.tensor import Tensor
    from cnnspec.model_files.views.weight_ref import WeightRef


def connect_fully(builder: GraphBuilder, x: Tensor, weight: WeightRef, bias: WeightRef | None) -> Tensor:
    """A dense layer over the last axis; its weight is inputs, units."""
    inputs, units = weight.shape
    if inputs != x.shape[-1]:
        raise Inexpressible(f"its weight is {'x'.join(map(str, weight.shape))}, its input has {x.shape[-1]} values")
    node = arrange_for_weights(builder, x, channels=-1)
    rows = follow_axis(weight, x.axes[-1], builder.axes[node][-1])
    layer = make_layer("dense", units=units, bias=bias is not None)
    return builder.see(builder.add_layer(layer, node, weights=name_weights(rows, bias)))


def normalize_batch(
    builder: GraphBuilder, x: Tensor, scale: WeightRef | None, center: WeightRef | None, mean: WeightRef,
    variance: WeightRef, momentum: float, epsilon: float,
) -> Tensor:  # fmt: skip
    """Batch normalisation with moving figures. `momentum` is the share of the old ones, as in Keras."""
    need_channels(x, prod(mean.shape))
    layer = make_layer(
        "bn", momentum=round(momentum, 6), epsilon=epsilon, scale=scale is not None, center=center is not None
    )
    return add_channelwise(builder, layer, x, name_weights(scale, center, mean, variance))


def normalize_groups(
    builder: GraphBuilder, x: Tensor, groups: int, scale: WeightRef | None, center: WeightRef | None, epsilon: float
) -> Tensor:
    """Group normalisation; as many groups as channels are instance normalisation."""
    alone = groups == x.shape[1]
    layer = make_layer(
        "group_norm",
        groups=-1 if alone else groups,
        epsilon=epsilon,
        scale=scale is not None,
        center=center is not None,
    )
    return add_channelwise(builder, layer, x, name_weights(scale, center))


def normalize_layer(
    builder: GraphBuilder, x: Tensor, count: int, scale: WeightRef | None, center: WeightRef | None, epsilon: float
) -> Tensor:
    """Layer normalisation over the last `count` axes."""
    node, order = arrange_freely(builder, x)
    rank = len(order)
    axes = tuple(sorted([order[axis] + 1 for axis in range(rank - count, rank)]))
    if count < 1 or count > rank:
        raise Inexpressible(f"a normalisation over {count} of {rank} axes")
    axis = (-1 if axes[0] == rank else axes[0]) if count == 1 else axes
    layer = make_layer("layer_norm", axis=axis, epsilon=epsilon, scale=scale is not None, center=center is not None)
    sizes, places = x.shape[-count:], order[rank - count :]
    turned = sorted(range(count), key=lambda axis: places[axis])
    weights = [weight.reshape(sizes).permute(turned) for weight in name_weights(scale, center)]
    return builder.see(builder.add_layer(layer, node, weights=weights, axes=builder.axes[node]), order)


def scale_channels(builder: GraphBuilder, x: Tensor, weight: WeightRef) -> Tensor:
    """A tensor times a weight with one factor in all, or one for each of its node's channels (the last axis of the node)."""
    if prod(weight.shape) == 1:
        return add_elementwise(builder, make_layer("layer_scale", single=True), x, (weight,))
    node, order = arrange_freely(builder, x)
    factors = (1,) * (len(x.axes) - len(weight.shape)) + weight.shape
    channels = order.index(len(order) - 1) + 1  # the tensor's axis that is the node's last
    if len(factors) != len(x.axes) or prod(factors) != factors[channels] or factors[channels] != x.shape[channels]:
        raise Inexpressible(f"a learned factor of shape {'x'.join(map(str, weight.shape))}")
    return builder.see(
        builder.add_layer(make_layer("layer_scale"), node, weights=(weight,), axes=builder.axes[node]), order
    )


def slope_channels(builder: GraphBuilder, x: Tensor, weight: WeightRef) -> Tensor:
    """Parametric ReLU with one slope in all, or one for each channel, the tensor's axis 1."""
    if prod(weight.shape) == 1:
        every = tuple(range(1, len(builder.axes[x.node]) + 1))
        return add_elementwise(builder, make_layer("prelu", shared_axes=every), x, (weight,))
    need_channels(x, prod(weight.shape))
    shared = tuple(range(1, len(x.axes) - 1))
    return add_channelwise(builder, make_layer("prelu", shared_axes=shared or None), x, (weight,))
