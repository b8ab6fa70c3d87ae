"""Activations, arithmetic with numbers, merges and softmax: value by value."""

from __future__ import annotations

from cnnspec.layers import find_bare_layer
from cnnspec.model_files.layer_words import make_layer
from cnnspec.model_files.views.arranging import arrange_freely
from cnnspec.model_files.views.tensor import Inexpressible
from cnnspec.model_files.views.tensor_layers import add_channelwise, add_elementwise, add_merge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.model_files.views.graph_builder import GraphBuilder
    from cnnspec.model_files.views.tensor import Tensor


def activate(builder: GraphBuilder, x: Tensor, word: str) -> Tensor:
    """An activation that the language has a word for: relu, gelu, hard_silu."""
    layer = find_bare_layer(word)
    if layer is None:
        raise Inexpressible(f"the activation {word}")
    return add_elementwise(builder, layer, x)


def clip(builder: GraphBuilder, x: Tensor, low: float | None, high: float | None) -> Tensor:
    """Values cut off at both sides: relu, relu6, relu(max_value=…), hard_tanh."""
    if low == -1 and high == 1:
        return activate(builder, x, "hard_tanh")
    if low != 0:
        raise Inexpressible(f"values between {low} and {high}")
    return add_elementwise(builder, make_layer("relu", max_value=high), x)


def raise_to(builder: GraphBuilder, x: Tensor, exponent: float) -> Tensor:
    """Every value to a power."""
    return x if exponent == 1 else add_elementwise(builder, make_layer("power", exponent), x)


def slope(builder: GraphBuilder, x: Tensor, negative_slope: float) -> Tensor:
    """Leaky ReLU."""
    return add_elementwise(builder, make_layer("leaky_relu", negative_slope), x)


def drop(builder: GraphBuilder, x: Tensor, rate: float, kind: str = "") -> Tensor:
    """Dropout of values, of whole channels ("channels") or the one for selu ("alpha")."""
    if rate == 0:
        return x
    if kind == "channels":
        return add_channelwise(builder, make_layer("spatial_dropout", rate), x)
    return add_elementwise(
        builder, make_layer("alpha_dropout", rate) if kind == "alpha" else make_layer("dropout", rate), x
    )


def rescale(builder: GraphBuilder, x: Tensor, scale: float = 1, offset: float = 0) -> Tensor:
    """A tensor times a number, plus a number."""
    return x if scale == 1 and offset == 0 else add_elementwise(builder, make_layer("rescaling", scale, offset), x)


def merge(builder: GraphBuilder, kind: str, *tensors: Tensor) -> Tensor:
    """add, subtract, multiply, divide, maximum or minimum of tensors; axes of size 1 are repeated."""
    if len(tensors) < 2:
        raise Inexpressible(f"{kind} of one tensor")
    return add_merge(builder, make_layer(kind), *tensors)


def compete(builder: GraphBuilder, x: Tensor, axis: int) -> Tensor:
    """Softmax along an axis, counted with the batch."""
    node, order = arrange_freely(builder, x)
    axis = x.count_axis(axis)
    if axis == 0:
        raise Inexpressible("a softmax over the examples of a batch")
    own = order[axis - 1]
    layer = make_layer("softmax", -1 if own == len(order) - 1 else own + 1)
    return builder.see(builder.add_layer(layer, node, axes=builder.axes[node]), order)
