"""What joins, cuts, pads and resizes axes, and what sums them up. Axes are counted with the batch as 0."""

from __future__ import annotations

from cnnspec.layers.argument import same_on_every_axis
from cnnspec.model_files.channels_first.pointwise import compete, merge, rescale
from cnnspec.model_files.layer_words import make_layer
from cnnspec.model_files.views.arranging import align, arrange_as_seen, arrange_channels_last, arrange_freely
from cnnspec.model_files.views.tensor import (
    Inexpressible,
    flatten,
    holds_batch,
    part_batch,
    permute,
    show_sizes,
    squeeze,
    unsqueeze,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnspec.model_files.views.graph_builder import GraphBuilder
    from cnnspec.model_files.views.tensor import Tensor


def concatenate(builder: GraphBuilder, tensors: Sequence[Tensor], axis: int) -> Tensor:
    """Tensors behind one another along an axis."""
    if len(tensors) == 1:
        return tensors[0]
    nodes, order = align(builder, tensors)
    axis = tensors[0].count_axis(axis)
    if axis == 0:
        raise Inexpressible("it joins the examples of batches")
    own = order[axis - 1]
    return builder.see(builder.add_layer(make_layer("concat", -1 if own == len(order) - 1 else own + 1), *nodes), order)


def cut_out(builder: GraphBuilder, x: Tensor, axis: int, start: int, stop: int, step: int = 1) -> Tensor:
    """The positions of an axis from `start` to before `stop`; both may be negative or beyond the ends, as in Python."""
    axis = x.count_axis(axis)
    return cut_map(builder, x, {axis: range(*slice(start, stop, step).indices(x.shape[axis]))})


def cut_map(builder: GraphBuilder, x: Tensor, kept: Mapping[int, range]) -> Tensor:
    """The positions that are kept of some axes: of all but the channels in one crop, then a slice of the channels."""
    cut = {axis: places for axis, places in kept.items() if places != range(x.shape[axis])}
    for axis, places in cut.items():
        if holds_batch(x.axes[axis]):
            raise Inexpressible("it chooses among the examples of a batch")
        if places.step < 0:
            raise Inexpressible("positions in reverse order")
        if not places:
            raise Inexpressible("it keeps no position of an axis")
    if not cut:
        return x
    if place := next(
        (axis for axis, own in enumerate(x.axes) if holds_batch(own)), 0
    ):  # the batch is not the first axis
        order = [place, *[axis for axis in range(len(x.axes)) if axis != place]]
        made = cut_map(builder, permute(x, order), {order.index(axis): places for axis, places in cut.items()})
        return permute(made, [order.index(axis) for axis in range(len(order))])
    node, own_axes = arrange_freely(builder, x)
    if any([places.step != 1 and own_axes[axis - 1] == len(own_axes) - 1 for axis, places in cut.items()]):
        node = arrange_channels_last(builder, x)  # windows slide along the other axes
        own_axes = (len(own_axes) - 1, *range(len(own_axes) - 1))
    sides = [(0, 0)] * len(own_axes)  # what is left out of each axis of the node
    strides = [1] * len(own_axes)
    for axis, places in cut.items():
        behind = x.shape[axis] - places[-1] - 1  # what a stride leaves out by itself need not be cut off
        sides[own_axes[axis - 1]] = places.start, behind if behind >= places.step else 0
        strides[own_axes[axis - 1]] = places.step
    if strides[-1] != 1:
        raise Inexpressible(f"every {strides[-1]}th channel")
    if any(map(any, sides[:-1])):
        node = builder.add_layer(make_layer("crop", same_on_every_axis(tuple(sides[:-1]))), node)
    if set(strides) != {1}:  # the largest of one value is that value
        node = builder.add_layer(make_layer("maxpool", 1, same_on_every_axis(tuple(strides[:-1]))), node)
    if any(sides[-1]):
        before, behind = sides[-1]
        channels = builder.find_shapes([node])[0][-1]
        node = builder.add_layer(make_layer("slice", before, channels - behind if behind else None), node)
    return builder.see(node, own_axes)


def roll(builder: GraphBuilder, x: Tensor, axis: int, shift: int) -> Tensor:
    """The positions of an axis moved by so many, those beyond the end to its beginning."""
    size = x.shape[x.count_axis(axis)]
    before = -shift % size  # positions that move behind the others
    if before == 0:
        return x
    return concatenate(builder, split(builder, x, axis, (before, size - before))[::-1], axis)


def split(builder: GraphBuilder, x: Tensor, axis: int, sizes: Sequence[int]) -> list[Tensor]:
    """An axis in pieces of these sizes."""
    made, start = [], 0
    for size in sizes:
        made.append(cut_out(builder, x, axis, start, start + size))
        start += size
    return made


def pad(
    builder: GraphBuilder, x: Tensor, sides: Sequence[tuple[int, int]], value: float = 0, mode: str = "zeros"
) -> Tensor:
    """A number before and behind each axis, the batch's too in the list, or what lies inside, by the layer's `mode`; negative
    amounts cut off."""
    taken = {axis: range(max(0, -a), x.shape[axis] - max(0, -b)) for axis, (a, b) in enumerate(sides) if min(a, b) < 0}
    x = cut_map(builder, x, taken)
    if not any([max(amounts) > 0 for amounts in sides]):
        return x
    node, order = arrange_freely(builder, x)
    added = [(0, 0)] * len(order)
    for own, (before, behind) in zip(order, sides[1:], strict=True):
        added[own] = max(0, before), max(0, behind)
    if any(sides[0]):
        raise Inexpressible("a padding of the batch")
    how = {"mode": "constant", "value": value} if value else ({} if mode == "zeros" else {"mode": mode})
    channels = {"channels": same_on_every_axis(added[-1])} if any(added[-1]) else {}
    layer = make_layer("pad", same_on_every_axis(tuple(added[:-1])), **how, **channels)
    return builder.see(builder.add_layer(layer, node), order)


def resize(
    builder: GraphBuilder,
    x: Tensor,
    sizes: Sequence[int],
    interpolation: str,
    align_corners: bool,
    as_keras: bool = True,
) -> Tensor:
    """A map in another size: nearest, bilinear or bicubic, with pixel centres at half positions or aligned corners.
    `as_keras`: whether its values are those that Keras computes."""
    if tuple(sizes) == x.shape[2:]:
        return x
    node, order = arrange_freely(builder, x)
    have, wanted = x.shape[2:], [0] * len(order)
    if order[0] != len(order) - 1:
        raise Inexpressible("a resize of other axes")
    aligned = align_corners and interpolation != "nearest"
    if aligned and len(order) != 3:
        raise Inexpressible(f"a resize of {len(order) - 1} axes whose corners are aligned")
    factors: list[int] = [0] * (len(order) - 1)
    for own, size, before in zip(order[1:], sizes, have, strict=True):
        wanted[own] = size
        factors[own] = size // before if size % before == 0 else 0
    if all(factors) and not aligned and interpolation in ("nearest", "bilinear"):
        layer = make_layer("upsample", same_on_every_axis(tuple(factors)), interpolation=interpolation)
    elif len(order) == 3:
        layer = make_layer("resize", wanted[0], wanted[1], interpolation=interpolation, align_corners=aligned)
    else:
        raise Inexpressible(f"a resize of {len(order) - 1} axes to sizes that are no multiples")
    index = builder.add_layer(layer, node)
    if not as_keras:
        builder.differing[index] = f"the {interpolation} resize from {show_sizes(have)} to {show_sizes(sizes)}"
    return builder.see(index, order)


def summarize(builder: GraphBuilder, x: Tensor, axes: Sequence[int], keepdims: bool, kind: str) -> Tensor:
    """The "mean", "sum", "max" or "l2" over some axes; the mean or maximum over all but batch and channels is a global pool."""
    chosen = {x.count_axis(axis) for axis in axes}
    if 0 in chosen:
        raise Inexpressible(f"the {kind} over the examples of a batch")
    node, order = arrange_freely(builder, x)
    rank = len(order)
    if not chosen:
        return x
    own = sorted([order[axis - 1] for axis in chosen])
    if own == list(range(rank - 1)) and kind in GLOBAL_POOLS:
        index = builder.add_layer(make_layer(GLOBAL_POOLS[kind], keepdims=keepdims), node)
        return builder.see(index, order) if keepdims else builder.see(index)
    counted = tuple([-1 if place == rank - 1 else place + 1 for place in own])
    layer = make_layer(f"reduce_{kind}", axis=counted[0] if len(counted) == 1 else counted, keepdims=keepdims)
    index = builder.add_layer(layer, node)
    if keepdims:
        return builder.see(index, order)
    left = [place for place in order if place not in own]
    return builder.see(index, [sorted(left).index(place) for place in left])


GLOBAL_POOLS = {"mean": "gap", "max": "gmp"}


def stack(builder: GraphBuilder, tensors: Sequence[Tensor], axis: int) -> Tensor:
    """Tensors of one shape side by side along a new axis, counted in the result."""
    return concatenate(builder, [unsqueeze(x, axis) for x in tensors], axis)


def multiply_matrices(builder: GraphBuilder, a: Tensor, b: Tensor) -> Tensor:
    """The products of the matrices of two tensors, one for each place on the axes before. The first of these may hold the
    examples of a batch together with others."""
    rank = max(len(a.axes), len(b.axes))
    if min(len(a.axes), len(b.axes)) < 3:
        raise Inexpressible(f"a product of matrices of {len(a.axes)} and {len(b.axes)} axes")
    a, b = [x if len(x.axes) == rank else unsqueeze(x, 1) for x in (a, b)]
    if len(a.axes[0]) > 1 and len(b.axes[0]) > 1:
        return flatten(multiply_matrices(builder, part_batch(a), part_batch(b)), 0, 1)
    if rank > 3 and a.shape[1] == b.shape[1] == 1:
        return unsqueeze(multiply_matrices(builder, squeeze(a, (1,)), squeeze(b, (1,))), 1)
    if rank == 3:
        one, two = arrange_freely(builder, a), arrange_freely(builder, b)
        return builder.see(builder.add_layer(make_layer("dot", axes=(one[1][1] + 1, two[1][0] + 1)), one[0], two[0]))
    nodes = [arrange_as_seen(builder, x) for x in (a, b)]
    return builder.see(builder.add_layer(make_layer("matmul"), *nodes))


def attend(
    builder: GraphBuilder, queries: Tensor, keys: Tensor, values: Tensor, scale: float, mask: Tensor | None
) -> Tensor:
    """Attention: the values, weighted by how much each query and each key have in common."""
    count = len(keys.axes)
    weights = multiply_matrices(builder, queries, permute(keys, (*range(count - 2), count - 1, count - 2)))
    weights = rescale(builder, weights, scale)
    weights = weights if mask is None else merge(builder, "add", weights, mask)
    return multiply_matrices(builder, compete(builder, weights, -1), values)


def deal_to_space(builder: GraphBuilder, x: Tensor, size: int, order: str) -> Tensor:
    """Blocks of channels as positions; order "dcr" or "crd", as ONNX calls them."""
    node = arrange_channels_last(builder, x)
    return builder.see_channels_first(builder.add_layer(make_layer("depth_to_space", size=size, order=order), node))


def deal_to_depth(builder: GraphBuilder, x: Tensor, size: int, order: str) -> Tensor:
    """Blocks of positions as channels."""
    node = arrange_channels_last(builder, x)
    return builder.see_channels_first(builder.add_layer(make_layer("space_to_depth", size=size, order=order), node))
