"""Activations: every one of Keras, as a layer of its own and as the `activation=` of another."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.argument import Term, argument, axes, from_zero, number, optional, unknown_word, word_of
from cnnspec.layers.base import TRAINABLE, KerasCall, Layer, Weight
from cnnspec.layers.operation import INPUT, MOVE, NOTHING, OUTPUT, Keeps, Operation
from cnnspec.layers.reshaping import Identity
from cnnspec.layers.shape import Shape, axis_problem, find_places, product, show_shape, together
from cnnspec.layers.weight import OF_SLOPES, ZEROS, values
from cnnspec.layers.words import constraint, initializer, regularizer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.base.size import Dim
    from cnnspec.layers.torch_call import NoTorch, TorchCall
    from cnnspec.layers.weight import Values

# Keras's names, each with what it computes. Keras's `threshold` is not among them: it needs two arguments more, so that
# Keras builds it by name and then cannot run it.
FUNCTIONS = {
    "relu": "max(0, x)",
    "relu6": "min(max(0, x), 6)",
    "leaky_relu": "x if x > 0 else 0.2 x",
    "elu": "x if x > 0 else e^x - 1",
    "celu": "max(0, x) + min(0, e^x - 1)",
    "selu": "1.0507 (x if x > 0 else 1.6733 (e^x - 1))",
    "gelu": "x Phi(x), Phi the normal distribution",
    "silu": "x sigmoid(x), also called swish",
    "mish": "x tanh(softplus(x))",
    "sigmoid": "1 / (1 + e^-x)",
    "hard_sigmoid": "relu6(x + 3) / 6",
    "hard_silu": "x relu6(x + 3) / 6, also called hard_swish",
    "log_sigmoid": "log(sigmoid(x))",
    "sparse_sigmoid": "0 up to -1, (x + 1)/2 between, 1 from 1 on",
    "tanh": "tanh(x)",
    "hard_tanh": "min(max(-1, x), 1)",
    "tanh_shrink": "x - tanh(x)",
    "soft_shrink": "x moved towards 0 by 0.5",
    "hard_shrink": "x if |x| > 0.5 else 0",
    "softplus": "log(1 + e^x)",
    "sparse_plus": "0 up to -1, (x + 1)^2/4 between, x from 1 on",
    "squareplus": "(x + sqrt(x^2 + 4)) / 2",
    "softsign": "x / (1 + |x|)",
    "exponential": "e^x",
    "linear": "x",
    "softmax": "e^x / sum(e^x) over the channels",
    "log_softmax": "log(softmax(x))",
    "sparsemax": "the nearest point of the probability simplex",
    "glu": "a sigmoid(b), a and b the two halves of the channels",
}
# What training keeps of each, in TensorFlow; of most functions the output.
KEEPS = {
    "leaky_relu": INPUT, "silu": INPUT, "softplus": INPUT, "softsign": INPUT, "linear": NOTHING,
    "celu": Keeps(input=True, inside=1), "mish": Keeps(input=True, inside=1), "squareplus": Keeps(input=True, inside=1),
    "hard_tanh": Keeps(input=True, inside=1), "hard_silu": Keeps(input=True, inside=2), "gelu": Keeps(inside=3),
    "hard_sigmoid": Keeps(inside=1), "log_sigmoid": Keeps(inside=1), "tanh_shrink": Keeps(inside=1),
    "hard_shrink": Keeps(flags=1), "soft_shrink": Keeps(flags=2), "sparse_sigmoid": Keeps(flags=2),
    "sparse_plus": Keeps(inside=1, flags=2), "sparsemax": Keeps(inside=1, flags=1), "glu": Keeps(inside=2),
}  # fmt: skip
SYNONYMS = {"swish": "silu", "hard_swish": "hard_silu", "leakyrelu": "leaky_relu", "none": "linear"}
_spellings = {**{n.replace("_", ""): n for n in FUNCTIONS}, **{n: n for n in FUNCTIONS}, **SYNONYMS}
_RESHAPING = {"glu"}  # changes its input's shape, so that it stands only as a layer


def activation(value: Any) -> str | None:
    """An activation: relu, gelu, softmax, …; none for no activation."""
    word = word_of(value)
    name = _spellings.get(word.lower()) if word is not None else None
    if name is None or name in _RESHAPING:
        raise unknown_word("an activation", word, [n for n in FUNCTIONS if n not in _RESHAPING])
    return None if name == "linear" else name


def applied(function: str | None, shape: Shape) -> tuple[Operation, ...]:
    """The operation of an `activation=` on a tensor; none for no activation."""
    if function is None:
        return ()
    values, keeps = product(shape), KEEPS.get(function, OUTPUT)
    return (Operation(function, values, values, groups=product(shape[:-1]), rank=len(shape) - 1, keeps=keeps),)


def function(value: Any) -> str:
    """An activation's name."""
    word = word_of(value)
    name = _spellings.get(word.lower()) if word is not None else None
    if name is None:
        raise unknown_word("an activation", word, FUNCTIONS)
    return name


