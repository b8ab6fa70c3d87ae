"""The weights of a layer: what they are, and the numbers that a text may write down for them."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.source import brief
from cnnspec.layers.argument import Term, Unfit, argument, show, word_of
from cnnspec.layers.words import initializer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.layers.base import Layer
    from cnnspec.layers.shape import Shape


class Drawing(Record):
    """How a weight is nested where its numbers are written down, as its layer is drawn: `leading` are the axes of the
    tensor that come first, the outermost first, and `parts` what is found along each; the other axes follow, as positions of
    a window. `alike`: numbers for one part stand for all of them."""

    leading: tuple[int, ...] = ()
    parts: tuple[str, ...] = ()
    alike: bool = False


PLAIN = Drawing()
OF_FILTERS = Drawing((-1, -2), ("filter", "channel"))
OF_PAINTED_FILTERS = Drawing((-2, -1), ("filter", "channel"))  # a transposed convolution's channels stand behind
OF_CHANNELS = Drawing((-2, -1), ("channel", "output"), True)
OF_SLOPES = Drawing((-1,), ("channel",))
OF_UNITS = Drawing((-1, -2), ("unit", "input"))

ZEROS, ONES = Term("Zeros", module="initializers"), Term("Ones", module="initializers")
GLOROT = Term("GlorotUniform", module="initializers")


class Weight(Record):
    """One weight tensor; `name` is Keras's. No gradient moves a frozen one: a moving average, or with trainable=false.

    `drawn` is how its numbers are nested in a text, and `prefix` what the names of its arguments begin with, where that is
    not its name: depthwise_initializer. `begins` is its initializer where no argument is, None where it is not known.
    """

    name: str
    shape: Shape
    trainable: bool = True
    drawn: Drawing = PLAIN
    prefix: str = ""
    begins: Term | None = None

    @property
    def values(self) -> str:
        """The argument that may hold its numbers."""
        return f"{self.prefix or self.name}_values"

    @property
    def initializer(self) -> str:
        """The argument that says how it begins."""
        return f"{self.prefix or self.name}_initializer"


# ---- numbers that are written down ---------------------------------------------------------------------------
FILTERS = ("edge", "sharpen", "box", "gaussian", "sobel_x", "sobel_y")  # known by name; see named_filters


class Values(Record):
    """Numbers written down for a weight: lists in lists as tuples, nested as the weight is drawn. The name of a filter stands
    for its numbers."""

    __slots__ = ("_known_hash",)
    written: Any

    def __hash__(self) -> int:
        """Worked out once: there may be a million numbers."""
        if not hasattr(self, "_known_hash"):
            self._known_hash: int = hash(self.written)
        return self._known_hash

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.written,)  # a hash is good for one process

    def __str__(self) -> str:
        from cnnspec.layers.exact_numbers import write_values

        return write_values(self.written)


def numbers(value: Any) -> Values | None:
    """Numbers in [ ], such as [0, 1/2, -3], or none."""
    return None if word_of(value) in ("none", "None") else Values(_read_numbers(value, "numbers in [ ]", ()))


def kernel_numbers(value: Any) -> Values | None:
    """Rows of numbers in [ ], edge, sharpen, box, gaussian, sobel_x or sobel_y in their place, or none."""
    expected = f"numbers in [ ], {', '.join(FILTERS[:-1])} or {FILTERS[-1]}"
    return None if word_of(value) in ("none", "None") else Values(_read_numbers(value, expected, FILTERS))


def _read_numbers(value: Any, expected: str, names: tuple[str, ...], inside: bool = False) -> Any:
    """Numbers and lists of them, as tuples; `inside` of a list."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return int(value) if isinstance(value, int) else float(value)
    if not isinstance(value, list):
        word = word_of(value)
        if word is not None and word.lower() in names:
            return word.lower()
        hint = "write [ ] for ( )" if isinstance(value, tuple) else f"{brief(show(value))} in it is no number" * inside
        raise Unfit(expected, hint, word, names)
    if not value:
        raise Unfit(expected, "a list in it is empty" if inside else "write the numbers that it holds")
    return tuple([_read_numbers(part, expected, names, True) for part in value])


KERNEL_VALUES = argument(kernel_numbers, "the kernel's numbers: for each filter and channel its rows", None, "-")
DEPTHWISE_VALUES = argument(
    kernel_numbers, "the kernel's numbers: for each channel and output its rows", None, "-", ("kernel_values",)
)
POINTWISE_VALUES = argument(numbers, "the factors of the 1x1 kernel: for each filter one a channel", None, "-")
BIAS_VALUES = argument(numbers, "the bias's numbers, one for each output channel", None, "-")


def values(what: str) -> Any:
    """Declares the argument that holds the numbers of another weight."""
    return argument(numbers, what, None, "-")


# ---- of a layer ----------------------------------------------------------------------------------------------
_names: dict[type[Layer], tuple[str, ...]] = {}  # of each class the arguments that may hold numbers for a weight


def holds_numbers(layer: Layer) -> bool:
    """Whether numbers are written down for a weight of a layer: as its values, or as those of a constant initialiser."""
    cls = type(layer)
    names = _names.get(cls)
    if names is None:
        kinds = (numbers, kernel_numbers, initializer)
        names = _names[cls] = tuple([n for n, a in cls.arguments.items() if a.kind in kinds])
    for name in names:
        value = getattr(layer, name)
        if value is not None and (type(value) is Values or value.name == "Constant"):
            return True
    return False


def find_beginning(layer: Layer, weight: Weight) -> Term | None:
    """The initializer of one of a layer's weights; None where it is not known."""
    if weight.initializer not in layer.arguments:
        return weight.begins
    term: Term | None = layer.argument_values()[weight.initializer]
    return term or GLOROT  # which Keras takes for none
