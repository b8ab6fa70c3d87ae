"""Torch's activations, arithmetic and reductions → layers."""

from __future__ import annotations

from math import inf, prod

from cnnspec.model_files.channels_first import axes, learned, pointwise
from cnnspec.model_files.torch.call import Learned, Stacked
from cnnspec.model_files.torch.spelled_activations import cut_off_above, find_gated, find_hard
from cnnspec.model_files.torch.spelled_norms import find_normalised
from cnnspec.model_files.views.tensor import Inexpressible, Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.model_files.torch.call import Call

WORDS = {  # torch's name → the language's
    "relu": "relu", "silu": "silu", "hardswish": "hard_silu", "hardsigmoid": "hard_sigmoid", "sigmoid": "sigmoid",
    "tanh": "tanh", "mish": "mish", "relu6": "relu6", "selu": "selu",
    "log_sigmoid": "log_sigmoid", "exp": "exponential", "abs": "abs",
}  # fmt: skip


def make_activation(word: str) -> Callable[[Call], Tensor]:
    def activate(call: Call) -> Tensor:
        return pointwise.activate(call.builder, call.tensor("self"), word)

    return activate


def activate_gelu(call: Call) -> Tensor:
    word = "gelu_tanh" if call.word("approximate") == "tanh" else "gelu"
    return pointwise.activate(call.builder, call.tensor("self"), word)


def activate_elu(call: Call) -> Tensor:
    """aten.elu and aten.celu, which are one where alpha is 1."""
    names = [name for name in ("alpha", "scale", "input_scale") if name in call.arguments]
    if any([call.number(name) != 1 for name in names]):
        raise Inexpressible("an elu with factors")
    return pointwise.activate(call.builder, call.tensor("self"), "elu")


def activate_softplus(call: Call) -> Tensor:
    if call.number("beta") != 1:
        raise Inexpressible("a softplus with a factor")
    return pointwise.activate(call.builder, call.tensor("self"), "softplus")


def make_clip(low: str, high: str) -> Callable[[Call], Tensor]:
    """The translation of an operator that cuts values off at both sides; "" for a side without a limit."""

    def clip(call: Call) -> Tensor:
        least = call.optional_number(low) if low else None
        most = call.optional_number(high) if high else None
        if least is None and most is not None:
            cut = cut_off_above(call.builder, call.tensor("self"), most)
            if cut is not None:
                return cut
        return pointwise.clip(call.builder, call.tensor("self"), least, most)

    return clip


def slope(call: Call) -> Tensor:
    return pointwise.slope(call.builder, call.tensor("self"), call.number("negative_slope"))


def make_softmax(word: str) -> Callable[[Call], Tensor]:
    def compete(call: Call) -> Tensor:
        x = call.tensor("self")
        axis = x.count_axis(call.integer("dim"))
        if word == "softmax":
            return pointwise.compete(call.builder, x, axis)
        if axis != 1 or len(x.shape) != 2:
            raise Inexpressible(f"a {word} of a map")
        return pointwise.activate(call.builder, x, word)

    return compete


def make_dropout(kind: str) -> Callable[[Call], Any]:
    """The translation of a dropout, which stands in a graph for evaluation too."""

    def drop(call: Call) -> Any:
        x = call.tensor("input" if "input" in call.arguments else "self")  # in place it is called self
        made = pointwise.drop(call.builder, x, call.number("p"), kind)
        return made if len(call.node.outputs) == 1 else (made, None)

    return drop


# ---- arithmetic: a tensor with a tensor, a number or a weight ------------------------------------------------
def add(call: Call) -> Tensor:
    return _add(call, 1 if "alpha" not in call.arguments else call.number("alpha"))


def subtract(call: Call) -> Tensor:
    return _add(call, -1 if "alpha" not in call.arguments else -call.number("alpha"))


