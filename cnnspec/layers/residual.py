"""Layers at the end of a residual branch, and learned factors and offsets: stochastic_depth, layer_scale, affine."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.argument import Term, argument, axes, flag, number, optional, rate
from cnnspec.layers.base import TRAINABLE, KerasCall, Layer, Weight
from cnnspec.layers.operation import INPUT, NOISE, NOTHING, SCALING, Keeps, Operation
from cnnspec.layers.regularization import SEED, Dropout
from cnnspec.layers.shape import Shape, axis_problem, find_places, product, write_remedies
from cnnspec.layers.weight import ONES, ZEROS, Values, values
from cnnspec.layers.words import constraint, initializer, regularizer, saved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.layers.torch_call import TorchCall


class StochasticDepth(Layer):
    """Stochastic depth: while training, a whole example becomes 0 with probability rate, the others grow by 1/(1 - rate).

    At the end of a residual branch it leaves the shortcut alone, as if the block were not there for that example.
    Becomes a Dropout whose noise is the same for all values of an example.

    Source: Huang et al., "Deep Networks with Stochastic Depth" (2016); Larsson et al. call it drop path.
    """

    names: ClassVar[tuple[str, ...]] = ("stochastic_depth", "stochasticdepth", "drop_path", "droppath")
    kind: ClassVar[str] = NOISE
    in_place: ClassVar[bool] = True
    affine: ClassVar[bool] = True
    example: ClassVar[str] = "input 14x14x32\nadd(in, conv(32, 3x3, padding=same) -> bn -> stochastic_depth(0.1))"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 9x4\nstochastic_depth(0.2, seed=1)",
        "input 12\nstochastic_depth(0.5)",
    )

    becomes: ClassVar[tuple[str, ...]] = ("Dropout",)

    rate: float = argument(rate, "share of the examples whose values become 0", aliases=("p",))
    seed: int | None = SEED

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        """A dropout of whole examples, which is what it becomes."""
        return self if inputs is None else Dropout(self.rate, (1,) * len(inputs[0]), self.seed).canonical(inputs)

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return self.rate == 0

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        noise = (None, *[1] * len(inputs[0]))
        return (KerasCall("Dropout", {"rate": self.rate, "noise_shape": noise, **self.keras_arguments("seed")}),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers.torch_call import KEEPS, TorchCall

        return (TorchCall("StochasticDepth", {"p": self.rate}, (), "", KEEPS),)

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        (call,) = calls
        noise = call.arguments.get("noise_shape") or []
        return cls.of_call(call) if cls.called(call) and list(noise) == [None] + [1] * len(inputs[0]) else None


def name_axes(shape: Shape) -> str:
    """A letter for the batch and each axis: bhwc. Keras turns the axes of "..." around in its shapes."""
    return "b" + "dhw"[4 - len(shape) :] + "c"


def multiply_axes(shape: Shape, learned: str) -> dict[str, Any]:
    """The arguments of an EinsumDense that multiplies each value by the factor of its place on some axes."""
    axes = name_axes(shape)
    sizes = tuple([n if isinstance(n, int) else None for n in shape])
    return {"equation": f"{axes},{learned}->{axes}", "output_shape": sizes}


class LayerScale(Layer):
    """Layer scale: each channel is multiplied by a learned factor that begins near 0.

    One parameter a channel, or one in all with single=true, which Keras has not. It stands at the end of a residual branch,
    so that a deep network begins as the identity. Becomes an EinsumDense in Keras, whose kernel holds the factors.

    Source: Touvron et al., "Going deeper with Image Transformers" (2021); Liu et al., "A ConvNet for the 2020s" (2022).
    """

    names: ClassVar[tuple[str, ...]] = ("layer_scale", "layerscale")
    kind: ClassVar[str] = SCALING
    keeps: ClassVar[Keeps] = INPUT
    in_place: ClassVar[bool] = True
    affine: ClassVar[bool] = True
    example: ClassVar[str] = "input 14x14x32\nadd(in, depthwise_conv(7x7, padding=same) -> layer_norm -> layer_scale)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 6x6x4\nlayer_scale(1, single=true)", "input 12\nlayer_scale(0.1)", "input 9x4\nlayer_scale(1)", "input 3x4x5x6\nlayer_scale",
    )  # fmt: skip

    becomes: ClassVar[tuple[str, ...]] = ("EinsumDense",)

    init: float = argument(number, "what the factors begin as", 1e-6, "-", ("value",))
    regularizer: Term | None = argument(optional(regularizer), "penalty on the factors", None, "kernel_regularizer")
    constraint: Term | None = argument(optional(constraint), "projection of the factors", None, "kernel_constraint")
    single: bool = argument(flag, "whether one factor serves all channels", False, "-")
    trainable: bool = TRAINABLE

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if self.single:
            message = "layer_scale with single=true becomes no Keras layer: Keras has none with one factor"
            remedies = self.find_remedies(inputs, {"single": False})
            return Problem("E116", message, "single", write_remedies(remedies), None, remedies)
        if len(inputs[0]) > 4:
            message = "layer_scale becomes a Keras layer on up to three axes and the channels"
            return Problem("E116", message, help="reshape first")
        return None

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        return (Weight("kernel", (1,) if self.single else inputs[0][-1:], begins=self.first),)

    @property
    def first(self) -> Term:
        """Its initializer."""
        return Term("Constant", keywords=(("value", self.init),), module="initializers")

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        given = self.keras_arguments("regularizer", "constraint", "trainable")
        return (KerasCall("EinsumDense", {**multiply_axes(inputs[0], "c"), "kernel_initializer": self.first, **given}),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers.torch_call import TorchCall, TorchWeight

        rank = len(inputs[0])
        channels = 1 if self.single else inputs[0][-1]
        weight = TorchWeight("weight", "kernel", (0,), (channels, *(1,) * (rank - 1)))
        return (TorchCall("LayerScale", {"channels": channels, "axes": rank - 1, "init": float(self.init)}, (weight,)),)

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        (call,) = calls
        first = saved(call.arguments.get("kernel_initializer"))
        if not cls.called(call) or not isinstance(first, Term) or first.name != "Constant":
            return None
        return cls.of_call(call, init=dict(first.keywords).get("value"))


class Affine(Layer):
    """A learned factor and a learned offset for each channel: x * gamma + beta, without the statistics of a normalisation.

    Two parameters a channel, or two in all with single=true, which Keras has not. With axis, for each place on other axes:
    affine(scale=false, axis=(1, 2, 3)) adds a learned map, as a position embedding does. scale=false and center=false leave
    the factor or the offset out. Becomes an EinsumDense in Keras, whose kernel holds the factors and whose bias the offsets.

    Source: Touvron et al., "ResMLP" (2021).
    """

    names: ClassVar[tuple[str, ...]] = ("affine",)
    kind: ClassVar[str] = SCALING
    reduces: ClassVar[str] = "axis"
    in_place: ClassVar[bool] = True
    affine: ClassVar[bool] = True
    example: ClassVar[str] = "input 14x14x32\nadd(in, conv(32, 3x3, padding=same) -> affine(gamma_initializer=zeros))"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 6x6x4\nrelu -> affine(single=true)",
        "input 6x5x4\naffine(scale=false, axis=(1, 2, 3))",
        "input 6x5x4\naffine(axis=(1, 3)) -> affine(center=false)",
        "input 9x4\naffine(axis=1)",
        "input 12\naffine",
    )

    becomes: ClassVar[tuple[str, ...]] = ("EinsumDense",)

    center: bool = argument(flag, "whether a learned offset (beta) is added", True, "-")
    scale: bool = argument(flag, "whether a learned factor (gamma) is applied", True, "-")
    axis: Any = argument(axes, "axis or axes along which they differ", -1, "-")
    beta_initializer: Term = argument(initializer, "how beta begins", ZEROS, "bias_initializer")
    gamma_initializer: Term = argument(initializer, "how gamma begins", ONES, "kernel_initializer")
    beta_regularizer: Term | None = argument(optional(regularizer), "penalty on beta", None, "bias_regularizer")
    gamma_regularizer: Term | None = argument(optional(regularizer), "penalty on gamma", None, "kernel_regularizer")
    beta_constraint: Term | None = argument(optional(constraint), "projection of beta", None, "bias_constraint")
    gamma_constraint: Term | None = argument(optional(constraint), "projection of gamma", None, "kernel_constraint")
    beta_values: Values | None = values("the offsets")
    gamma_values: Values | None = values("the factors")
    single: bool = argument(flag, "whether one factor and one offset serve all values", False, "-")
    trainable: bool = TRAINABLE

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        return axis_problem(self.axis, inputs[0])

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if len(inputs[0]) > 4:
            return Problem(
                "E116", "affine becomes a Keras layer on up to three axes and the channels", help="reshape first"
            )
        for name, value, what in (("single", True, "one factor for all"), ("scale", False, "offsets without factors")):
            if self.argument_values()[name] == value:
                remedies = self.find_remedies(inputs, {name: not value})
                message = f"affine with {name}={str(value).lower()} becomes no Keras layer: Keras has none with {what}"
                return Problem("E116", message, name, write_remedies(remedies), None, remedies)
        return None

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        places = find_places(self.axis, inputs[0])
        factors: Shape = (1,)
        offsets: Shape = (1,)
        if not self.single:  # Keras's offsets have an axis for each behind the first
            factors = tuple([inputs[0][place] for place in places])
            offsets = tuple([n if at in places else 1 for at, n in enumerate(inputs[0])])[places[0] :]
        made = (Weight("kernel", factors, prefix="gamma"),) if self.scale else ()
        return (*made, Weight("bias", offsets, prefix="beta")) if self.center else made

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        channels = (
            1 if self.single else product(tuple([inputs[0][place] for place in find_places(self.axis, inputs[0])]))
        )
        keeps = INPUT if self.scale else NOTHING
        return (self.operation(inputs, channels=channels, bias=self.center, keeps=keeps),)

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return not self.scale and not self.center

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        letters = name_axes(inputs[0])[1:]
        learned = "".join([letters[place] for place in find_places(self.axis, inputs[0])])
        given = {"kernel_initializer": self.gamma_initializer, **({"bias_axes": learned} if self.center else {})}
        own = [name for name in self.arguments if self.center or not name.startswith("beta")]
        given |= self.keras_arguments(*own) | self.keras_values(inputs)
        return (KerasCall("EinsumDense", {**multiply_axes(inputs[0], learned), **given}),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_normalization

        return torch_normalization.scale_and_offset(self, find_places(self.axis, inputs[0]), inputs[0])

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        (call,) = calls
        axes, _, learned = str(call.arguments.get("equation")).partition("->")[0].partition(",")
        if not cls.called(call) or len(axes) != len(inputs[0]) + 1 or not {*learned} <= {*axes[1:]} or not learned:
            return None
        places = tuple([axes.index(letter) for letter in learned])
        center = call.arguments.get("bias_axes") is not None
        return cls.of_call(call, axis=places[0] if len(places) == 1 else places, center=center)
