"""Layers that slide a window: what follows from it is asked of their `SlidingWindow`, and they say the rest."""

from __future__ import annotations

from cnnspec.base.recording import for_words
from cnnspec.layers.argument import shortest
from cnnspec.layers.base import KerasCall, Layer
from cnnspec.layers.shape import write_remedies
from cnnspec.layers.sliding_window import SlidingWindow, read_padding
from cnnspec.layers.window import AXIS_NAMES, Reach, Window, Working, halved
from cnnspec.layers.words import from_saved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.base.diagnostic import Problem
    from cnnspec.layers.kernel_trial import Trial
    from cnnspec.layers.shape import Shape


class Windowed(Layer):
    """A layer that slides a window over its input: conv, depthwise_conv, separable_conv, maxpool, avgpool."""

    most_calls: ClassVar[int] = 2
    spreads: ClassVar[tuple[str, ...]] = ("stride", "dilation")
    zeros: ClassVar[bool] = True  # whether its padding counts alike, be it a word or a number

    def sliding(self) -> SlidingWindow:
        """The window that its arguments make."""
        raise NotImplementedError(type(self).__name__)

    def rounds_up(self) -> bool:
        return bool(self.sliding().padding == "same")

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        made = super().canonical(inputs)
        sliding = made.sliding()
        assert sliding is not None
        return made.replace(padding=sliding.simplest_padding(self.zeros))

    def behind_zeros(self, padding: Any, inputs: tuple[Shape, ...]) -> Layer | None:
        if shortest(self.arguments["padding"], self.sliding().padding) != "valid":
            return None
        made = self.replace(padding=padding)
        return made if made.problem(inputs) is None else None

    def windows(self, inputs: tuple[Shape, ...]) -> tuple[Window, ...]:
        return self.sliding().windows(inputs[0])

    def window_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        """What keeps the window from being applied, with what to do where the input is too small."""
        found = self.sliding().problem(inputs[0], self.names[0])
        too_small = found is not None and found.code == "E101"
        return self._with_remedies(found, inputs) if found is not None and too_small else found

    @for_words
    def _with_remedies(self, problem: Problem, inputs: tuple[Shape, ...]) -> Problem:
        """The problem of windows that do not fit, with how much input they need, and what makes them fit."""
        rank, needed, kernel = len(inputs[0]) - 1, [], []
        for axis, window in enumerate(self.windows(inputs)):
            n, room = inputs[0][axis], inputs[0][axis] + window.before + window.after
            short = isinstance(room, int) and room < window.extent
            kernel.append((room - 1) // window.dilation + 1 if short else window.kernel)
            needed += [f"a {AXIS_NAMES[rank][axis]} of {window.extent - (room - n)}"] if short else []
        smaller = tuple(kernel) if rank > 1 else kernel[0]
        dense = [{"dilation": 1}] if "dilation" in self.arguments else []
        remedies = self.find_remedies(inputs, {"padding": "same"}, *dense, {"kernel": smaller})
        message = f"{problem.message}, and needs {' and '.join(needed)}"
        return problem.replace(message=message, help=write_remedies(remedies), remedies=remedies)

    def working(self, inputs: tuple[Shape, ...]) -> tuple[Working, ...]:
        return self.sliding().working(inputs[0])

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        return tuple([window.reach() for window in self.windows(inputs)])

    def recentred(self, inputs: tuple[Shape, ...]) -> tuple[Layer, ...]:
        """With as much padding before as behind; with odd kernels, where a word makes the padding."""
        windows = self.windows(inputs)
        if not isinstance(self.sliding().padding, str):
            amount = tuple([halved(w.before + w.after) for w in windows])
            return (self.replace(padding=shortest(self.arguments["padding"], amount)),)
        kernels = [tuple([w.kernel + step * (w.kernel % 2 == 0) for w in windows]) for step in (-1, 1)]
        odd = [self.replace(kernel=kernel if len(kernel) > 1 else kernel[0]) for kernel in kernels]
        return (self.replace(padding="same"), *odd)

    def trials(self, inputs: tuple[Shape, ...]) -> tuple[Trial, ...]:
        from cnnspec.layers.kernel_trial import sparse_conv_3d

        sparse = len(inputs[0]) == 4 and self.sliding().leaves_out_ends(inputs[0])
        return (sparse_conv_3d(),) if sparse else ()

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        """As all layers; a ZeroPadding before it is its numeric padding."""
        *before, call = calls
        if not cls.called(call) or len(before) > 1 or any([not c.name.startswith("ZeroPadding") for c in before]):
            return None
        if before and call.arguments.get("padding", "valid") != "valid":
            return None
        return cls.of_call(call, padding=read_padding(before[0], "padding") if before else stated_padding(cls, call))


def stated_padding(cls: type[Layer], call: KerasCall) -> Any:
    """The padding that a saved call of a layer states itself."""
    return from_saved(call.arguments.get("padding", "valid"), cls.arguments["padding"].kind, "padding")
