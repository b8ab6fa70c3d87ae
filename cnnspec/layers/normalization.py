"""Normalisation: bn, layer_norm, group_norm, instance_norm, rms_norm, unit_normalization."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem, Remedy
from cnnspec.layers.argument import Term, argument, axes, flag, integer, number, share
from cnnspec.layers.base import TRAINABLE, KerasCall, Layer, Weight
from cnnspec.layers.normalization_base import (
    BETA_INITIALIZER,
    BETA_VALUES,
    CENTER,
    CONSTRAINT,
    EPSILON,
    GAMMA_INITIALIZER,
    GAMMA_VALUES,
    REGULARIZER,
    SCALE,
    Normalizing,
    find_channels,
    scale_and_center,
)
from cnnspec.layers.operation import BATCH_NORM, GROUP_NORM, INPUT, LAYER_NORM, SCALING, Keeps, Operation
from cnnspec.layers.shape import Shape, find_places, groups_problem, product, together, write_remedies
from cnnspec.layers.weight import ONES, ZEROS, values
from cnnspec.layers.words import initializer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.base.size import Dim
    from cnnspec.layers.torch_call import NoTorch, TorchCall
    from cnnspec.layers.weight import Values


class BatchNorm(Normalizing):
    """Batch normalisation: each channel is brought to mean 0 and variance 1 over the batch, then scaled and shifted.

    Per channel two trained parameters (gamma, beta) and two frozen ones (moving mean and variance). With
    trainable=false it also normalises by the moving figures while training, as Keras's layer does.
    """

    names: ClassVar[tuple[str, ...]] = ("bn", "batchnormalization", "batch_norm", "batchnorm", "batchnorm2d")
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
    moving_mean_initializer: Term = argument(initializer, "how the moving mean begins", ZEROS)
    moving_variance_initializer: Term = argument(initializer, "how the moving variance begins", ONES)
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
    beta_values: Values | None = BETA_VALUES
    gamma_values: Values | None = GAMMA_VALUES
    moving_mean_values: Values | None = values("the moving means")
    moving_variance_values: Values | None = values("the moving variances")

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        size = (find_channels(self.axis, inputs[0]),)
        begins = {"moving_mean": ZEROS, "moving_variance": ONES}
        if self.renorm:
            begins |= {"moving_stddev": ONES, "renorm_mean": ZEROS, "renorm_stddev": ONES}
        moving = [Weight(name, size, False, begins=first) for name, first in begins.items()]
        return (*scale_and_center(self, size), *moving)

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        channels = find_channels(self.axis, inputs[0])
        return (self.operation(inputs, taps=2, channels=channels, bias=self.center),)

    def batch_values(self, inputs: tuple[Shape, ...]) -> Dim | None:
        if not self.trainable or self.renorm or self.synchronized:  # its figures are those of more than this batch
            return None
        apart = self.axis - 1 if self.axis > 0 else self.axis + len(inputs[0])
        return product(tuple([n for axis, n in enumerate(inputs[0]) if axis != apart]))

    def cancels_offset(self, inputs: tuple[Shape, ...]) -> bool:
        return self.trainable and not self.renorm and self.axis in (-1, len(inputs[0]))

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("BatchNormalization", self.keras_arguments() | self.keras_values(inputs)),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...] | NoTorch:
        from cnnspec.layers import torch_normalization

        return torch_normalization.normalise_batch(self, inputs[0])


class LayerNorm(Normalizing):
    """Layer normalisation: each example is brought to mean 0 and variance 1 over an axis, then scaled and shifted.

    The axis is the channels unless given. Two parameters for each of its positions.
    """

    names: ClassVar[tuple[str, ...]] = ("layer_norm", "layernormalization", "layernorm", "ln")
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
    beta_values: Values | None = BETA_VALUES
    gamma_values: Values | None = GAMMA_VALUES

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        return scale_and_center(self, tuple([inputs[0][a - 1] for a in self.axes(inputs[0])]))

    def axes(self, shape: Shape) -> list[int]:
        """The axes in order, counted from 1, the batch being 0."""
        return [place + 1 for place in find_places(self.axis, shape)]

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        together = self.axes(inputs[0])
        apart = product(tuple([n for axis, n in enumerate(inputs[0], 1) if axis not in together]))
        learned = product(tuple([inputs[0][axis - 1] for axis in together]))
        keeps = Keeps(input=True, inside=int(self.scale))
        return (self.operation(inputs, taps=2, channels=learned, groups=apart, bias=self.center, keeps=keeps),)

    def statistics(self, inputs: tuple[Shape, ...]) -> tuple[Dim, ...]:
        return together(self.axis, inputs[0])

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        given = self.keras_arguments() | self.keras_values(inputs)
        if isinstance(self.axis, tuple):
            given["axis"] = self.axes(inputs[0])  # Keras sorts them by their sign too, and then mistakes gamma's axes
        return (KerasCall("LayerNormalization", given),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_normalization

        return torch_normalization.normalise_axes(self, inputs[0])


class GroupNorm(Normalizing):
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
    beta_values: Values | None = BETA_VALUES
    gamma_values: Values | None = GAMMA_VALUES

    def statistics(self, inputs: tuple[Shape, ...]) -> tuple[Dim, ...]:
        groups, own = (
            find_channels(self.axis, inputs[0]) if self.groups == -1 else self.groups,
            self.axis % (len(inputs[0]) + 1),
        )
        return tuple([n // groups if place == own else n for place, n in enumerate(inputs[0][:-1], 1)])

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if found := super().problem(inputs):
            return found
        channels = find_channels(self.axis, inputs[0])
        if self.groups != -1 and self.groups < 1:
            return Problem("E011", "groups must be a whole number from 1, or -1", "groups", "-1 is one group a channel")
        return None if self.groups == -1 else groups_problem(self.groups, (channels, "{} channels"))

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        return scale_and_center(self, (find_channels(self.axis, inputs[0]),))

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        channels = find_channels(self.axis, inputs[0])
        groups = channels if self.groups == -1 else self.groups
        return (self.operation(inputs, taps=2, channels=channels, groups=groups, bias=self.center),)

    def cancels_offset(self, inputs: tuple[Shape, ...]) -> bool:
        alone = self.groups == -1 or self.groups == inputs[0][-1]
        return alone and self.axis in (-1, len(inputs[0]))

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("GroupNormalization", self.keras_arguments() | self.keras_values(inputs)),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_normalization

        return torch_normalization.normalise_groups(self, len(inputs[0]), find_channels(self.axis, inputs[0]))

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        alone = inputs is not None and self.groups == find_channels(self.axis, inputs[0])
        return super(GroupNorm, self.replace(groups=-1) if alone else self).canonical(inputs)

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        """As all layers; a group for each channel is -1, which Keras replaces by their number."""
        made = super().from_keras(calls, inputs)
        alone = (
            isinstance(made, cls)
            and made.problem(inputs) is None
            and made.groups == find_channels(made.axis, inputs[0])
        )
        return made.replace(groups=-1) if made is not None and alone else made

    def completed(self, call: KerasCall, inputs: tuple[Shape, ...]) -> dict[str, Any]:
        made = super().completed(call, inputs)
        return made | {"groups": find_channels(self.axis, inputs[0])} if self.groups == -1 else made


class RMSNorm(Normalizing):
    """The channels are divided by the root of their mean square, then scaled.

    One parameter a channel. Over another axis it divides and scales along that one, where Keras would scale the channels
    all the same.
    """

    names: ClassVar[tuple[str, ...]] = ("rms_norm", "rmsnormalization", "rmsnorm")
    kind: ClassVar[str] = SCALING
    reduces: ClassVar[str] = "axis"
    keeps: ClassVar[Keeps] = Keeps(input=True, inside=1)
    example: ClassVar[str] = "input 28x28x3\nconv(8, 3x3) -> rms_norm"
    more_examples: ClassVar[tuple[str, ...]] = ("input 6x4\nrms_norm(epsilon=0.001)",)

    axis: int = argument(integer, "axis that is normalised", -1)
    epsilon: float = argument(number, "added to the mean square", 1e-6, aliases=("eps",))
    trainable: bool = TRAINABLE

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if self.axis in (-1, len(inputs[0])):
            return None
        message = f"Keras scales along the channels, and not along axis {self.axis}, which it normalises"
        remedies = (Remedy((("axis", -1),)),)
        help = f"{write_remedies(remedies)}, or permute the axes first"
        return Problem("E116", message, "axis", help, None, remedies)

    def statistics(self, inputs: tuple[Shape, ...]) -> tuple[Dim, ...]:
        return together(self.axis, inputs[0])

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        return (Weight("scale", (find_channels(self.axis, inputs[0]),), begins=ONES),)

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


class UnitNorm(Normalizing):
    """Each example is brought to length 1 over an axis, the channels unless given."""

    names: ClassVar[tuple[str, ...]] = ("unit_normalization", "unitnormalization", "l2_normalize")
    kind: ClassVar[str] = SCALING
    reduces: ClassVar[str] = "axis"
    keeps: ClassVar[Keeps] = INPUT
    example: ClassVar[str] = "input 128\ndense(16) -> unit_normalization"
    more_examples: ClassVar[tuple[str, ...]] = ("input 6x5x4\nunit_normalization(axis=(1, 2))",)

    axis: Any = argument(axes, "axis or axes that are normalised", -1)

    def statistics(self, inputs: tuple[Shape, ...]) -> tuple[Dim, ...]:
        return together(self.axis, inputs[0])

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        given = {"axis": list(self.axis)} if isinstance(self.axis, tuple) else self.keras_arguments()
        return (KerasCall("UnitNormalization", given),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_normalization

        return torch_normalization.bring_to_length_1(self.axis, len(inputs[0]))