def _add(call: Call, factor: float) -> Tensor:
    """self + factor · other."""
    builder, mine, other = call.builder, call.operand("self"), call.operand("other")
    if isinstance(mine, Tensor) and isinstance(other, Tensor):
        if factor == -1:
            return pointwise.merge(builder, "subtract", mine, other)
        return pointwise.merge(builder, "add", mine, pointwise.rescale(builder, other, factor))
    if isinstance(mine, Tensor) and call.is_number("other"):
        return pointwise.rescale(builder, mine, 1, factor * call.number("other"))
    if isinstance(other, Tensor) and call.is_number("self"):
        return pointwise.rescale(builder, other, factor, call.number("self"))
    if isinstance(mine, Tensor) and factor == 1:
        return shift(call, mine, "self", "other")
    if isinstance(other, Tensor):
        return shift(call, pointwise.rescale(builder, other, factor), "other", "self")
    raise Inexpressible("a weight times a factor is added")


def shift(call: Call, x: Tensor, own: str, weight: str) -> Tensor:
    """The tensor of one argument plus the weight of another; times a weight before, where nothing else reads the product."""
    center, history = call.factor(call.value(weight), weight), call.history
    product = history.find_maker(call.node.arguments.get(own), "mul")
    parts = [history.find_value(product.arguments.get(name)) for name in ("self", "other")] if product else []
    factors = [part for part in parts if isinstance(part, Learned)]
    inner = [part for part in parts if isinstance(part, Tensor)]
    if len(inner) == len(factors) == 1 and is_alike(factors[0].shape, center.shape):
        return learned.scale_and_shift(call.builder, inner[0], call.factor(factors[0], "factor"), center)
    return learned.scale_and_shift(call.builder, x, None, center)


