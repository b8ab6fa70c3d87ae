"""What random cases are drawn of: a case, sizes, windows and paddings, some of them out of range."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.layers.keras_options import Wrap

Draw = Callable[[Any], Any]


class Case:
    """`text` is applied to inputs of `shapes`; `build(keras, tensors)` says the same in Keras.

    With `words`, the inputs are whole numbers below it.
    """

    def __init__(
        self, shapes: list[tuple[int, ...]], text: str, build: Callable[[Any, list[Any]], Any], words: int = 0
    ) -> None:
        self.shapes, self.text, self.build, self.words = shapes, text, build, words

    @property
    def spec(self) -> str:
        lines = [f"input x{i} {size(shape)}" for i, shape in enumerate(self.shapes)]
        return "\n".join([*lines, self.text, ""])

    def __repr__(self) -> str:
        return self.spec


def size(value: Any) -> str:
    """A number or a tuple as the language writes it."""
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    if not isinstance(value, tuple):
        return str(value)
    if all(isinstance(v, int) and v >= 0 for v in value) and len(value) > 1:
        return "x".join(map(str, value))
    return "(" + ", ".join(map(size, value)) + ("," if len(value) == 1 else "") + ")"


def said(**arguments: Any) -> str:
    words = {True: "true", False: "false"}
    return ", ".join(f"{name}={words[v] if isinstance(v, bool) else size(v)}" for name, v in arguments.items())


def shape(draw: Draw, rank: int, most: int = 9, channels: int = 6) -> tuple[int, ...]:
    return (*[draw(st.integers(1, most)) for _ in range(rank)], draw(st.integers(1, channels)))


def per_axis(draw: Draw, rank: int, least: int, most: int) -> Any:
    """One number, one for each axis, or, seldom, one too many or too few."""
    number = st.integers(least, most)
    form = draw(st.integers(0, 9))
    if form < 5:
        return draw(number)
    axes = rank if form < 9 else draw(st.sampled_from([max(1, rank - 1), rank + 1]))
    return tuple(draw(number) for _ in range(axes))


def numeric(draw: Draw, rank: int, most: int = 3) -> Any:
    """A padding: a number, one for each axis, a pair for each axis."""
    number = st.integers(0, most)
    form = draw(st.integers(0, 2))
    if form == 0:
        return draw(number)
    return tuple(draw(number) if form == 1 else (draw(number), draw(number)) for _ in range(rank))


def padding(draw: Draw, rank: int, *words: str) -> Any:
    return draw(st.sampled_from(words)) if draw(st.integers(0, 2)) else numeric(draw, rank)


def edges(amount: Any, rank: int) -> Any:
    """A padding as Keras's ZeroPadding and Cropping layers take it."""
    if rank == 1 and isinstance(amount, tuple) and len(amount) == 2 and isinstance(amount[0], int):
        return amount  # the two sides of the one axis
    sides = amount if isinstance(amount, tuple) else (amount,) * rank
    pairs = tuple(a if isinstance(a, tuple) else (a, a) for a in sides)
    return pairs[0] if rank == 1 else pairs


def padded(
    name: str, rank: int, amount: Any, wrap: Wrap = lambda keras, layer: layer, **arguments: Any
) -> Callable[[Any, list[Any]], Any]:
    """A Keras layer behind an explicit padding with zeros, where the padding is a number."""

    def build(keras: Any, xs: list[Any]) -> Any:
        (x,) = xs
        word = amount
        if not isinstance(amount, str):
            x, word = getattr(keras.layers, f"ZeroPadding{rank}D")(edges(amount, rank))(x), "valid"
        return wrap(keras, getattr(keras.layers, f"{name}{rank}D")(padding=word, **arguments))(x)

    return build


def window(draw: Draw, rank: int) -> dict[str, Any]:
    """kernel, stride and dilation; stride and dilation seldom together, which Keras refuses."""
    strided = draw(st.integers(0, 9))
    return {
        "kernel": per_axis(draw, rank, 1, 5),
        "stride": per_axis(draw, rank, 1, 4) if strided in (0, 1, 2, 3, 9) else 1,
        "dilation": per_axis(draw, rank, 1, 3) if strided >= 7 else 1,
    }


KERAS = {"kernel": "kernel_size", "stride": "strides", "dilation": "dilation_rate"}


def keras_window(given: dict[str, Any]) -> dict[str, Any]:
    return {KERAS[name]: value for name, value in given.items()}


def terms(words: dict[str, Any]) -> Any:
    return st.sampled_from(sorted(words))


SEEDS = st.integers(0, 9)
