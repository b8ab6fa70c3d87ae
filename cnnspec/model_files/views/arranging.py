"""Which node holds a tensor in the arrangement that a layer needs; layers are added where none does."""

from __future__ import annotations

from cnnspec.model_files.views.arrangement import find_layers, find_order, is_order, is_same
from cnnspec.model_files.views.atoms import find_telling
from cnnspec.model_files.views.tensor import Inexpressible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.model_files.views.atoms import Axis
    from cnnspec.model_files.views.graph_builder import GraphBuilder
    from cnnspec.model_files.views.tensor import Tensor


def arrange_channels_last(builder: GraphBuilder, x: Tensor) -> int:
    """The node that holds a tensor of batch, channels and other axes with its channels last."""
    builder.need_batch_first(x)
    return _arrange(builder, x, (*x.axes[2:], *x.axes[1:2]))


def arrange_as_seen(builder: GraphBuilder, x: Tensor) -> int:
    """The node whose axes are those of the tensor, in their order."""
    builder.need_batch_first(x)
    return _arrange(builder, x, x.axes[1:])


def arrange_for_weights(builder: GraphBuilder, x: Tensor, channels: int) -> int:
    """As `arrange_channels_last` (channels 1) or `arrange_as_seen` (-1), for a layer with weights of its own for each
    channel: their order is free, so that a map that was flattened channels first stays as it is."""
    builder.need_batch_first(x)
    wanted = (*x.axes[2:], *x.axes[1:2]) if channels == 1 else x.axes[1:]
    own = builder.axes[x.node]
    if len(own) == len(wanted) and is_same(own[:-1], wanted[:-1]) and not is_same(own[-1:], wanted[-1:]):
        if {*find_telling(own[-1])} == {*find_telling(wanted[-1])}:
            builder.note_reordered()
            return x.node
    return _arrange(builder, x, wanted)


def arrange_freely(builder: GraphBuilder, x: Tensor) -> tuple[int, tuple[int, ...]]:
    """A node whose axes are those of the tensor in any order, and which axis of it each is, without the batch."""
    nodes, order = align(builder, [x])
    return nodes[0], order


def align(builder: GraphBuilder, tensors: Sequence[Tensor]) -> tuple[list[int], tuple[int, ...]]:
    """Nodes whose axes are those of some tensors, in one order for all, and which axis of them each of the tensors' is."""
    rank = len(tensors[0].axes) - 1
    if any([len(x.axes) - 1 != rank for x in tensors]):
        raise Inexpressible("its inputs have different numbers of axes")
    for x in tensors:
        builder.need_batch_first(x)
    orders = dict.fromkeys([find_order(builder.axes[x.node], x.axes[1:]) for x in tensors])
    for (
        order
    ) in orders:  # which of its axes of size 1 is which says nothing: another tensor's order may be its own, too
        if order is not None and all([is_order(builder.axes[x.node], x.axes[1:], order) for x in tensors]):
            return [x.node for x in tensors], order
    if rank > 1 and not all([is_straight(builder, x) for x in tensors]):
        return [arrange_channels_last(builder, x) for x in tensors], (rank - 1, *range(rank - 1))
    return [arrange_as_seen(builder, x) for x in tensors], tuple(range(rank))


def is_straight(builder: GraphBuilder, x: Tensor) -> bool:
    """Whether a tensor's values stand in its node in their order."""
    own = [atom for axis in builder.axes[x.node] for atom in find_telling(axis)]
    return own == [atom for axis in x.axes[1:] for atom in find_telling(axis)]


def _arrange(builder: GraphBuilder, x: Tensor, wanted: Sequence[Axis]) -> int:
    own = builder.axes[x.node]
    if is_same(own, wanted):
        return x.node
    layers = find_layers(own, wanted)
    node = builder.graph.nodes[x.node]
    if node.layer is not None and len(layers) == 1:
        joined = node.layer.reshaped(layers[0], builder.find_shapes(node.inputs))
        if joined is not None:  # a global pool keeps its axes or drops them, as is needed
            index = builder.add_layer(joined, *node.inputs, axes=wanted)
            builder.graph.nodes[index].site = node.site  # it is that operator still, in another form
            return index
    known = builder.arranged.setdefault((x.node, tuple(layers)), [])
    for index in known:
        if is_same(builder.axes[index], wanted):
            return index
    index = x.node
    for number, layer in enumerate(layers, 1):
        index = builder.add_layer(layer, index, axes=wanted if number == len(layers) else None)
    known.append(index)
    return index
