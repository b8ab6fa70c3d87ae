"""Dense layers, normalisations and learned factors."""

from __future__ import annotations

from math import prod

from cnnspec.model_files.channels_first.windows import name_weights, need_channels
from cnnspec.model_files.layer_words import make_layer
from cnnspec.model_files.views.arranging import arrange_as_seen, arrange_for_weights, arrange_freely
from cnnspec.model_files.views.tensor import Inexpressible, show_sizes
from cnnspec.model_files.views.tensor_layers import add_channelwise, add_elementwise, follow_axis

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

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


def look_up(builder: GraphBuilder, x: Tensor, table: WeightRef) -> Tensor:
    """A row of a table for each number: an embedding."""
    if len(table.shape) != 2 or len(x.axes) != 2:
        raise Inexpressible("a look-up that is no embedding")
    node = builder.add_layer(make_layer("embedding", *table.shape), arrange_as_seen(builder, x), weights=(table,))
    return builder.see(node)


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
    return add_channelwise(builder, layer, x, name_weights(scale, center), in_order=not alone and groups > 1)


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


def normalize_by_neighbours(builder: GraphBuilder, x: Tensor, size: int, alpha: float, beta: float, k: float) -> Tensor:
    """Local response normalisation over windows of channels, the tensor's axis 1."""
    return add_channelwise(builder, make_layer("lrn", size, alpha=alpha, beta=beta, k=k), x)


def normalize_length(builder: GraphBuilder, x: Tensor, axes: Sequence[int]) -> Tensor:
    """Values divided by their length over some axes."""
    chosen = {x.count_axis(axis) for axis in axes}
    if 0 in chosen:
        raise Inexpressible("the length over the examples of a batch")
    node, order = arrange_freely(builder, x)
    layer = make_layer("unit_normalization", count_own_axes(order, chosen))
    return builder.see(builder.add_layer(layer, node, axes=builder.axes[node]), order)


def count_own_axes(order: Sequence[int], chosen: Collection[int]) -> int | tuple[int, ...]:
    """Axes of a tensor, counted with the batch, as a layer of its node names them: the channels are -1."""
    places = sorted([order[axis - 1] for axis in chosen])
    if len(places) > 1:
        return tuple([place + 1 for place in places])
    return -1 if places[0] == len(order) - 1 else places[0] + 1


def scale_channels(builder: GraphBuilder, x: Tensor, weight: WeightRef) -> Tensor:
    """A tensor times a weight with one factor in all, or one for each of its node's channels (the last axis of the node), or
    for each place on some axes."""
    if prod(weight.shape) == 1:
        return add_elementwise(builder, make_layer("layer_scale", single=True), x, (weight,))
    node, order = arrange_freely(builder, x)
    along = find_learned_axes(x, weight)
    if [order[axis - 1] for axis in along] != [len(order) - 1]:
        return scale_and_shift(builder, x, weight, None)
    layer = make_layer("layer_scale")
    return builder.see(builder.add_layer(layer, node, weights=(weight,), axes=builder.axes[node]), order)


def scale_and_shift(builder: GraphBuilder, x: Tensor, scale: WeightRef | None, center: WeightRef | None) -> Tensor:
    """A tensor times learned factors, plus learned offsets: one of each in all, or one for each place on some axes."""
    weights = name_weights(scale, center)
    given = {"scale": scale is not None, "center": center is not None}
    if all([prod(weight.shape) == 1 for weight in weights]):
        return add_elementwise(builder, make_layer("affine", single=True, **given), x, weights)
    node, order = arrange_freely(builder, x)
    along = [find_learned_axes(x, weight) for weight in weights]
    if along[0] != along[-1]:
        raise Inexpressible("learned factors and offsets along different axes")
    sizes, places = [x.shape[axis] for axis in along[0]], [order[axis - 1] for axis in along[0]]
    turned = sorted(range(len(places)), key=lambda axis: places[axis])
    laid = [weight.reshape(sizes).permute(turned) for weight in weights]
    layer = make_layer("affine", axis=count_own_axes(order, along[0]), **given)
    return builder.see(builder.add_layer(layer, node, weights=laid, axes=builder.axes[node]), order)


def find_learned_axes(x: Tensor, weight: WeightRef) -> list[int]:
    """The axes of a tensor along which a weight has its values, counted with the batch."""
    full = (1,) * (len(x.axes) - len(weight.shape)) + weight.shape
    fits = len(full) == len(x.axes) and all([n in (1, size) for n, size in zip(full, x.shape, strict=True)])
    if not fits or full[0] != 1:
        shapes = [show_sizes(shape) for shape in (weight.shape, x.shape)]
        raise Inexpressible(f"a learned factor or offset of shape {shapes[0]} for {shapes[1]}")
    return [axis for axis, n in enumerate(full) if n != 1]


def slope_channels(builder: GraphBuilder, x: Tensor, weight: WeightRef) -> Tensor:
    """Parametric ReLU with one slope in all, or one for each channel, the tensor's axis 1."""
    if prod(weight.shape) == 1:
        every = tuple(range(1, len(builder.axes[x.node]) + 1))
        return add_elementwise(builder, make_layer("prelu", shared_axes=every), x, (weight,))
    need_channels(x, prod(weight.shape))
    shared = tuple(range(1, len(x.axes) - 1))
    return add_channelwise(builder, make_layer("prelu", shared_axes=shared or None), x, (weight,))
