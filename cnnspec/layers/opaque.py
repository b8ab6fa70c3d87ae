"""An operation that the language has no layer for: what is known of it is stated, and all else is unknown."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.argument import Unfit, argument, natural, text, whole
from cnnspec.layers.base import KerasCall, Layer, Weight
from cnnspec.layers.window import UNTRACED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.layers.operation import Operation
    from cnnspec.layers.shape import Shape
    from cnnspec.layers.window import Reach


def sizes(value: Any) -> tuple[int, ...]:
    """Sizes without the batch, channels last: 7x7x64."""
    expected = "a shape such as 7x7x64"
    if not isinstance(value, (tuple, list)):
        value = (value,)
    if not value:
        raise Unfit(expected)
    return tuple([whole(n, 1, expected) for n in value])


class Opaque(Layer):
    """An operation that has no layer here: its output's shape and its parameters are stated, all else is unknown.

    It takes as many tensors as stand behind the shape, `in` where none does. Unknown are its MACs, what of its input it
    reads, and with them every total that rests on it: ?, never less than it is. The shape is that for the inputs that it
    has: which other sizes it takes is not known. It becomes no layer of Keras. Models that are read from files have it
    for the operations that have no layer here.
    """

    names: ClassVar[tuple[str, ...]] = ("opaque",)
    merges: ClassVar[bool] = True
    leading: ClassVar[int] = 2
    stated: ClassVar[bool] = True
    example: ClassVar[str] = 'input 56x56x32\nopaque("deform_conv", 56x56x64, params=18496)'
    more_examples: ClassVar[tuple[str, ...]] = (
        'input 14x14x8\nconv(8, 3x3, padding=same) as boxes\nopaque("roi_align", 7x7x8, in, boxes)\nflatten -> dense(10)',
        'input 9x9x4\nopaque("a norm of one\'s own", 9x9x4, params=8, frozen=8) -> relu',
    )

    op: str = argument(text, "what it does, in a word or two", keras="-")
    shape: tuple[int, ...] = argument(sizes, "the output's shape, without the batch", keras="-")
    params: int = argument(natural, "how many parameters are trained", 0, keras="-", aliases=("parameters",))
    frozen: int = argument(natural, "how many parameters are not trained", 0, keras="-")

    @property
    def label(self) -> str:
        return self.op if self.op.isidentifier() else ""

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        message = (
            f'of opaque("{self.op}") only the output\'s shape and the parameters are known: it becomes no Keras layer'
        )
        return Problem("E012", message, help="write layers of the language in its place")

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return self.shape

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        """One flat weight of those that are trained, and one of the others: their own shapes are not known."""
        both = (Weight("weights", (self.params,)), Weight("frozen", (self.frozen,), False))
        return tuple([weight for weight in both if weight.shape != (0,)])

    def macs(self, inputs: tuple[Shape, ...]) -> None:
        return None

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...] | None:
        return None

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        return UNTRACED

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return ()
