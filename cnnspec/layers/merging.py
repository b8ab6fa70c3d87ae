"""Layers that take several tensors: add, subtract, multiply, divide, average, maximum, minimum, concat, dot."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem
from cnnspec.base.size import Size
from cnnspec.layers.agreement import may_agree
from cnnspec.layers.argument import argument, axes, flag, integer
from cnnspec.layers.base import KerasCall, Layer
from cnnspec.layers.operation import BATCH_PRODUCT, INPUT, MEAN, MERGE, Keeps, Operation
from cnnspec.layers.shape import Shape, axis_problem, difference, product, same_sizes, show_shape
from cnnspec.layers.window import EACH, UNTRACED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.base.size import Dim
    from cnnspec.layers.torch_call import TorchCall
    from cnnspec.layers.window import Reach


def simplest(dims: list[Dim]) -> Dim:
    """The size to go on with where several agree: a number before an expression, a short one before a long one."""
    return min(dims, key=lambda d: (isinstance(d, Size), len(str(d))))


class Merge(Layer):
    """What the element-wise merges have in common."""

    merges: ClassVar[bool] = True
    sums: ClassVar[bool] = True
    unordered: ClassVar[bool] = True
    kind: ClassVar[str] = MERGE
    word: ClassVar[str]
    takes: ClassVar[int] = 0  # how many tensors, 0 for two or more
    torch_name: ClassVar[str]

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if len(inputs) < 2 or self.takes and len(inputs) != self.takes:
            wanted = str(self.takes) if self.takes else "at least 2"
            message = f"{self.word} takes {wanted} tensors, got {len(inputs)}"
            return Problem("E011", message, help=f"write {self.word}(in, …), with one branch an argument")
        merged = inputs[0]
        for number, other in enumerate(inputs[1:], 2):
            if not broadcasts(merged, other):
                message = f"{self.word} of {show_shape(merged)} and {show_shape(other)}: the shapes differ"
                return difference(Problem("E102", message, f"#{number}"), merged, other)
            merged = self.output((merged, other))
        return None

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return tuple([simplest(column or [1]) for column in self._columns(inputs)])

    def _columns(self, inputs: tuple[Shape, ...]) -> list[list[Dim]]:
        """The sizes of each axis, aligned at the channels, but those of 1, which are repeated."""
        longest = max(map(len, inputs))
        columns = zip(*[(1,) * (longest - len(shape)) + shape for shape in inputs], strict=True)
        return [[size for size in column if size != 1] for column in columns]

    def agreements(self, inputs: tuple[Shape, ...]) -> tuple[tuple[Dim, Dim], ...]:
        return tuple([(column[0], other) for column in self._columns(inputs) for other in column[1:]])

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        return (self.operation(inputs, taps=len(inputs)),)

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        return (EACH,) * (max(map(len, inputs)) - 1)

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall(type(self).__name__, {}),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers.torch_call import TorchCall

        return (TorchCall(self.torch_name, {}),)


def broadcasts(a: Shape, b: Shape) -> bool:
    """Whether Keras merges the two: equal sizes, or 1, aligned at the channels; ranks may differ only for a vector."""
    if len(a) != len(b) and min(len(a), len(b)) != 1:
        return False
    return all(x == 1 or y == 1 or may_agree(x, y) for x, y in zip(reversed(a), reversed(b), strict=False))


class Add(Merge):
    """Sum of several tensors, value by value: a residual block is add(in, F)."""

    names: ClassVar[tuple[str, ...]] = ("add",)
    example: ClassVar[str] = "input 8x8x4\nadd(in, conv(4, 3x3, padding=same) -> relu)"
    word: ClassVar[str] = "add"
    torch_name: ClassVar[str] = "+"


class Subtract(Merge):
    """Difference of two tensors, value by value."""

    names: ClassVar[tuple[str, ...]] = ("subtract", "sub")
    example: ClassVar[str] = "input 8x8x4\nsubtract(in, conv(4, 3x3, padding=same))"
    word: ClassVar[str] = "subtract"
    torch_name: ClassVar[str] = "-"
    unordered: ClassVar[bool] = False
    takes: ClassVar[int] = 2


class Divide(Merge):
    """Quotient of two tensors, value by value: divide(a, b) is a / b; sizes of 1 are repeated."""

    names: ClassVar[tuple[str, ...]] = ("divide", "div")
    becomes: ClassVar[tuple[str, ...]] = ("ops.divide",)
    most_calls: ClassVar[int] = 2
    example: ClassVar[str] = "input 8x8x4\ndivide(in, reduce_l2(-1, keepdims=true))"
    keeps: ClassVar[Keeps] = INPUT
    word: ClassVar[str] = "divide"
    torch_name: ClassVar[str] = "/"
    sums: ClassVar[bool] = False
    unordered: ClassVar[bool] = False
    takes: ClassVar[int] = 2

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if len(inputs[0]) == len(inputs[1]):
            return None
        message = (
            f"Keras divides tensors of the same number of axes, not {show_shape(inputs[0])} by {show_shape(inputs[1])}"
        )
        ones = "x".join(["1"] * (max(map(len, inputs)) - 1))
        return Problem("E116", message, help=f"reshape the vector to {ones}x{min(inputs, key=len)[-1]}")

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("ops.divide", {}, "divide"), KerasCall("Identity", {}))

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        return cls() if calls[0].name == "ops.divide" else None


class Multiply(Merge):
    """Product of several tensors, value by value; sizes of 1 are repeated, so that a gate can scale channels."""

    names: ClassVar[tuple[str, ...]] = ("multiply", "mul")
    example: ClassVar[str] = "input 8x8x4\nmultiply(in, gap(keepdims=true) -> conv(4, 1x1, activation=sigmoid))"
    keeps: ClassVar[Keeps] = INPUT
    word: ClassVar[str] = "multiply"
    torch_name: ClassVar[str] = "*"
    sums: ClassVar[bool] = False
    multiplies: ClassVar[bool] = True


class Average(Merge):
    """Mean of several tensors, value by value."""

    names: ClassVar[tuple[str, ...]] = ("average",)
    example: ClassVar[str] = "input 8x8x4\naverage(in, conv(4, 3x3, padding=same), relu)"
    kind: ClassVar[str] = MEAN
    word: ClassVar[str] = "average"
    torch_name: ClassVar[str] = "+"

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers.torch_call import TorchCall

        return (*super().torch(inputs), TorchCall("/", {"other": len(inputs)}, (), "mean"))


class Maximum(Merge):
    """Larger of several tensors, value by value."""

    names: ClassVar[tuple[str, ...]] = ("maximum",)
    example: ClassVar[str] = "input 8x8x4\nmaximum(in, conv(4, 3x3, padding=same))"
    keeps: ClassVar[Keeps] = INPUT
    word: ClassVar[str] = "maximum"
    torch_name: ClassVar[str] = "torch.maximum"


class Minimum(Merge):
    """Smaller of several tensors, value by value."""

    names: ClassVar[tuple[str, ...]] = ("minimum",)
    example: ClassVar[str] = "input 8x8x4\nminimum(in, conv(4, 3x3, padding=same))"
    keeps: ClassVar[Keeps] = INPUT
    word: ClassVar[str] = "minimum"
    torch_name: ClassVar[str] = "torch.minimum"


class Concatenate(Layer):
    """Tensors behind one another along an axis, the channels unless given; axes count the batch as 0, as in Keras."""

    names: ClassVar[tuple[str, ...]] = ("concat", "concatenate", "cat")
    example: ClassVar[str] = "input 8x8x4\nconcat(in, conv(8, 3x3, padding=same), maxpool(3x3, stride=1, padding=same))"
    more_examples: ClassVar[tuple[str, ...]] = ("input 8x8x4\nconcat(in, maxpool(2x1), axis=1)",)
    merges: ClassVar[bool] = True
    associative: ClassVar[bool] = True

    reduces: ClassVar[str] = "axis"

    axis: int = argument(integer, "axis along which they stand", -1)

    def _index(self, rank: int) -> int:
        return self.axis - 1 if self.axis > 0 else self.axis + rank

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if len(inputs) < 2:
            message = f"concat takes at least 2 tensors, got {len(inputs)}"
            return Problem("E011", message, help="write concat(in, …), with one branch an argument")
        first = inputs[0]
        if not (1 <= self.axis <= len(first) or -len(first) <= self.axis <= -1):
            return Problem(
                "E011",
                f"axis {self.axis} does not exist: {show_shape(first)} has axes 1 to {len(first)}",
                "axis",
                "-1 is the channels",
            )
        for number, other in enumerate(inputs[1:], 2):
            if len(first) != len(other) or not all(may_agree(x, y) for x, y in self.agreements((first, other))):
                message = f"concat of {show_shape(first)} and {show_shape(other)}: all but the axis they are joined along must agree"
                return self._unlike(Problem("E102", message, f"#{number}"), first, other)
        return None

    def _unlike(self, problem: Problem, first: Shape, other: Shape) -> Problem:
        """The problem of two shapes that cannot stand behind one another, with what to do about it."""
        joined = self._index(len(first))
        if len(first) != len(other):
            return difference(problem, first, other)
        if joined == len(first) - 1:
            return problem.replace(help=same_sizes(len(first) - 1))
        return difference(problem, (*first[:joined], other[joined], *first[joined + 1 :]), other)

    def agreements(self, inputs: tuple[Shape, ...]) -> tuple[tuple[Dim, Dim], ...]:
        along = self._index(len(inputs[0]))
        columns = [column for i, column in enumerate(zip(*inputs, strict=True)) if i != along]
        return tuple([(column[0], other) for column in columns for other in column[1:]])

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        along = self._index(len(inputs[0]))
        total: Dim = 0
        for shape in inputs:
            total = total + shape[along]
        return tuple(
            [total if i == along else simplest(list(column)) for i, column in enumerate(zip(*inputs, strict=True))]
        )

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        rank = len(inputs[0])
        return super().reach(inputs) if self._index(rank) == rank - 1 else UNTRACED

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("Concatenate", self.keras_arguments()),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers.torch_call import TorchCall, find_torch_axis

        return (TorchCall("torch.cat", {"dim": find_torch_axis(self.axis, len(inputs[0]))}),)


class Dot(Layer):
    """Dot product of two tensors along an axis of each, for every example; axes count the batch as 0, as in Keras.

    Two vectors give one number; with normalize=true it is the cosine of their angle.
    """

    names: ClassVar[tuple[str, ...]] = ("dot",)
    example: ClassVar[str] = "input 16\ndot(dense(8), dense(8), axes=1)"
    more_examples: ClassVar[tuple[str, ...]] = ("input 5x4\ndot(in, conv(6, 1), axes=(1, 1), normalize=true)",)
    merges: ClassVar[bool] = True
    multiplies: ClassVar[bool] = True
    counted: ClassVar[str] = "the length of the axis for each output value"

    axes: Any = argument(axes, "the axis of both, or the axis of each")
    normalize: bool = argument(flag, "whether both are brought to length 1 first", False)

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        return self if inputs is None else self.replace(axes=tuple(self._axes(inputs)))

    def _axes(self, inputs: tuple[Shape, ...]) -> list[int]:
        """The axis of each tensor, counted from 1."""
        pair = self.axes if isinstance(self.axes, tuple) else (self.axes, self.axes)
        return [axis % (len(shape) + 1) for axis, shape in zip(pair, inputs, strict=True)]

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if len(inputs) != 2:
            return Problem("E011", f"dot takes 2 tensors, got {len(inputs)}", help="write dot(in, …, axes=1)")
        if isinstance(self.axes, tuple) and len(self.axes) != 2:
            return Problem("E011", "axes must be one axis, or one for each tensor", "axes", "write axes=(1, 1)")
        pair = self.axes if isinstance(self.axes, tuple) else (self.axes, self.axes)
        for axis, shape in zip(pair, inputs, strict=True):
            problem = axis_problem(axis, shape)
            if problem is not None:
                return problem.replace(argument="axes")
        ((first, second),) = self.agreements(inputs)
        if not may_agree(first, second):
            message = f"dot along axes of {first} and {second} positions"
            return Problem("E102", message, "axes", "bring both to the same length, or name other axes")
        return None

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        ((first, second),) = self.agreements(inputs)
        if isinstance(first, int) == isinstance(second, int):
            return None
        message = f"Keras takes no dot along axes of {first} and {second} positions, of which one alone is known"
        return Problem("E116", message, "axes", "give both inputs a size")

    def agreements(self, inputs: tuple[Shape, ...]) -> tuple[tuple[Dim, Dim], ...]:
        first, second = self._axes(inputs)
        return ((inputs[0][first - 1], inputs[1][second - 1]),)

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        rest = [
            n
            for axis, shape in zip(self._axes(inputs), inputs, strict=True)
            for i, n in enumerate(shape, 1)
            if i != axis
        ]
        return tuple(rest) or (1,)

    def macs(self, inputs: tuple[Shape, ...]) -> Dim:
        return product(self.output(inputs)) * inputs[0][self._axes(inputs)[0] - 1]

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        length = inputs[0][self._axes(inputs)[0] - 1]
        return (self.operation(inputs, kind=BATCH_PRODUCT, macs=self.macs(inputs), taps=length, keeps=INPUT),)

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        return UNTRACED

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("Dot", self.keras_arguments()),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_reshaping

        return torch_reshaping.multiply_along(self._axes(inputs), inputs, self.normalize)