def is_alike(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether two weights go along the same axes: of one shape, or single numbers both."""
    return one == other or prod(one) == prod(other) == 1


def add_product(call: Call) -> Tensor:
    """aten.addcmul: self + value · tensor1 · tensor2."""
    builder, value = call.builder, call.number("value")
    added, one, other = [call.operand(name) for name in ("self", "tensor1", "tensor2")]
    x, factor = (one, "tensor2") if isinstance(one, Tensor) else (other, "tensor1")
    if not isinstance(x, Tensor) or value != 1:
        raise Inexpressible("a sum with a product of weights, or times a number")
    scale = None if isinstance(one, Tensor) and isinstance(other, Tensor) else call.factor(call.value(factor), factor)
    if scale is not None and isinstance(added, Learned) and is_alike(scale.shape, added.shape):
        return learned.scale_and_shift(builder, x, scale, call.factor(added, "self"))
    product = learned.scale_channels(builder, x, scale) if scale else pointwise.merge(builder, "multiply", one, other)
    if isinstance(added, Tensor):
        return pointwise.merge(builder, "add", added, product)
    return learned.scale_and_shift(builder, product, None, call.factor(added, "self"))


def subtract_from(call: Call) -> Tensor:
    """aten.rsub: other - alpha · self."""
    return pointwise.rescale(call.builder, call.tensor("self"), -call.number("alpha"), call.number("other"))


def multiply(call: Call) -> Tensor:
    builder, mine, other = call.builder, call.operand("self"), call.operand("other")
    if isinstance(mine, Tensor) and isinstance(other, Tensor):
        return find_gated(builder, mine, other) or pointwise.merge(builder, "multiply", mine, other)
    x, name = (mine, "other") if isinstance(mine, Tensor) else (other, "self")
    if not isinstance(x, Tensor):
        raise Inexpressible("a product without a tensor")
    if call.is_number(name):
        scale = call.number(name)
        return find_hard(builder, x, scale) or pointwise.rescale(builder, x, scale)
    return learned.scale_channels(builder, x, call.factor(call.value(name), name))


def divide(call: Call) -> Tensor:
    x = call.tensor("self")
    if isinstance(call.operand("other"), Tensor):
        return find_normalised(call, x) or pointwise.merge(call.builder, "divide", x, call.tensor("other"))
    if not call.is_number("other") or not call.number("other"):
        raise Inexpressible("a quotient that is not by a number or a tensor")
    scale = 1 / call.number("other")
    return find_hard(call.builder, x, scale) or pointwise.rescale(call.builder, x, scale)


def negate(call: Call) -> Tensor:
    return pointwise.rescale(call.builder, call.tensor("self"), -1)


def make_merge(word: str) -> Callable[[Call], Tensor]:
    def merge(call: Call) -> Tensor:
        return pointwise.merge(call.builder, word, call.tensor("self"), call.tensor("other"))

    return merge


def raise_to(call: Call) -> Tensor:
    return pointwise.raise_to(call.builder, call.tensor("self"), call.number("exponent"))


def make_power(exponent: float) -> Callable[[Call], Tensor]:
    def power(call: Call) -> Tensor:
        return pointwise.raise_to(call.builder, call.tensor("self"), exponent)

    return power


# ---- over axes -----------------------------------------------------------------------------------------------
def read_axes(call: Call, kind: str) -> tuple[int, ...]:
    """The axes that are summed up; none are all of them, the batch too."""
    over = call.integers("dim") if call.value("dim") is not None else ()
    if not over:
        raise Inexpressible(f"the {kind} of everything, the batch too")
    return over


def make_summary(kind: str) -> Callable[[Call], Tensor]:
    """The translation of a mean, a sum or a maximum over axes."""

    def summarize(call: Call) -> Tensor:
        over = read_axes(call, kind)
        stacked = call.value("self")
        if isinstance(stacked, Stacked) and kind == "sum" and over == (stacked.axis,) and not call.flag("keepdim"):
            return pointwise.merge(call.builder, "add", *stacked.tensors)
        return axes.summarize(call.builder, call.tensor("self"), over, call.flag("keepdim"), kind)

    return summarize


def measure_length(call: Call) -> Tensor:
    """aten.linalg_vector_norm: the root of the sum of squares, or the sum or maximum of absolute values."""
    kinds = {2: "l2", 1: "sum", inf: "max"}
    order = call.value("ord")
    if order not in kinds:
        raise Inexpressible(f"the norm of order {order}")
    x, kind, over = call.tensor("self"), kinds[order], read_axes(call, "norm")
    x = x if kind == "l2" else pointwise.activate(call.builder, x, "abs")
    return axes.summarize(call.builder, x, over, call.flag("keepdim"), kind)


ELEMENTWISE: dict[str, Callable[[Call], Any]] = {
    **{f"aten.{name}.default": make_activation(word) for name, word in WORDS.items()},
    "aten.gelu.default": activate_gelu,
    "aten.elu.default": activate_elu,
    "aten.celu.default": activate_elu,
    "aten.softplus.default": activate_softplus,
    "aten.hardtanh.default": make_clip("min_val", "max_val"),
    "aten.clamp.default": make_clip("min", "max"),
    "aten.clamp_min.default": make_clip("min", ""),
    "aten.clamp_max.default": make_clip("", "max"),
    "aten.leaky_relu.default": slope,
    "aten.softmax.int": make_softmax("softmax"),
    "aten._softmax.default": make_softmax("softmax"),
    "aten.log_softmax.int": make_softmax("log_softmax"),
    "aten._log_softmax.default": make_softmax("log_softmax"),
    "aten.dropout.default": make_dropout(""),
    "aten.native_dropout.default": make_dropout(""),
    "aten.feature_dropout.default": make_dropout("channels"),
    "aten.alpha_dropout.default": make_dropout("alpha"),
    "aten.add.Tensor": add,
    "aten.add.Scalar": add,
    "aten.sub.Tensor": subtract,
    "aten.sub.Scalar": subtract,
    "aten.rsub.Scalar": subtract_from,
    "aten.mul.Tensor": multiply,
    "aten.mul.Scalar": multiply,
    "aten.div.Tensor": divide,
    "aten.div.Scalar": divide,
    "aten.addcmul.default": add_product,
    "aten.neg.default": negate,
    "aten.maximum.default": make_merge("maximum"),
    "aten.minimum.default": make_merge("minimum"),
    "aten.pow.Tensor_Scalar": raise_to,
    "aten.sqrt.default": make_power(0.5),
    "aten.rsqrt.default": make_power(-0.5),
    "aten.square.default": make_power(2),
    "aten.reciprocal.default": make_power(-1),
    "aten.mean.dim": make_summary("mean"),
    "aten.sum.dim_IntList": make_summary("sum"),
    "aten.amax.default": make_summary("max"),
    "aten.linalg_vector_norm.default": measure_length,
}
REPEATING = frozenset(  # operators that combine tensors, and repeat axes of size 1 for it
    f"aten.{name}.{form}"
    for name in ("add", "sub", "mul", "div", "maximum", "minimum")
    for form in ("Tensor", "default")
)
