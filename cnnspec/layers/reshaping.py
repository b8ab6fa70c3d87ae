"""Layers that move values without computing: flatten, reshape, permute, repeat, identity."""

from __future__ import annotations

from math import prod

from cnnspec.base.diagnostic import Problem, Remedy
from cnnspec.base.size import Size
from cnnspec.layers.argument import argument, axes, count, shape
from cnnspec.layers.base import KerasCall, Layer
from cnnspec.layers.shape import Shape, product, show_shape, write_remedies
from cnnspec.layers.window import EACH, UNTRACED, Reach

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from cnnspec.layers.torch_call import TorchCall


class Flatten(Layer):
    """All values in one row, channels fastest: HxWxC becomes H*W*C."""

    names: ClassVar[tuple[str, ...]] = ("flatten",)
    in_place: ClassVar[bool] = True
    affine: ClassVar[bool] = True
    example: ClassVar[str] = "input 12x12x64\nflatten"

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return (product(inputs[0]),)

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        return None

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return len(inputs[0]) == 1

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("Flatten", {}),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_reshaping

        return torch_reshaping.flatten(len(inputs[0]))


class Reshape(Layer):
    """The same values in another shape; -1 stands for what is left."""

    names: ClassVar[tuple[str, ...]] = ("reshape",)
    in_place: ClassVar[bool] = True
    example: ClassVar[str] = "input 3136\nreshape(7x7x64)"
    more_examples: ClassVar[tuple[str, ...]] = ("input 4x6x2\nreshape((8, -1))",)

    shape: tuple[int, ...] = argument(shape, "the new shape, without the batch", keras="target_shape", aliases=("to",))

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        have = product(inputs[0])
        if self.shape.count(-1) > 1 or 0 in self.shape:
            return Problem("E011", f"{self.shape} is no shape", "shape", "use -1 at most once, and no 0")
        fixed = prod([n for n in self.shape if n != -1])
        if isinstance(have, Size):
            known = [n for n in inputs[0] if not isinstance(n, Size)]
            if -1 not in self.shape or prod(known) % fixed:
                message = f"reshape of {show_shape(inputs[0])}, of unknown size, to {show_shape(self.shape)}"
                left = "leave the unknown part to -1" if -1 not in self.shape else f"sizes that divide {prod(known)}"
                return Problem("E110", message, "shape", f"give the input a size, or {left}")
            return None
        if have % fixed if -1 in self.shape else have != fixed:
            into = " x ".join(map(str, self.shape))
            message = f"{show_shape(inputs[0])} has {have} value{'s' * (have != 1)}, {into} {'is no divisor of that' if -1 in self.shape else f'= {fixed}'}"
            words = (
                f"the other sizes must divide {have}" if -1 in self.shape else f"give it sizes whose product is {have}"
            )
            remedies = self._left_over(have)
            return Problem("E110", message, "shape", write_remedies(remedies) or words, None, remedies)
        return None

    def _left_over(self, have: int) -> tuple[Remedy, ...]:
        """The shapes with one axis left to what there is, the channels before others."""
        found = []
        for axis in reversed(range(len(self.shape))):
            rest = [n for place, n in enumerate(self.shape) if place != axis]
            if -1 not in rest and have % prod(rest) == 0:
                shape = (*self.shape[:axis], have // prod(rest), *self.shape[axis + 1 :])
                found.append(Remedy((("shape", shape if len(shape) > 1 else shape[0]),)))
        return tuple(found)

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        left = product(inputs[0]) // prod([n for n in self.shape if n != -1])
        return tuple([left if n == -1 else n for n in self.shape])

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        """flatten where all becomes one row, else with -1 for the first axis: the rest says it."""
        if len(self.shape) == 1:
            return Flatten()
        if -1 not in self.shape[1:]:
            return self.replace(shape=(-1, *self.shape[1:]))
        rest = self.output(inputs)[1:] if inputs is not None else ()
        return self.replace(shape=(-1, *rest)) if rest and all([isinstance(n, int) for n in rest]) else self

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        if len(self.shape) == 1:  # as flatten
            return None
        same_space = self.output(inputs)[:-1] == inputs[0][:-1]
        return (EACH,) * (len(inputs[0]) - 1) if same_space else UNTRACED

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return self.output(inputs) == inputs[0]

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("Reshape", self.keras_arguments()),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_reshaping

        return torch_reshaping.reshape(len(inputs[0]), self.output(inputs), self.shape)


class Permute(Layer):
    """Axes in another order, counted from 1: permute((2, 1, 3)) swaps height and width."""

    names: ClassVar[tuple[str, ...]] = ("permute", "transpose")
    example: ClassVar[str] = "input 8x6x3\npermute((2, 1, 3))"

    order: tuple[int, ...] = argument(axes, "the old axes in their new order, from 1", keras="dims", aliases=("axes",))

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        return self.replace(order=self._order())

    def _order(self) -> tuple[int, ...]:
        return self.order if isinstance(self.order, tuple) else (self.order,)

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if sorted(self._order()) != list(range(1, len(inputs[0]) + 1)):
            wanted = ", ".join(map(str, range(1, len(inputs[0]) + 1)))
            message = f"the order of {show_shape(inputs[0])} must hold each of {wanted} once"
            return Problem(
                "E011", message, "order", f"for example ({', '.join(map(str, range(len(inputs[0]), 0, -1)))})"
            )
        return None

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return tuple([inputs[0][axis - 1] for axis in self._order()])

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        return super().reach(inputs) if self._order() == tuple(range(1, len(inputs[0]) + 1)) else UNTRACED

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return self._order() == tuple(range(1, len(inputs[0]) + 1))

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("Permute", {"dims": self._order()}),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_reshaping

        return torch_reshaping.permute(self._order())


class Repeat(Layer):
    """A vector n times over: C values become nxC."""

    names: ClassVar[tuple[str, ...]] = ("repeat", "repeatvector")
    example: ClassVar[str] = "input 12\nrepeat(5)"

    n: int = argument(count, "how often")

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if len(inputs[0]) != 1:
            return Problem(
                "E106", f"repeat needs a vector, got {show_shape(inputs[0])}", help="flatten it first, or use gap"
            )
        return None

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return (self.n, *inputs[0])

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        return None

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("RepeatVector", self.keras_arguments()),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_reshaping

        return torch_reshaping.repeat(self.n)


class Identity(Layer):
    """Its input as it is; a layer that can carry a name. `in` passes the tensor on without a layer."""

    names: ClassVar[tuple[str, ...]] = ("identity",)
    in_place: ClassVar[bool] = True
    affine: ClassVar[bool] = True
    example: ClassVar[str] = "input 8x8x3\nidentity as image"

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("Identity", {}),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        return ()
