"""Operators that keep or weigh values: dense layers, normalisations, activations, arithmetic, merges."""

from __future__ import annotations

from math import isclose, isfinite, prod

from cnnspec.model_files.channels_first import learned, pointwise
from cnnspec.model_files.channels_first.axes import multiply_matrices
from cnnspec.model_files.layer_words import make_layer
from cnnspec.model_files.onnx.attribute_defaults import LARGEST
from cnnspec.model_files.onnx.call import Call
from cnnspec.model_files.onnx.constant import Constant
from cnnspec.model_files.onnx.operands import find_bias, find_constant, find_tensor, find_tensors, find_weight, refer_to
from cnnspec.model_files.views.arranging import arrange_freely
from cnnspec.model_files.views.tensor import Inexpressible, Tensor, permute
from cnnspec.model_files.views.tensor_layers import add_channelwise, add_elementwise, reshape
from cnnspec.model_files.views.weight_ref import Filled, WeightRef

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.layers.base import Layer
    from cnnspec.model_files.onnx.operands import Translate
    from cnnspec.model_files.views.graph_builder import GraphBuilder


# ---- with weights ------------------------------------------------------------------------------------------------
def translate_gemm(builder: GraphBuilder, call: Call) -> Tensor:
    x, weight = find_tensor(call, 0), find_weight(call, 1)
    if call.integer("transA") or len(weight.shape) != 2 or len(x.shape) != 2:
        raise Inexpressible("a product of matrices that is no dense layer")
    if call.integer("transB"):
        weight = weight.permute((1, 0))
    units = weight.shape[1]
    bias = call.given(2)
    if bias is not None and (not isinstance(bias, Constant) or bias.count != units):
        raise Inexpressible("what it adds is no bias")
    added = find_bias(call, 2)
    if call.number("alpha") != 1:
        weight = weight.replace(stored=None)
    if added is not None:
        added = added.reshape((units,)) if call.number("beta") == 1 else added.replace(stored=None)
    return learned.connect_fully(builder, x, weight, added)


def translate_matmul(builder: GraphBuilder, call: Call) -> Tensor:
    """A product with a matrix of weights; `patterns` adds the bias behind it as a third input."""
    if all([isinstance(given, Tensor) for given in call.inputs]):
        return multiply_matrices(builder, find_tensor(call, 0), find_tensor(call, 1))
    x, weight = find_tensor(call, 0), find_weight(call, 1)
    if len(weight.shape) != 2 or weight.shape[0] != x.shape[-1]:
        raise Inexpressible("a product of matrices that is no dense layer")
    return learned.connect_fully(builder, x, weight, find_bias(call, 2))


def translate_batch_norm(builder: GraphBuilder, call: Call) -> Tensor:
    """Also with training_mode=1: it is the same layer."""
    scale, center, mean, variance = [find_weight(call, position) for position in range(1, 5)]
    x, momentum, epsilon = find_tensor(call, 0), call.number("momentum"), call.number("epsilon")
    return learned.normalize_batch(builder, x, scale, center, mean, variance, momentum, epsilon)


def translate_affine(builder: GraphBuilder, call: Call) -> Tensor:
    """A factor and an offset for each channel, which `patterns` finds: what is left of a batch normalisation, but for those
    behind a product of tensors, as in global response normalisation."""
    x, scale, offset = find_tensor(call, 0), find_constant(call, 1), find_constant(call, 2)
    channel = find_channel_axis(x, scale)
    if channel is None or channel != find_channel_axis(x, offset):
        raise Inexpressible("learned factors and offsets that are not one for each channel")
    before = builder.graph.nodes[x.node].layer
    if before is not None and before.multiplies:
        return learned.scale_and_shift(builder, x, refer_to(call, scale), refer_to(call, offset))
    layer = make_layer("bn")
    mean, variance = [
        WeightRef("", scale.shape, Filled(value)) for value in (0, 1 - layer.argument_values()["epsilon"])
    ]
    weights = [refer_to(call, scale), refer_to(call, offset), mean, variance]
    return treat_channels(builder, x, channel, layer, weights)


