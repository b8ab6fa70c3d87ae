"""Normalisation: bn, layer_norm, group_norm, instance_norm, rms_norm, unit_normalization."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem, Remedy
from cnnspec.layers.argument import Term, argument, axes, flag, integer, number, optional, share
from cnnspec.layers.axes import together
from cnnspec.layers.base import TRAINABLE, KerasCall, Layer, Weight
from cnnspec.layers.operation import BATCH_NORM, GROUP_NORM, INPUT, LAYER_NORM, SCALING, Keeps, Operation
from cnnspec.layers.shape import Shape, axis_problem, groups_problem, product, write_remedies
from cnnspec.layers.words import constraint, initializer, regularizer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.base.size import Dim
    from cnnspec.layers.torch_call import NoTorch, TorchCall

EPSILON = argument(number, "added to the variance", 0.001, aliases=("eps",))
CENTER = argument(flag, "whether a learned offset (beta) is added", True)
SCALE = argument(flag, "whether a learned factor (gamma) is applied", True)
BETA_INITIALIZER = argument(initializer, "how beta begins", Term("Zeros", module="initializers"))
GAMMA_INITIALIZER = argument(initializer, "how gamma begins", Term("Ones", module="initializers"))
REGULARIZER = argument(optional(regularizer), "penalty, added to the loss", None)
CONSTRAINT = argument(optional(constraint), "projection after every update", None)


def scale_and_center(layer: Any, shape: Shape) -> tuple[Weight, ...]:
    made = (Weight("gamma", shape),) if layer.scale else ()
    return (*made, Weight("beta", shape)) if layer.center else made


class BatchNorm(Layer):
    """Batch normalisation: each channel is brought to mean 0 and variance 1 over the batch, then scaled and shifted.

    Per channel two trained parameters (gamma, beta) and two frozen ones (moving mean and variance). With
    trainable=false it also normalises by the moving figures while training, as Keras's layer does.
    """

    names: ClassVar[tuple[str, ...]] = ("bn", "batchnormalization", "batch_norm", "batchnorm", "batchnorm2d")
    in_place: ClassVar[bool] = True
    normalizes: ClassVar[bool] = True
    affine: ClassVar[bool] = True
    example: ClassVar[str] = "input 28x28x3\nconv(8, 3x3, bias=false) -> bn -> relu"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 6x5x4\nbn(scale=false, epsilon=0.00001, momentum=0.9)",
        "input 7\nbn(center=false)",
        "input 6x5x4\nbn(renorm=true)",
        "input 6x5x4\nbn(trainable=false)",
    )

    kind: ClassVar[str] = BATCH_NORM
    reduces: ClassVar[str] = "axis"
    keeps: ClassVar[Keeps] = INPUT

    axis: int = argument(integer, "axis that is kept apart", -1)
    momentum: float = argument(share, "of the moving averages", 0.99)
    epsilon: float = EPSILON
    center: bool = CENTER
    scale: bool = SCALE
    beta_initializer: Term = BETA_INITIALIZER
    gamma_initializer: Term = GAMMA_INITIALIZER
    moving_mean_initializer: Term = argument(
        initializer, "how the moving mean begins", Term("Zeros", module="initializers")
    )
    moving_variance_initializer: Term = argument(
        initializer, "how the moving variance begins", Term("Ones", module="initializers")
    )
    beta_regularizer: Term | None = REGULARIZER
    gamma_regularizer: Term | None = REGULARIZER
    beta_constraint: Term | None = CONSTRAINT
    gamma_constraint: Term | None = CONSTRAINT
    synchronized: bool = argument(flag, "whether the replicas of a distributed training share their statistics", False)
    renorm: bool = argument(
        flag, "whether training, too, normalises by the moving figures (batch renormalisation)", False
    )
    renorm_momentum: float = argument(share, "of renorm's own moving averages", 0.99)
    trainable: bool = TRAINABLE

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        return axis_problem(self.axis, inputs[0])

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        size = (inputs[0][self.axis - 1 if self.axis > 0 else self.axis],)
        names = ["moving_mean", "moving_variance"]
        if self.renorm:
            names += ["moving_stddev", "renorm_mean", "renorm_stddev"]
        return (*scale_and_center(self, size), *[Weight(name, size, False) for name in names])

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        channels = inputs[0][self.axis - 1 if self.axis > 0 else self.axis]
        return (self.operation(inputs, taps=2, channels=channels, bias=self.center),)

    def batch_values(self, inputs: tuple[Shape, ...]) -> Dim | None:
        if not self.trainable or self.renorm or self.synchronized:  # its figures are those of more than this batch
            return None
        apart = self.axis - 1 if self.axis > 0 else self.axis + len(inputs[0])
        return product(tuple([n for axis, n in enumerate(inputs[0]) if axis != apart]))

    def cancels_offset(self, inputs: tuple[Shape, ...]) -> bool:
        return self.trainable and not self.renorm and self.axis in (-1, len(inputs[0]))

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("BatchNormalization", self.keras_arguments()),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...] | NoTorch:
        from cnnspec.layers import torch_normalization

        return torch_normalization.normalise_batch(self, inputs[0])


class LayerNorm(Layer):
    """Layer normalisation: each example is brought to mean 0 and variance 1 over an axis, then scaled and shifted.

    The axis is the channels unless given. Two parameters for each of its positions.
    """

    names: ClassVar[tuple[str, ...]] = ("layer_norm", "layernormalization", "layernorm", "ln")
    in_place: ClassVar[bool] = True
    normalizes: ClassVar[bool] = True
    example: ClassVar[str] = "input 28x28x3\nconv(8, 3x3) -> layer_norm"
    more_examples: ClassVar[tuple[str, ...]] = ("input 6x5x4\nlayer_norm(axis=(1, 2), center=false)",)

    kind: ClassVar[str] = LAYER_NORM
    reduces: ClassVar[str] = "axis"

    axis: Any = argument(axes, "axis or axes that are normalised", -1)
    epsilon: float = EPSILON
    center: bool = CENTER
    scale: bool = SCALE
    beta_initializer: Term = BETA_INITIALIZER
    gamma_initializer: Term = GAMMA_INITIALIZER
    beta_regularizer: Term | None = REGULARIZER
    gamma_regularizer: Term | None = REGULARIZER
    beta_constraint: Term | None = CONSTRAINT
    gamma_constraint: Term | None = CONSTRAINT
    trainable: bool = TRAINABLE

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        return axis_problem(self.axis, inputs[0])

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        return scale_and_center(self, tuple([inputs[0][a - 1] for a in self.axes(inputs[0])]))

    def axes(self, shape: Shape) -> list[int]:
        """The axes in order, counted from 1, the batch being 0."""
        given = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        return sorted([a % (len(shape) + 1) for a in given])

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        together = self.axes(inputs[0])
        apart = product(tuple([n for axis, n in enumerate(inputs[0], 1) if axis not in together]))
        learned = product(tuple([inputs[0][axis - 1] for axis in together]))
        keeps = Keeps(input=True, inside=int(self.scale))
        return (self.operation(inputs, taps=2, channels=learned, groups=apart, bias=self.center, keeps=keeps),)

    def statistics(self, inputs: tuple[Shape, ...]) -> tuple[Dim, ...]:
        return together(self.axis, inputs[0])

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        given = self.keras_arguments()
        if isinstance(self.axis, tuple):
            given["axis"] = self.axes(inputs[0])  # Keras sorts them by their sign too, and then mistakes gamma's axes
        return (KerasCall("LayerNormalization", given),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_normalization

        return torch_normalization.normalise_axes(self, inputs[0])


class GroupNorm(Layer):
    """Group normalisation: each example's channels, in groups, are brought to mean 0 and variance 1.

    32 groups unless given; groups=-1 normalises each channel alone, which is instance_norm. Two parameters for each
    channel.
    """

    names: ClassVar[tuple[str, ...]] = (
        "group_norm", "groupnormalization", "groupnorm", "gn", "instance_norm", "instancenorm",
    )  # fmt: skip
    presets: ClassVar[dict[str, dict[str, Any]]] = {"instance_norm": {"groups": -1}, "instancenorm": {"groups": -1}}
    kind: ClassVar[str] = GROUP_NORM
    reduces: ClassVar[str] = "axis"
    keeps: ClassVar[Keeps] = INPUT
    in_place: ClassVar[bool] = True
    normalizes: ClassVar[bool] = True
    example: ClassVar[str] = "input 28x28x3\nconv(8, 3x3) -> group_norm(4)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 6x5x32\ngroup_norm -> group_norm(-1, scale=false)",
        "input 6x5x3\ninstance_norm",
    )

    groups: int = argument(integer, "number of groups", 32)
    axis: int = argument(integer, "axis of the channels", -1)
    epsilon: float = EPSILON
    center: bool = CENTER
    scale: bool = SCALE
    beta_initializer: Term = BETA_INITIALIZER
    gamma_initializer: Term = GAMMA_INITIALIZER
    beta_regularizer: Term | None = REGULARIZER
    gamma_regularizer: Term | None = REGULARIZER
    beta_constraint: Term | None = CONSTRAINT
    gamma_constraint: Term | None = CONSTRAINT
    trainable: bool = TRAINABLE

    def statistics(self, inputs: tuple[Shape, ...]) -> tuple[Dim, ...]:
        groups, own = self._channels(inputs) if self.groups == -1 else self.groups, self.axis % (len(inputs[0]) + 1)
        return tuple([n // groups if place == own else n for place, n in enumerate(inputs[0][:-1], 1)])

    def _channels(self, inputs: tuple[Shape, ...]) -> Any:
        return inputs[0][self.axis - 1 if self.axis > 0 else self.axis]

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if found := axis_problem(self.axis, inputs[0]):
            return found
        channels = self._channels(inputs)
        if self.groups != -1 and self.groups < 1:
            return Problem("E011", "groups must be a whole number from 1, or -1", "groups", "-1 is one group a channel")
        return None if self.groups == -1 else groups_problem(self.groups, (channels, "{} channels"))

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        return scale_and_center(self, (self._channels(inputs),))

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        channels = self._channels(inputs)
        groups = channels if self.groups == -1 else self.groups
        return (self.operation(inputs, taps=2, channels=channels, groups=groups, bias=self.center),)

    def cancels_offset(self, inputs: tuple[Shape, ...]) -> bool:
        alone = self.groups == -1 or self.groups == inputs[0][-1]
        return alone and self.axis in (-1, len(inputs[0]))

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("GroupNormalization", self.keras_arguments()),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_normalization

        return torch_normalization.normalise_groups(self, len(inputs[0]), self._channels(inputs))

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        alone = inputs is not None and self.groups == self._channels(inputs)
        return super(GroupNorm, self.replace(groups=-1) if alone else self).canonical(inputs)

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        """As all layers; a group for each channel is -1, which Keras replaces by their number."""
        made = super().from_keras(calls, inputs)
        alone = isinstance(made, cls) and made.problem(inputs) is None and made.groups == made._channels(inputs)
        return made.replace(groups=-1) if made is not None and alone else made

    def completed(self, call: KerasCall, inputs: tuple[Shape, ...]) -> dict[str, Any]:
        made = super().completed(call, inputs)
        return made | {"groups": self._channels(inputs)} if self.groups == -1 else made


class RMSNorm(Layer):
    """The channels are divided by the root of their mean square, then scaled.

    One parameter a channel. Over another axis it divides and scales along that one, where Keras would scale the channels
    all the same.
    """

    names: ClassVar[tuple[str, ...]] = ("rms_norm", "rmsnormalization", "rmsnorm")
    kind: ClassVar[str] = SCALING
    reduces: ClassVar[str] = "axis"
    keeps: ClassVar[Keeps] = Keeps(input=True, inside=1)
    in_place: ClassVar[bool] = True
    normalizes: ClassVar[bool] = True
    example: ClassVar[str] = "input 28x28x3\nconv(8, 3x3) -> rms_norm"
    more_examples: ClassVar[tuple[str, ...]] = ("input 6x4\nrms_norm(epsilon=0.001)",)

    axis: int = argument(integer, "axis that is normalised", -1)
    epsilon: float = argument(number, "added to the mean square", 1e-6, aliases=("eps",))
    trainable: bool = TRAINABLE

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        return axis_problem(self.axis, inputs[0])

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if self.axis in (-1, len(inputs[0])):
            return None
        message = f"Keras scales along the channels, and not along axis {self.axis}, which it normalises"
        remedies = (Remedy((("axis", -1),)),)
        return Problem(
            "E116", message, "axis", f"{write_remedies(remedies)}, or permute the axes first", None, remedies
        )

    def statistics(self, inputs: tuple[Shape, ...]) -> tuple[Dim, ...]:
        return together(self.axis, inputs[0])

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        return (Weight("scale", (inputs[0][self.axis - (self.axis > 0)],)),)

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("RMSNormalization", self.keras_arguments()),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_normalization

        return torch_normalization.divide_by_root(self.epsilon, self.axis, inputs[0])

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        """As all layers; what Keras computes along another axis is none of them."""
        made = super().from_keras(calls, inputs)
        return made if made is not None and made.keras_problem(inputs) is None else None


class UnitNorm(Layer):
    """Each example is brought to length 1 over an axis, the channels unless given."""

    names: ClassVar[tuple[str, ...]] = ("unit_normalization", "unitnormalization", "l2_normalize")
    kind: ClassVar[str] = SCALING
    reduces: ClassVar[str] = "axis"
    keeps: ClassVar[Keeps] = INPUT
    in_place: ClassVar[bool] = True
    normalizes: ClassVar[bool] = True
    example: ClassVar[str] = "input 128\ndense(16) -> unit_normalization"
    more_examples: ClassVar[tuple[str, ...]] = ("input 6x5x4\nunit_normalization(axis=(1, 2))",)

    axis: Any = argument(axes, "axis or axes that are normalised", -1)

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        return axis_problem(self.axis, inputs[0])

    def statistics(self, inputs: tuple[Shape, ...]) -> tuple[Dim, ...]:
        return together(self.axis, inputs[0])

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        given = {"axis": list(self.axis)} if isinstance(self.axis, tuple) else self.keras_arguments()
        return (KerasCall("UnitNormalization", given),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_normalization

        return torch_normalization.bring_to_length_1(self.axis, len(inputs[0]))
