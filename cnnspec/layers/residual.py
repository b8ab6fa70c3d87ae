"""Layers at the end of a residual branch: stochastic_depth, layer_scale."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.argument import Term, argument, flag, number, optional, rate
from cnnspec.layers.base import TRAINABLE, KerasCall, Layer, Weight
from cnnspec.layers.operation import INPUT, NOISE, SCALING, Keeps
from cnnspec.layers.regularization import SEED, Dropout
from cnnspec.layers.shape import Shape, write_remedies
from cnnspec.layers.words import constraint, regularizer, saved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

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


class LayerScale(Layer):
    """Layer scale: each channel is multiplied by a learned factor that begins near 0.

    One parameter a channel, or one in all with single=true, which Keras has not. At the end of a residual branch, so that a deep network begins as the identity. Becomes an
    EinsumDense in Keras, whose kernel holds the factors.

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
        return (Weight("kernel", (1,) if self.single else inputs[0][-1:]),)

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        axes = "b" + "dhw"[4 - len(inputs[0]) :] + "c"  # Keras turns the axes of "..." around in its shapes
        sizes = tuple([n if isinstance(n, int) else None for n in inputs[0]])
        first = Term("Constant", keywords=(("value", self.init),), module="initializers")
        arguments = {"equation": f"{axes},c->{axes}", "output_shape": sizes, "kernel_initializer": first}
        return (
            KerasCall("EinsumDense", {**arguments, **self.keras_arguments("regularizer", "constraint", "trainable")}),
        )

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