def translate_scaled_rows(builder: GraphBuilder, call: Call) -> Tensor:
    """A learned factor for each channel, which `patterns` finds: the channels are the first axis, the batch the second."""
    x, weight = find_tensor(call, 0), find_constant(call, 2)
    order = (1, 0, *range(2, len(x.shape)))
    if len(x.shape) < 2 or x.shape[0] != weight.count or call.integers_at("shape", 1) != x.shape:
        raise Inexpressible("a product of matrices that is no learned factor")
    return permute(
        treat_channels(builder, permute(x, order), 1, make_layer("layer_scale"), [refer_to(call, weight)]), order
    )


def translate_standardize(builder: GraphBuilder, call: Call) -> Tensor:
    """Figures of each channel that are subtracted and divided by, which `patterns` finds: (x + sign * offset) * scale."""
    x, offset, scale, sign = find_tensor(call, 0), find_constant(call, 1), find_constant(call, 2), call.integer("sign")
    channel = find_channel_axis(x, offset)
    if channel is None:
        raise Inexpressible("known figures that are not one for each channel")
    mean = tuple([shorten(-sign * value) for value in offset.values or ()])
    variance = tuple([shorten(float(f"{value**-2:.6g}")) for value in scale.values or ()])
    return treat_channels(builder, x, channel, make_layer("normalization", mean, variance), [])


def treat_channels(builder: GraphBuilder, x: Tensor, channel: int, layer: Layer, weights: list[WeightRef]) -> Tensor:
    """A layer that treats each channel apart, the axis that the channels are being any but the batch; one without weights has
    its figures as arguments."""
    axes = (x.axes[0], x.axes[channel], *x.axes[1:channel], *x.axes[channel + 1 :])
    made = add_channelwise(builder, layer, x.replace(axes=axes), weights, in_order=not weights)
    found = list(made.axes)
    found.insert(channel, found.pop(1))
    return made.replace(axes=tuple(found))


def find_channel_axis(x: Tensor, weight: Constant) -> int | None:
    """The axis of a tensor along which a constant has its values, where it has as many; None where there is none such."""
    if len(weight.shape) > len(x.shape):
        return None
    full = (1,) * (len(x.shape) - len(weight.shape)) + weight.shape
    axis = full.index(weight.count) if weight.count in full else 0
    return axis if axis and prod(full) == full[axis] == x.shape[axis] else None


def translate_layer_norm(builder: GraphBuilder, call: Call) -> Tensor:
    x, scale, axis = find_tensor(call, 0), find_weight(call, 1), call.integer("axis")
    count = -axis if axis < 0 else len(x.shape) - axis
    if prod(scale.shape) != prod(x.shape[len(x.shape) - count :]):
        raise Inexpressible("its scale is not one for each value that it normalises")
    return learned.normalize_layer(builder, x, count, scale, find_bias(call, 2), call.number("epsilon"))


def translate_moments(builder: GraphBuilder, call: Call) -> Tensor:
    """A normalisation over some axes, which `patterns` finds: of layers, or of groups of channels that a reshape has made."""
    x, scale, center = find_tensor(call, 0), find_weight(call, 1), find_weight(call, 2)
    rank, epsilon = len(x.shape), call.number("epsilon")
    axes = sorted([x.count_axis(axis) for axis in call.attributes["axes"]])
    if axes == [*range(1, rank - 2), rank - 1] and rank > 3:
        groups, channels = x.shape[-2], x.shape[-2] * x.shape[-1]
        if prod(scale.shape) != channels or prod(center.shape) != channels:
            raise Inexpressible("a normalisation whose scale is not one for each channel")
        first = permute(reshape(builder, x, (*x.shape[:-2], channels)), (0, rank - 2, *range(1, rank - 2)))
        made = learned.normalize_groups(builder, first, groups, scale, center, epsilon)
        return reshape(builder, permute(made, (0, *range(2, rank - 1), 1)), x.shape)
    count = prod([x.shape[axis] for axis in axes])
    if prod(scale.shape) != count or prod(center.shape) != count or 0 in axes:
        raise Inexpressible("a normalisation whose scale is not one for each value that it normalises")
    order = [*[axis for axis in range(rank) if axis not in axes], *axes]
    made = learned.normalize_layer(builder, permute(x, order), len(axes), scale, center, epsilon)
    return permute(made, [order.index(axis) for axis in range(rank)])


