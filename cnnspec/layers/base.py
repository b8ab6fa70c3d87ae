"""What every layer is: one class, in one place, that knows all about itself.

A subclass's fields are its arguments (`argument(kind, about, default, keras name, aliases)`); it states its output
shape, weights, MACs, reach and Keras calls. A shape is a tuple of sizes without the batch, channels last; a
size is an int or a `Size`. Formulas use + - * // and `maximum` only, so that they serve both.
"""

from __future__ import annotations

from cnnspec.diagnostic import Problem as Problem
from cnnspec.layers.argument import Argument, shortest
from cnnspec.layers.window import EACH, Reach
from cnnspec.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar, Self

    from cnnspec.layers.window import Window
    from cnnspec.size import Dim

    Shape = tuple[Dim, ...]
else:
    Shape = tuple


class Weight(Record):
    """One weight tensor; `name` is Keras's. Frozen weights are those that no gradient moves (moving averages)."""

    name: str
    shape: Shape
    trainable: bool = True


class KerasCall(Record):
    """A Keras layer as plain data: printed into source, or called. `arguments` hold only what differs from Keras's
    defaults; values are numbers, words, tuples, lists, None or a `Term` with a module. `helper` says what it does for
    the layer proper where it is not that itself ("pad", "crop"). A name "ops.…" is a function of keras.ops, not a layer."""

    name: str
    arguments: dict[str, Any]
    helper: str = ""


class Layer(Record):
    """Base of all layers. The subclass's docstring is its page: a first line, then what there is to know."""

    names: ClassVar[tuple[str, ...]] = ()  # the canonical name, then other spellings (compared in lower case)
    example: ClassVar[str] = ""  # a whole spec; a test checks it against Keras
    more_examples: ClassVar[tuple[str, ...]] = ()
    merges: ClassVar[bool] = False  # whether it takes several tensors
    sums: ClassVar[bool] = False  # whether they ought to have one shape, though Keras would repeat axes of size 1
    unordered: ClassVar[bool] = False  # whether their order makes no difference
    indexes: ClassVar[bool] = False  # whether its input's values are positions, which become an axis of the output
    in_place: ClassVar[bool] = False  # whether its output may stand in its input's memory
    counted: ClassVar[str] = ""  # what its MACs count, where it has any
    arguments: ClassVar[dict[str, Argument]] = {}
    presets: ClassVar[dict[str, dict[str, Any]]] = {}  # spelling → arguments that it fixes

    def __init_subclass__(cls) -> None:
        cls.arguments = {**cls.arguments, **{n: a for n, a in cls._declared.items() if isinstance(a, Argument)}}

    # ---- what a layer states -------------------------------------------------------------------------------
    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        """Why it cannot be applied to these inputs, or None."""
        return None

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        """The output's shape; called only when there is no problem."""
        return inputs[0]

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        return ()

    def macs(self, inputs: tuple[Shape, ...]) -> Dim:
        """Multiply-accumulates of one forward pass of one example; bias, normalisation, activation not counted."""
        return 0

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        """What an output position reads along each spatial axis; None: everything; UNTRACED: it is not followed."""
        return (EACH,) * (len(inputs[0]) - 1)

    def windows(self, inputs: tuple[Shape, ...]) -> tuple[Window, ...] | None:
        """The sliding window of each spatial axis, for a layer that has one."""
        return None

    def ends_in(self) -> str | None:
        """The function that its output went through last, "linear" for none; None: it says nothing about that."""
        return None

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        """The Keras layers, applied in turn, that do what this layer does."""
        raise NotImplementedError(type(self).__name__)

    def shortest(self) -> Self:
        """The one form of the layers that do the same, whichever way their arguments are written; to be compared."""
        return self.replace(**{name: shortest(a, getattr(self, name)) for name, a in self.arguments.items()})

    # ---- helpers for subclasses ----------------------------------------------------------------------------
    def given(self, *names: str) -> dict[str, Any]:
        """Keras's names and values of the arguments that differ from their defaults; all of them, or those named."""
        chosen = names or tuple(self.arguments)
        return {
            self.arguments[name].keras or name: getattr(self, name)
            for name in chosen
            if self.arguments[name].keras != "-" and getattr(self, name) != self.arguments[name].record_default
        }


RANK_NAMES = {1: "LxC", 2: "HxWxC", 3: "DxHxWxC"}


def show_shape(shape: tuple[Any, ...] | None) -> str:
    """A shape as the language writes it: 28x28x1; ? for what is not known."""
    if shape is None:
        return "?"
    parts = ["?" if n is None else str(n) for n in shape]
    return "x".join(f"({p})" if not p.isalnum() and p != "?" and len(parts) > 1 else p for p in parts)


def needs_space(inputs: tuple[Shape, ...], layer: str, ranks: tuple[int, ...] = (1, 2, 3)) -> Problem | None:
    """The problem of an input that has no spatial axes (or not as many as the layer takes)."""
    rank = len(inputs[0]) - 1
    if rank in ranks:
        return None
    wanted = " or ".join(RANK_NAMES[r] for r in ranks)
    size = show_shape(inputs[0])
    if rank == 0:
        return Problem(
            "E106", f"{layer} needs {wanted}, got a vector of {size}", help="put it before flatten, or reshape first"
        )
    return Problem("E106", f"{layer} needs {wanted}, got {size}", help="reshape first")


def axis_problem(given: int | tuple[int, ...], shape: Shape) -> Problem | None:
    """The problem of an axis (or several) that the shape does not have; axes count the batch as 0, as in Keras."""
    rank = len(shape)
    chosen = given if isinstance(given, tuple) else (given,)
    for axis in chosen:
        if not (1 <= axis <= rank or -rank <= axis <= -1):
            message = f"axis {axis} does not exist: {show_shape(shape)} has axes 1 to {rank}"
            return Problem("E011", message, "axis", "-1 is the channels")
    places = [axis % (rank + 1) for axis in chosen]
    if len(set(places)) < len(places):
        twice = next(place for place in places if places.count(place) > 1)
        return Problem("E011", f"axis {twice} is named twice", "axis", "name it once")
    return None


def product(sizes: tuple[Dim, ...]) -> Dim:
    total: Dim = 1
    for size in sizes:
        total = total * size
    return total
