"""Activations as PyTorch has them. All but softmax and its kin go value by value."""

from __future__ import annotations

from cnnspec.layers.torch_call import KEEPS, NoTorch, TorchCall, TorchWeight, find_torch_axis, put_weight_channels_first

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.layers.shape import Shape

FUNCTIONS = {
    "relu": "ReLU", "relu6": "ReLU6", "elu": "ELU", "celu": "CELU", "selu": "SELU", "gelu": "GELU", "silu": "SiLU",
    "mish": "Mish", "sigmoid": "Sigmoid", "hard_sigmoid": "Hardsigmoid", "hard_silu": "Hardswish",
    "log_sigmoid": "LogSigmoid", "tanh": "Tanh", "hard_tanh": "Hardtanh", "tanh_shrink": "Tanhshrink",
    "soft_shrink": "Softshrink", "hard_shrink": "Hardshrink", "softplus": "Softplus", "softsign": "Softsign",
    "exponential": "torch.exp", "sparse_sigmoid": "sparse_sigmoid", "sparse_plus": "sparse_plus",
    "squareplus": "squareplus",
}  # fmt: skip
OVER_CHANNELS = {
    "softmax": ("Softmax", "dim"), "log_softmax": ("LogSoftmax", "dim"), "glu": ("GLU", "dim"),
    "sparsemax": ("sparsemax", "dim"),
}  # fmt: skip


def activate(function: str | None, helper: str = "activation") -> tuple[TorchCall, ...]:
    """The call of an `activation=`; none for no activation."""
    if function is None or function == "linear":
        return ()
    if function == "leaky_relu":
        return (TorchCall("LeakyReLU", {"negative_slope": 0.2}, (), helper, KEEPS),)
    if function in OVER_CHANNELS:
        name, argument = OVER_CHANNELS[function]
        return (TorchCall(name, {argument: 1}, (), helper),)
    return (TorchCall(FUNCTIONS[function], {}, (), helper, KEEPS),)


def rectify(maximum: float | None, slope: float, threshold: float) -> tuple[TorchCall, ...]:
    """A rectified linear unit with its slope, its largest value and its threshold."""
    if threshold == 0 and maximum is None:
        return leak(slope) if slope else activate("relu", "")
    if threshold == 0 and slope == 0:
        bounds = {"min_val": 0, "max_val": maximum}
        return activate("relu6", "") if maximum == 6 else (TorchCall("Hardtanh", bounds, (), "", KEEPS),)
    given = {"max_value": maximum, "negative_slope": slope, "threshold": threshold}
    return (TorchCall("bounded_relu", given, (), "", KEEPS),)


def leak(slope: float) -> tuple[TorchCall, ...]:
    """A leaky rectified linear unit."""
    return (TorchCall("LeakyReLU", {} if slope == 0.01 else {"negative_slope": slope}, (), "", KEEPS),)


def learn_slopes(alpha: Shape) -> tuple[TorchCall, ...]:
    """A parametric rectified linear unit; `alpha` is the shape of its slopes."""
    rank = len(alpha)
    if all(n == 1 for n in alpha[:-1]):
        weight = TorchWeight("weight", "alpha", tuple(range(rank)), alpha[-1:])
        given = {} if alpha[-1] == 1 else {"num_parameters": alpha[-1]}
        return (TorchCall("PReLU", given, (weight,)),)
    order = put_weight_channels_first(rank)
    weight = TorchWeight("weight", "alpha", order)
    return (TorchCall("WidePReLU", {"shape": tuple([alpha[axis] for axis in order])}, (weight,)),)


def normalise_exponentials(axis: Any, rank: int) -> tuple[TorchCall, ...] | NoTorch:
    """A softmax along an axis, or over several."""
    if not isinstance(axis, tuple):
        return (TorchCall("Softmax", {"dim": find_torch_axis(axis, rank)}),)
    dims = tuple(sorted([find_torch_axis(one, rank) for one in axis]))
    return (TorchCall("Softmax", {"dim": dims[0]}) if len(dims) == 1 else TorchCall("softmax_over", {"dim": dims}),)


# The calls of each layer on a shape, by the layer's name.
LAYERS: dict[str, Callable[[Any, Shape], tuple[TorchCall, ...] | NoTorch]] = {
    "activation": lambda layer, shape: activate(layer.function, ""),
    "relu": lambda layer, shape: rectify(layer.max_value, layer.negative_slope, layer.threshold),
    "leaky_relu": lambda layer, shape: leak(layer.negative_slope),
    "prelu": lambda layer, shape: learn_slopes(layer.own_weights((shape,))[0].shape),
    "elu": lambda layer, shape: (TorchCall("ELU", {} if layer.alpha == 1 else {"alpha": layer.alpha}, (), "", KEEPS),),
    "softmax": lambda layer, shape: normalise_exponentials(layer.axis, len(shape)),
}