def translate_group_norm(builder: GraphBuilder, call: Call) -> Tensor:
    """InstanceNormalization has as many groups as channels."""
    x, scale, bias = find_tensor(call, 0), find_weight(call, 1), find_weight(call, 2)
    channels = x.shape[1]
    if prod(scale.shape) != channels or prod(bias.shape) != channels:
        raise Inexpressible("a group normalisation with a scale for each group")
    groups = channels if call.node.operator == "InstanceNormalization" else call.integer("num_groups")
    return learned.normalize_groups(builder, x, groups, scale, bias, call.number("epsilon"))


def translate_local_response(builder: GraphBuilder, call: Call) -> Tensor:
    size = call.integer("size")
    if size < 1 or size % 2 == 0:  # of an even window, ONNX and torch leave out different ends
        raise Inexpressible(f"a local response normalisation over {size} channels")
    alpha, beta, k = [shorten(call.number(name)) for name in ("alpha", "beta", "bias")]
    return learned.normalize_by_neighbours(builder, find_tensor(call), size, alpha, beta, k)


def translate_prelu(builder: GraphBuilder, call: Call) -> Tensor:
    x, slope = find_tensor(call, 0), find_constant(call, 1)
    if slope.count != 1 and find_channel_axis(x, slope) != 1:
        raise Inexpressible("a parametric ReLU whose slopes are not one for each channel")
    return learned.slope_channels(builder, x, refer_to(call, slope))


# ---- activations ---------------------------------------------------------------------------------------------
def activate(word: str) -> Translate:
    return lambda builder, call: pointwise.activate(builder, find_tensor(call), word)


def activate_if(word: str, fits: Callable[[Call], bool]) -> Translate:
    """An activation of the language, where the attributes are what it has."""

    def translate(builder: GraphBuilder, call: Call) -> Tensor:
        if not fits(call):
            shown = ", ".join([f"{name}={value}" for name, value in call.attributes.items()])
            raise Inexpressible(f"{call.node.operator}({shown})")
        return pointwise.activate(builder, find_tensor(call), word)

    return translate


def translate_clip(builder: GraphBuilder, call: Call) -> Tensor:
    bounds = []
    for name, position in (("min", 1), ("max", 2)):
        bound = call.number_at(name, position)
        bounds.append(None if bound is None or not isfinite(bound) or abs(bound) >= LARGEST else shorten(bound))
    x = find_tensor(call)
    return x if bounds == [None, None] else pointwise.clip(builder, x, *bounds)


def translate_softmax(builder: GraphBuilder, call: Call) -> Tensor:
    x = find_tensor(call)
    axis = x.count_axis(call.integer("axis"))
    if call.opset < 13 and prod(x.shape[axis + 1 :]) != 1:  # until then, over this axis and all behind it
        raise Inexpressible("a softmax over several axes")
    if call.node.operator == "Softmax":
        return pointwise.compete(builder, x, axis)
    if axis != len(x.shape) - 1 or arrange_freely(builder, x)[1][-1] != axis - 1:
        raise Inexpressible("a logarithm of a softmax over an axis of a map")
    return pointwise.activate(builder, x, "log_softmax")


def translate_dropout(builder: GraphBuilder, call: Call) -> Tensor:
    ratio = call.number_at("ratio", 1)
    return pointwise.drop(builder, find_tensor(call), call.number("ratio") if ratio is None else ratio)


# ---- arithmetic ----------------------------------------------------------------------------------------------
def merge(kind: str) -> Translate:
    return lambda builder, call: pointwise.merge(builder, kind, *find_tensors(call))