class Curve(Layer):
    """What all activations have in common."""

    in_place: ClassVar[bool] = True

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...] | NoTorch:
        from cnnspec.layers import torch_activation

        return torch_activation.LAYERS[self.names[0]](self, inputs[0])


class Activation(Curve):
    """An activation without parameters, applied to every value: sigmoid, tanh, gelu, silu, softplus, …

    Any of Keras's. `activation(gelu)` and `gelu` are the same layer. glu halves the channels; softmax and its kin
    normalise over them.
    """

    names: ClassVar[tuple[str, ...]] = (
        "activation",
        "act",
        *(n for n in FUNCTIONS if n not in ("relu", "relu6", "leaky_relu", "elu", "softmax")),
        *("swish", "hard_swish"),
        *(n.replace("_", "") for n in FUNCTIONS if "_" in n and n != "leaky_relu"),
    )
    presets: ClassVar[dict[str, dict[str, Any]]] = {
        n: {"function": _spellings[n]} for n in names if n not in ("activation", "act")
    }
    example: ClassVar[str] = "input 8x8x4\nconv(8, 3x3) -> tanh"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 8x8x4\nglu -> activation(gelu)",
        *tuple(f"input 6x4\n{n}" for n in FUNCTIONS if n not in ("relu", "relu6", "leaky_relu", "elu", "softmax")),
    )

    most_calls: ClassVar[int] = 2
    becomes: ClassVar[tuple[str, ...]] = ("ops.glu",)

    function: str = argument(function, "which activation", keras="activation")

    @property
    def label(self) -> str:
        return self.function

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        return OWN[self.function].canonical(inputs) if self.function in OWN else self

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        kind = MOVE if self.function == "linear" else self.function
        keeps = KEEPS.get(self.function, OUTPUT)
        return (self.operation(inputs, kind=kind, groups=product(inputs[0][:-1]), keeps=keeps),)

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if self.function == "glu" and inputs[0][-1] % 2:
            return Problem(
                "E103", f"glu halves the channels, and {inputs[0][-1]} is odd", help="give it an even number"
            )
        return None

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return (*inputs[0][:-1], inputs[0][-1] // 2) if self.function == "glu" else inputs[0]

    def ends_in(self) -> str | None:
        return self.function

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        if self.function == "glu":  # Keras's Activation layer takes its output to have its input's shape
            return (KerasCall("ops.glu", {}, "gate"), KerasCall("Identity", {}))
        return (KerasCall("Activation", self.keras_arguments()),)

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        return cls("glu") if calls[0].name == "ops.glu" else super().from_keras(calls, inputs)


class ReLU(Curve):
    """Rectified linear unit, max(0, x): negative values become 0.

    relu6 is relu(max_value=6).
    """

    names: ClassVar[tuple[str, ...]] = ("relu", "relu6")
    presets: ClassVar[dict[str, dict[str, Any]]] = {"relu6": {"max_value": 6}}
    example: ClassVar[str] = "input 8x8x4\nconv(8, 3x3) -> relu"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 8x8x4\nrelu6 -> relu(max_value=4, negative_slope=0.1, threshold=0.2)",
    )

    max_value: float | None = argument(optional(from_zero), "values above it become it", None, aliases=("max",))
    negative_slope: float = argument(from_zero, "slope of the negative side", 0, aliases=("slope",))
    threshold: float = argument(from_zero, "values below it count as negative", 0)

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        sloped = self.negative_slope != 0 and self.max_value is None and self.threshold == 0
        return LeakyReLU(self.negative_slope) if sloped else self

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        kind = "relu6" if self.max_value == 6 else "relu"
        if self.threshold == 0 and self.negative_slope == 0 and self.max_value in (None, 6):
            return (self.operation(inputs, kind=kind, keeps=OUTPUT),)
        sloped = self.threshold == 0 and self.max_value is None
        return (self.operation(inputs, kind=kind, keeps=INPUT if sloped else Keeps(inside=3, flags=1)),)

    def ends_in(self) -> str | None:
        return "leaky_relu" if self.negative_slope else "relu6" if self.max_value == 6 else "relu"

    def acts_as_named(self) -> bool:
        return self.threshold == 0 and self.max_value in (None, 6)  # relu(max_value=3) cuts off what relu does not

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("ReLU", self.keras_arguments()),)


class LeakyReLU(Curve):
    """Leaky rectified linear unit: x if x > 0, else slope * x.

    The slope is 0.3 unless given, as in Keras's layer; `activation=leaky_relu` has Keras's 0.2.
    """

    names: ClassVar[tuple[str, ...]] = ("leaky_relu", "leakyrelu")
    kind: ClassVar[str] = "leaky_relu"
    keeps: ClassVar[Keeps] = INPUT
    example: ClassVar[str] = "input 8x8x4\nconv(8, 3x3) -> leaky_relu(0.1)"

    negative_slope: float = argument(from_zero, "slope of the negative side", 0.3, aliases=("slope", "alpha"))

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        return self if self.negative_slope else ReLU()

    def ends_in(self) -> str | None:
        return "leaky_relu"

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("LeakyReLU", self.keras_arguments()),)


