"""What maxpool and avgpool have in common."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.argument import argument, flag, optional, per_axis, same_on_every_axis
from cnnspec.layers.base import KerasCall, Layer
from cnnspec.layers.operation import Operation
from cnnspec.layers.shape import Shape, needs_space, write_remedies
from cnnspec.layers.sliding_window import SlidingWindow
from cnnspec.layers.windowed_base import Windowed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

    from cnnspec.layers.kernel_trial import Trial

KERNEL = argument(per_axis(1), "size of the window", 2, "pool_size", ("k", "size", "pool"))
STRIDE = argument(optional(per_axis(1)), "step of the window; the kernel's size unless given", None, "strides", ("s",))
CEIL = argument(flag, "whether the last window may hang over the edge", False, "-", ("ceil_mode",))

MOST_PADDED = 64  # paddings that are tried


class Pool(Windowed):
    """What maxpool and avgpool have in common."""

    if TYPE_CHECKING:  # fields of the subclasses
        kernel: Any
        stride: Any
        padding: Any
        ceil: bool

    def sliding(self) -> SlidingWindow:
        return SlidingWindow(self.kernel, self._step(), 1, self.padding, self.ceil)

    def _step(self) -> Any:
        """The stride, the kernel's size unless given."""
        return self.kernel if self.stride is None else self.stride

    @classmethod
    def of_call(cls, call: KerasCall, **values: Any) -> Self:
        made = super().of_call(call, **values)
        same = same_on_every_axis(made.stride) == same_on_every_axis(made.kernel)
        return made.replace(stride=None) if same else made

    def completed(self, call: KerasCall, inputs: tuple[Shape, ...]) -> dict[str, Any]:
        made = super().completed(call, inputs)
        return made | {"strides": made["pool_size"]} if self.stride is None and not call.helper else made

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        """With the stride written out, and ceil only where a window hangs over the end and no word means the same."""
        made = self
        if inputs is not None and self.takes_largest and not isinstance(self.padding, str):
            if not self.sliding().is_even(inputs[0]):
                made = self.rounded_up(inputs)
                if made is self and self.ceil:  # it hangs over by more than ceil alone makes
                    made = self.replace(ceil=False, padding=self.sliding().borders(inputs[0]))
        if made.ceil and inputs is not None:
            down = made.replace(ceil=False)
            if made.sliding().same_is_ceil(inputs[0]):
                made = down.replace(padding="same")
            elif down.output(inputs) == made.output(inputs):
                made = down
        return super(Pool, made.replace(stride=self._step())).canonical(inputs)

    def behind_zeros(self, padding: Any, inputs: tuple[Shape, ...]) -> Layer | None:
        return None if self.takes_largest or self.ceil else super().behind_zeros(padding, inputs)

    def rounds_up(self) -> bool:
        return self.ceil or super().rounds_up()

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if self.ceil and self.padding == "same":
            return Problem("E011", "padding=same rounds sizes up by itself", "ceil", "drop ceil, or the padding")
        if found := needs_space(inputs, self.names[0]) or self.window_problem(inputs):
            return found
        if isinstance(self.padding, str):
            return None
        sliding, shape = self.sliding(), inputs[0]
        for n, window, (before, after) in zip(shape, sliding.windows(shape), sliding.paddings(shape), strict=False):
            assert isinstance(before, int) and isinstance(after, int)
            if max(before, after) >= window.extent:
                message = f"padding {max(before, after)} is no less than the kernel {window.extent}: a window would hold padding alone"
                return self._padding_problem(message, inputs)
            outputs = window.output(n)
            if isinstance(n, int) and isinstance(outputs, int) and (outputs - 1) * window.stride - before >= n:
                message = "the last window would hold padding alone"
                return self._padding_problem(message, inputs)
        return None

    def _padding_problem(self, message: str, inputs: tuple[Shape, ...]) -> Problem:
        """The problem of a padding; what mends it is the largest, up to half the kernel, that the pool takes on every
        side, or none at all."""
        most = min([window.kernel for window in self.windows(inputs)]) // 2
        less = ({"padding": amount} for amount in range(min(most, MOST_PADDED), 0, -1))
        remedies = next(filter(None, [self.find_remedies(inputs, change) for change in less]), ())
        remedies += self.find_remedies(inputs, {"padding": "valid"})
        return Problem("E109", message, "padding", write_remedies(remedies) or "pad less", None, remedies)

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return all([w.kernel == w.stride == 1 and w.before == w.after == 0 for w in self.windows(inputs)])

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return (*self.sliding().output(inputs[0]), inputs[0][-1])

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        area = self.sliding().area(len(inputs[0]) - 1)
        return self.sliding().pad_first(inputs[0], self.operation(inputs, taps=area, channels=inputs[0][-1]))

    def trials(self, inputs: tuple[Shape, ...]) -> tuple[Trial, ...]:
        from cnnspec.layers.kernel_trial import pool_3d, sparse_pool_3d

        names = [call.name for call in self.keras(inputs) if call.name.endswith("Pooling3D")]
        kinds = (pool_3d, sparse_pool_3d) if self.sliding().leaves_out_ends(inputs[0]) else (pool_3d,)
        return tuple([kind(name) for name in names for kind in kinds])

    def rounded_up(self, inputs: tuple[Shape, ...]) -> Self:
        """This pool with ceil=true and as much padding behind as before, where that is the same; else itself."""
        borders = self.sliding().borders(inputs[0])
        before = same_on_every_axis(tuple([low for low, _ in borders]))
        rounded = self.replace(ceil=True, padding=before or "valid")
        return rounded if rounded.sliding().borders(inputs[0]) == borders else self
