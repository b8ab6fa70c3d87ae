"""What layers that slide a window have in common: convolutions and pools."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.argument import padding, shortest, show
from cnnspec.layers.base import KerasCall, Layer, Working
from cnnspec.layers.operation import MOVE, Operation
from cnnspec.layers.shape import Shape, axes_problem, product
from cnnspec.layers.window import AXIS_NAMES, Reach, Window, along, fits, halved, same_padding, sides
from cnnspec.layers.words import from_saved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.base.size import Dim


class Windowed(Layer):
    """A layer that slides a window over its input; base of convolutions and pools."""

    most_calls: ClassVar[int] = 2
    spreads: ClassVar[tuple[str, ...]] = ("stride", "dilation", "output_padding")
    zeros: ClassVar[bool] = True  # whether its padding counts alike, be it a word or a number

    def window_arguments(self) -> dict[str, Any]:
        """kernel, stride, dilation and padding, each one value or one an axis."""
        raise NotImplementedError

    def rounds_up(self) -> bool:
        return bool(self.window_arguments()["padding"] == "same")

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        """With valid where a padding word says nothing (a window of one position reaches into no padding), and with one
        word for the padding that is the same at every size: same for a number, a number for causal."""
        made = super().canonical(inputs)
        assert isinstance(made, Windowed)
        given = made.window_arguments()
        padding = given["padding"]
        if isinstance(padding, str) and given["kernel"] == 1:
            return made.replace(padding="valid")
        if padding == "causal" and isinstance(given["kernel"], int) and isinstance(given["dilation"], int):
            extent = given["dilation"] * (given["kernel"] - 1) + 1
            return made.replace(padding=((extent - 1, 0),))
        return made.replace(padding="same") if made.zeros and made._as_same(given) else made

    def behind_zeros(self, padding: Any, inputs: tuple[Shape, ...]) -> Layer | None:
        """This layer with zeros of its own, where it has no padding and reads zeros as such; else None."""
        if shortest(self.arguments["padding"], self.window_arguments()["padding"]) != "valid":
            return None
        made = self.replace(padding=padding)
        return made if made.problem(inputs) is None else None

    def _as_same(self, given: dict[str, Any]) -> bool:
        """Whether a padding in numbers is that of same, at any size."""
        if isinstance(given["padding"], str) or given["stride"] != 1:
            return False
        rank = max([len(value) for value in given.values() if isinstance(value, tuple)], default=1)
        if not all([fits(value, rank) for value in given.values()]):
            return False
        each = [
            (axis, along(given["kernel"], rank, axis), along(given["dilation"], rank, axis)) for axis in range(rank)
        ]
        return all(
            [
                sides("same", rank, axis, 1, kernel, 1, dilation)
                == sides(given["padding"], rank, axis, 1, kernel, 1, dilation)
                for axis, kernel, dilation in each
            ]
        )

    def windows(self, inputs: tuple[Shape, ...]) -> tuple[Window, ...]:
        """One window for each spatial axis of the input."""
        rank, given = len(inputs[0]) - 1, self.window_arguments()
        made = []
        for axis in range(rank):
            kernel, stride, dilation = (along(given[k], rank, axis) for k in ("kernel", "stride", "dilation"))
            n = inputs[0][axis]
            before, after = sides(given["padding"], rank, axis, n, kernel, stride, dilation)
            made.append(Window(kernel, stride, dilation, before, after))
        return tuple(made)

    def window_problem(self, inputs: tuple[Shape, ...], name: str) -> Problem | None:
        """What keeps the window from being applied: its axes, or an input that it does not fit into."""
        rank, given = len(inputs[0]) - 1, self.window_arguments()
        if found := axes_problem(given, inputs[0]):
            return found
        if given["padding"] == "causal" and rank != 1:
            return Problem("E011", "causal padding is for one dimension", "padding", "use same")
        for axis, window in enumerate(self.windows(inputs)):
            n = inputs[0][axis]
            room = n + window.before + window.after
            if isinstance(room, int) and room < window.extent:
                dilated = f" dilated to {window.extent}" if window.dilation > 1 else ""
                padded = f" + padding {room - n}" if room != n else ""
                message = f"{name}'s kernel {window.kernel}{dilated} does not fit into {n}{padded} position{'s' * (room != 1)}"
                return Problem("E101", message, "kernel", self._fitting(inputs))
        return None

    def _fitting(self, inputs: tuple[Shape, ...]) -> str:
        """What to do about windows that do not fit: how much input they need, and what else makes them fit."""
        rank, needed, kernel = len(inputs[0]) - 1, [], []
        for axis, window in enumerate(self.windows(inputs)):
            n, room = inputs[0][axis], inputs[0][axis] + window.before + window.after
            short = isinstance(room, int) and room < window.extent
            kernel.append((room - 1) // window.dilation + 1 if short else window.kernel)
            needed += [f"a {AXIS_NAMES[rank][axis]} of {window.extent - (room - n)}"] if short else []
        offers = [(self.replace(padding="same"), "write padding=same")]
        smaller = tuple(kernel) if rank > 1 else kernel[0]
        offers.append((self.replace(kernel=smaller), f"use a kernel of {show(smaller)}"))
        helps = [words for layer, words in offers if layer.problem(inputs) is None and not layer.idle(inputs)]
        return "; ".join([f"it needs {' and '.join(needed)}", *([" or ".join(helps)] if helps else [])])

    def working(self, inputs: tuple[Shape, ...]) -> tuple[Working, ...]:
        """The kernel with its gaps where it is dilated, and the padding that a word stands for."""
        made, padding = [], self.window_arguments()["padding"]
        for axis, (window, n) in enumerate(zip(self.windows(inputs), inputs[0], strict=False)):
            made.append(Working("effective kernel" if window.dilation > 1 else "", axis, window.extent))
            if padding == "causal":
                made.append(Working("padding before", axis, window.before))
            if padding == "same":
                total = same_padding(n, window.extent, window.stride)
                known = isinstance(total, int)  # else its halves are no shorter than it
                made += [
                    Working("padding" if total != 0 else "", axis, total),
                    Working("padding before" if known and total != 0 else "", axis, window.before),
                    Working("padding after" if known and total != 0 else "", axis, window.after),
                ]
        return tuple(made)

    def spatial_output(self, inputs: tuple[Shape, ...]) -> tuple[Dim, ...]:
        given = self.window_arguments()
        if given["padding"] == "same":  # ceil(N/S), in a form that needs no padding
            strides = [along(given["stride"], len(inputs[0]) - 1, axis) for axis in range(len(inputs[0]) - 1)]
            return tuple([(n + s - 1) // s for n, s in zip(inputs[0], strides, strict=False)])
        return tuple([w.output(n) for w, n in zip(self.windows(inputs), inputs[0], strict=False)])

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        return tuple([window.reach() for window in self.windows(inputs)])

    def recentred(self, inputs: tuple[Shape, ...]) -> tuple[Layer, ...]:
        """With as much padding before as behind; with odd kernels, where a word makes the padding."""
        windows = self.windows(inputs)
        if not isinstance(self.window_arguments()["padding"], str):
            amount = tuple([halved(w.before + w.after) for w in windows])
            return (self.replace(padding=shortest(self.arguments["padding"], amount)),)
        kernels = [tuple([w.kernel + step * (w.kernel % 2 == 0) for w in windows]) for step in (-1, 1)]
        odd = [self.replace(kernel=kernel if len(kernel) > 1 else kernel[0]) for kernel in kernels]
        return (self.replace(padding="same"), *odd)

    def behind_padding(self, inputs: tuple[Shape, ...], work: Operation) -> tuple[Operation, ...]:
        """The operation, behind a padding of its own where the padding is a number."""
        if isinstance(self.window_arguments()["padding"], str):
            return (work,)
        sizes = [n + w.before + w.after for n, w in zip(inputs[0], self.windows(inputs), strict=False)]
        room = product((*sizes, inputs[0][-1]))
        if room == work.inputs:
            return (work,)
        return (Operation(MOVE, work.inputs, room, rank=work.rank), work.replace(inputs=room))

    def padded(self, call: KerasCall, rank: int) -> tuple[KerasCall, ...]:
        """The call, behind a ZeroPadding where the padding is a number: Keras has no integer padding."""
        amount = self.window_arguments()["padding"]
        if isinstance(amount, str):
            if amount != "valid":
                call = call.replace(arguments={**call.arguments, "padding": amount})
            return (call,)
        if amount == 0:
            return (call,)
        return (KerasCall(f"ZeroPadding{rank}D", {"padding": keras_padding(amount, rank)}, "pad"), call)

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        """As all layers; a ZeroPadding before it is its numeric padding."""
        *before, call = calls
        if (
            len(before) > 1
            or not cls.called(call)
            or any(not helper.name.startswith("ZeroPadding") for helper in before)
        ):
            return None
        amount = call.arguments.get("padding", "valid")
        if before and amount != "valid":
            return None
        return cls.of_call(call, padding=numeric_padding(before[0], "padding") if before else cls.own_padding(call))

    @classmethod
    def own_padding(cls, call: KerasCall) -> Any:
        """The padding that a saved call states itself."""
        return from_saved(call.arguments.get("padding", "valid"), cls.arguments["padding"].kind, "padding")


def numeric_padding(helper: KerasCall, key: str) -> Any:
    """The padding that a saved ZeroPadding or Cropping layer stands for; its 1-D form has the two sides of one axis."""
    amount = helper.arguments.get(key)
    return from_saved([amount] if helper.name.endswith("1D") else amount, padding(), key, per_axis=True)


def keras_padding(amount: Any, rank: int) -> Any:
    """A padding as Keras's ZeroPadding layers take it."""
    if rank == 1:
        return amount[0] if isinstance(amount, tuple) else amount
    return amount