def arithmetic(kind: str, with_number: Callable[[float, bool], tuple[float, float]]) -> Translate:
    """Two tensors, or one and a number; `with_number`: the scale and offset that this is, given the number and whether it
    stands on the right."""

    def translate(builder: GraphBuilder, call: Call) -> Tensor:
        left, right = call.given(0), call.given(1)
        if isinstance(left, Tensor) and isinstance(right, Tensor):
            return pointwise.merge(builder, kind, left, right)
        x, number = (left, right) if isinstance(left, Tensor) else (right, left)
        if not isinstance(x, Tensor) or not isinstance(number, Constant):
            raise Inexpressible("an input is left out")
        if number.count == 1 and len(number.shape) <= len(x.shape):
            if number.value is None and kind == "multiply" and number.name:
                return learned.scale_channels(builder, x, refer_to(call, number))
            if number.value is None and kind == "add" and number.name:
                return learned.scale_and_shift(builder, x, None, refer_to(call, number))
            if number.value is None:
                raise Inexpressible("a number that is not in the file")
            if kind == "divide" and x is right:
                x, made = pointwise.raise_to(builder, x, -1), (number.value, 0.0)
            else:
                made = with_number(number.value, x is left)
            scale, offset = made
            return pointwise.rescale(builder, x, shorten(scale), shorten(offset))
        if kind == "multiply":
            return learned.scale_channels(builder, x, refer_to(call, number))
        if kind == "add" and number.is_weight:
            return learned.scale_and_shift(builder, x, None, refer_to(call, number))
        raise Inexpressible(f"{call.node.operator} of a tensor and an array of constants")

    return translate


def shorten(number: float) -> float:
    """A number as a person would write it: 6 for 6.0, nine digits for what has more."""
    short = float(f"{number:.9g}")
    return int(short) if short == int(short) and abs(short) < 1e9 else short


def translate_gelu(builder: GraphBuilder, call: Call) -> Tensor:
    word = {"none": "gelu", "tanh": "gelu_tanh"}.get(call.word("approximate"))
    if word is None:
        raise Inexpressible(f"a gelu by {call.word('approximate')}")
    return pointwise.activate(builder, find_tensor(call), word)


def translate_power(builder: GraphBuilder, call: Call) -> Tensor:
    exponent = call.number_at("exponent", 1)
    if exponent is None:
        raise Inexpressible("its exponent is left out")
    return pointwise.raise_to(builder, find_tensor(call), shorten(exponent))


def power(exponent: float) -> Translate:
    return lambda builder, call: pointwise.raise_to(builder, find_tensor(call), exponent)


VALUES: dict[str, Translate] = {
    "Abs": activate("abs"),
    "Add": arithmetic("add", lambda c, _: (1, c)),
    "Affine": translate_affine,
    "BatchNormalization": translate_batch_norm,
    "Celu": activate_if("celu", lambda call: call.number("alpha") == 1),
    "Clip": translate_clip,
    "Div": arithmetic("divide", lambda c, _: (1 / c, 0)),
    "Dropout": translate_dropout,
    "Elu": lambda builder, call: add_elementwise(builder, make_layer("elu", shorten(call.number("alpha"))), find_tensor(call)),
    "Exp": activate("exponential"),
    "Gelu": translate_gelu,
    "Gemm": translate_gemm,
    "GroupNormalization": translate_group_norm,
    "HardSigmoid": activate_if("hard_sigmoid", lambda call: isclose(call.number("alpha"), 1 / 6, rel_tol=1e-3) and call.number("beta") == 0.5),
    "HardSwish": activate("hard_silu"),
    "InstanceNormalization": translate_group_norm,
    "LRN": translate_local_response,
    "LayerNormalization": translate_layer_norm,
    "LeakyRelu": lambda builder, call: pointwise.slope(builder, find_tensor(call), call.number("alpha")),
    "LogSoftmax": translate_softmax,
    "MatMul": translate_matmul,
    "Max": merge("maximum"),
    "Mean": merge("average"),
    "Min": merge("minimum"),
    "Mish": activate("mish"),
    "Moments": translate_moments,
    "Mul": arithmetic("multiply", lambda c, _: (c, 0)),
    "Neg": lambda builder, call: pointwise.rescale(builder, find_tensor(call), -1),
    "PRelu": translate_prelu,
    "Pow": translate_power,
    "Reciprocal": power(-1),
    "Relu": activate("relu"),
    "ScaledRows": translate_scaled_rows,
    "Selu": activate("selu"),
    "Sigmoid": activate("sigmoid"),
    "Softmax": translate_softmax,
    "Softplus": activate("softplus"),
    "Softsign": activate("softsign"),
    "Sqrt": power(0.5),
    "Standardize": translate_standardize,
    "Sub": arithmetic("subtract", lambda c, right: (1, -c) if right else (-1, c)),
    "Sum": merge("add"),
    "Swish": activate_if("silu", lambda call: call.number("alpha") == 1),
    "Tanh": activate("tanh"),
}  # fmt: skip