class PReLU(Curve):
    """Parametric rectified linear unit: x if x > 0, else a learned slope * x.

    One slope for every value of the map unless axes share it: prelu(shared_axes=(1, 2)) has one a channel.
    """

    names: ClassVar[tuple[str, ...]] = ("prelu",)
    kind: ClassVar[str] = "prelu"
    keeps: ClassVar[Keeps] = Keeps(inside=2)
    example: ClassVar[str] = "input 8x8x4\nconv(8, 3x3) -> prelu(shared_axes=(1, 2))"
    more_examples: ClassVar[tuple[str, ...]] = ("input 6x6x3\nprelu(alpha_initializer=constant(0.25))",)

    shared_axes: Any = argument(optional(axes), "axes whose positions share a slope, counted from 1", None)
    alpha_initializer: Term = argument(initializer, "how the slopes begin", ZEROS)
    alpha_regularizer: Term | None = argument(optional(regularizer), "penalty on the slopes", None)
    alpha_constraint: Term | None = argument(optional(constraint), "projection of the slopes", None)
    trainable: bool = TRAINABLE
    alpha_values: Values | None = values("the slopes: for each channel its rows")

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        made = super().canonical(inputs)
        return made.replace(shared_axes=tuple(sorted(set(self.shared()))) or None)

    def shared(self) -> tuple[int, ...]:
        if self.shared_axes is None:
            return ()
        return self.shared_axes if isinstance(self.shared_axes, tuple) else (self.shared_axes,)

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if any(not 1 <= axis <= len(inputs[0]) for axis in self.shared()):
            message = f"shared_axes must be from 1 to {len(inputs[0])} for {show_shape(inputs[0])}"
            return Problem("E011", message, "shared_axes", "1 is the first axis after the batch")
        return None

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        shape = tuple([1 if i in self.shared() else n for i, n in enumerate(inputs[0], 1)])
        return (Weight("alpha", shape, drawn=OF_SLOPES),)

    def ends_in(self) -> str | None:
        return "prelu"

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        given = self.keras_arguments() | self.keras_values(inputs)
        if self.shared():
            given["shared_axes"] = self.shared()
        return (KerasCall("PReLU", given),)


class ELU(Curve):
    """Exponential linear unit: x if x > 0, else alpha * (e^x - 1)."""

    names: ClassVar[tuple[str, ...]] = ("elu",)
    kind: ClassVar[str] = "elu"
    example: ClassVar[str] = "input 8x8x4\nconv(8, 3x3) -> elu(0.5)"

    alpha: float = argument(number, "limit of the negative side", 1)

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        return (self.operation(inputs, keeps=OUTPUT if self.alpha == 1 else Keeps(inside=1, flags=1)),)

    def ends_in(self) -> str | None:
        return "elu"

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("ELU", self.keras_arguments()),)


class Softmax(Curve):
    """Softmax: values along an axis become positive and sum to 1.

    The axis is the channels unless given; axes count the batch as 0, as in Keras.
    """

    names: ClassVar[tuple[str, ...]] = ("softmax",)
    kind: ClassVar[str] = "softmax"
    reduces: ClassVar[str] = "axis"
    keeps: ClassVar[Keeps] = OUTPUT
    example: ClassVar[str] = "input 8x8x4\ngap -> dense(10) -> softmax"
    more_examples: ClassVar[tuple[str, ...]] = ("input 6x6x3\nsoftmax(axis=1)",)

    axis: int = argument(axes, "axis that sums to 1", -1)

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        return axis_problem(self.axis, inputs[0])

    def statistics(self, inputs: tuple[Shape, ...]) -> tuple[Dim, ...]:
        return together(self.axis, inputs[0])

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        places = find_places(self.axis, inputs[0])
        apart = product(tuple([n for place, n in enumerate(inputs[0]) if place not in places]))
        return (self.operation(inputs, groups=apart),)

    def ends_in(self) -> str | None:
        return "softmax"

    def competing(self, inputs: tuple[Shape, ...]) -> Dim | None:
        return product(tuple([inputs[0][place] for place in find_places(self.axis, inputs[0])]))

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("Softmax", self.keras_arguments()),)


# Functions that layers of their own compute too.
OWN: dict[str, Layer] = {
    "relu": ReLU(), "relu6": ReLU(6), "leaky_relu": LeakyReLU(0.2), "elu": ELU(), "celu": ELU(), "softmax": Softmax(),
    "linear": Identity(),
}  # fmt: skip
