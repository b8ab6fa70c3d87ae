"""Random layers, each as a line of the language and as a call of Keras written by hand.

The Keras side knows nothing of cnnspec: it says with Keras's own layers what the line means.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[Any], Any]


class Case:
    """`text` is applied to inputs of `shapes`; `build(keras, tensors)` says the same in Keras."""

    def __init__(self, shapes: list[tuple[int, ...]], text: str, build: Callable[[Any, list[Any]], Any]) -> None:
        self.shapes, self.text, self.build = shapes, text, build

    @property
    def spec(self) -> str:
        lines = [f"input x{i} {size(shape)}" for i, shape in enumerate(self.shapes)]
        return "\n".join([*lines, self.text, ""])

    def __repr__(self) -> str:
        return self.spec


def size(value: Any) -> str:
    """A number or a tuple as the language writes it."""
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


def padded(name: str, rank: int, amount: Any, **arguments: Any) -> Callable[[Any, list[Any]], Any]:
    """A Keras layer behind an explicit padding with zeros, where the padding is a number."""

    def build(keras: Any, xs: list[Any]) -> Any:
        (x,) = xs
        word = amount
        if not isinstance(amount, str):
            x, word = getattr(keras.layers, f"ZeroPadding{rank}D")(edges(amount, rank))(x), "valid"
        return getattr(keras.layers, f"{name}{rank}D")(padding=word, **arguments)(x)

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


@st.composite
def convolutions(draw: Draw) -> Case:
    rank = draw(st.integers(1, 3))
    groups = draw(st.sampled_from([1, 1, 1, 2, 3]))
    filters, bias = groups * draw(st.integers(1, 4)) + draw(st.sampled_from([0, 0, 0, 0, 1])), draw(st.booleans())
    amount = padding(draw, rank, "valid", "same", "causal" if rank == 1 or draw(st.integers(0, 9)) == 0 else "same")
    given = window(draw, rank)
    text = f"conv({said(filters=filters, **given, padding=amount, groups=groups, bias=bias)})"
    build = padded("Conv", rank, amount, filters=filters, groups=groups, use_bias=bias, **keras_window(given))
    entering = shape(draw, rank)
    return Case([(*entering[:-1], groups * entering[-1] if draw(st.integers(0, 9)) else entering[-1])], text, build)


@st.composite
def depthwise(draw: Draw) -> Case:
    rank, multiplier, bias = draw(st.integers(1, 2)), draw(st.integers(1, 3)), draw(st.booleans())
    amount, given = padding(draw, rank, "valid", "same"), window(draw, rank)
    text = f"depthwise_conv({said(**given, padding=amount, multiplier=multiplier, bias=bias)})"
    build = padded("DepthwiseConv", rank, amount, depth_multiplier=multiplier, use_bias=bias, **keras_window(given))
    return Case([shape(draw, rank)], text, build)


@st.composite
def separable(draw: Draw) -> Case:
    rank, multiplier, filters = draw(st.integers(1, 2)), draw(st.integers(1, 3)), draw(st.integers(1, 4))
    amount, given, bias = padding(draw, rank, "valid", "same"), window(draw, rank), draw(st.booleans())
    text = f"separable_conv({said(filters=filters, **given, padding=amount, multiplier=multiplier, bias=bias)})"
    build = padded(
        "SeparableConv", rank, amount, filters=filters, depth_multiplier=multiplier, use_bias=bias, **keras_window(given)
    )  # fmt: skip
    return Case([shape(draw, rank)], text, build)


@st.composite
def transposed(draw: Draw) -> Case:
    rank, filters, bias = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.booleans())
    amount, given = padding(draw, rank, "valid", "same", "same"), window(draw, rank)
    extra = {"output_padding": per_axis(draw, rank, 0, 3)} if draw(st.integers(0, 2)) == 0 else {}
    text = f"conv_transpose({said(filters=filters, **given, padding=amount, bias=bias, **extra)})"

    def build(keras: Any, xs: list[Any]) -> Any:
        word = amount if isinstance(amount, str) else "valid"
        layer = getattr(keras.layers, f"Conv{rank}DTranspose")
        y = layer(filters, padding=word, use_bias=bias, **keras_window(given), **extra)(xs[0])
        return y if isinstance(amount, str) else getattr(keras.layers, f"Cropping{rank}D")(edges(amount, rank))(y)

    return Case([shape(draw, rank, 6, 3)], text, build)


@st.composite
def pools(draw: Draw) -> Case:
    rank, which = draw(st.integers(1, 3)), draw(st.sampled_from(["maxpool", "avgpool"]))
    kernel, amount = per_axis(draw, rank, 1, 4), padding(draw, rank, "valid", "same")
    stride = {"stride": per_axis(draw, rank, 1, 4)} if draw(st.booleans()) else {}
    text = f"{which}({said(kernel=kernel, **stride, padding=amount)})"
    given = {"pool_size": kernel, "strides": stride.get("stride")}
    if which == "avgpool" or isinstance(amount, str):
        return Case(
            [shape(draw, rank)],
            text,
            padded("MaxPooling" if which == "maxpool" else "AveragePooling", rank, amount, **given),
        )

    def build(keras: Any, xs: list[Any]) -> Any:
        sides = edges(amount, rank) if rank > 1 else (edges(amount, rank),)
        x = keras.ops.pad(xs[0], ((0, 0), *sides, (0, 0)), constant_values=float("-inf"))
        return getattr(keras.layers, f"MaxPooling{rank}D")(**given)(x)

    return Case([shape(draw, rank)], text, build)


@st.composite
def upsamples(draw: Draw) -> Case:
    rank = draw(st.integers(1, 3))
    factor = per_axis(draw, rank, 1, 3)
    way = draw(st.sampled_from(["nearest", "nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"]))
    text = f"upsample({said(size=factor)}, interpolation={way})"

    def build(keras: Any, xs: list[Any]) -> Any:
        given = {} if way == "nearest" else {"interpolation": way}
        fitting = factor[0] if rank == 1 and isinstance(factor, tuple) and len(factor) == 1 else factor
        return getattr(keras.layers, f"UpSampling{rank}D")(size=fitting, **given)(xs[0])

    return Case([shape(draw, rank)], text, build)


@st.composite
def edge_layers(draw: Draw) -> Case:
    rank, which = draw(st.integers(1, 3)), draw(st.sampled_from(["pad", "crop"]))
    amount = numeric(draw, draw(st.sampled_from([rank, rank, rank, rank, 2, 3])), 4)

    def build(keras: Any, xs: list[Any]) -> Any:
        fitting = amount if isinstance(amount, tuple) and len(amount) != rank else edges(amount, rank)
        return getattr(keras.layers, f"{'ZeroPadding' if which == 'pad' else 'Cropping'}{rank}D")(fitting)(xs[0])

    return Case([shape(draw, rank)], f"{which}({size(amount)})", build)


@st.composite
def global_pools(draw: Draw) -> Case:
    rank, (word, name) = (
        draw(st.integers(1, 3)),
        draw(st.sampled_from([("gap", "GlobalAveragePooling"), ("gmp", "GlobalMaxPooling")])),
    )
    keep = draw(st.booleans())
    build = lambda keras, xs: getattr(keras.layers, f"{name}{rank}D")(keepdims=keep)(xs[0])  # noqa: E731
    return Case([shape(draw, rank)], f"{word}({said(keepdims=keep)})", build)


@st.composite
def dense(draw: Draw) -> Case:
    units, bias = draw(st.integers(1, 5)), draw(st.booleans())
    build = lambda keras, xs: keras.layers.Dense(units, use_bias=bias)(xs[0])  # noqa: E731
    return Case([shape(draw, draw(st.integers(0, 3)))], f"dense({said(units=units, bias=bias)})", build)


NORMS = {
    "bn": "BatchNormalization", "layer_norm": "LayerNormalization", "group_norm": "GroupNormalization", "softmax": "Softmax",
    "prelu": "PReLU",
}  # fmt: skip


@st.composite
def norms(draw: Draw) -> Case:
    rank = draw(st.integers(0, 3))
    entering = shape(draw, rank, 6, 8)
    which = draw(st.sampled_from(sorted(NORMS)))
    axis, axes = st.integers(-rank - 2, rank + 2), st.lists(st.integers(-rank - 1, rank + 1), min_size=1, max_size=3)
    given: dict[str, Any] = {}
    if which == "prelu":
        if draw(st.booleans()):
            given["shared_axes"] = tuple(draw(axes))
    elif draw(st.booleans()):
        given["axis"] = draw(axis) if which in ("bn", "group_norm") or draw(st.booleans()) else tuple(draw(axes))
    if which in ("bn", "layer_norm", "group_norm"):
        given |= {"center": draw(st.booleans()), "scale": draw(st.booleans())}
    if which == "group_norm":
        given["groups"] = draw(st.integers(-1, 9))
    meant = dict(given)
    if (
        which == "layer_norm"
        and isinstance(given.get("axis"), tuple)
        and all(-rank - 1 <= a <= rank + 1 for a in given["axis"])
    ):
        meant["axis"] = sorted(a % (rank + 2) for a in given["axis"])  # Keras mistakes (-1, 1) for (1, -1)
    build = lambda keras, xs: getattr(keras.layers, NORMS[which])(**meant)(xs[0])  # noqa: E731
    return Case([entering], f"{which}({said(**given)})", build)


MERGES = {
    "add": "Add", "subtract": "Subtract", "multiply": "Multiply", "average": "Average", "maximum": "Maximum", "minimum": "Minimum",
}  # fmt: skip


@st.composite
def merges(draw: Draw) -> Case:
    rank, count = draw(st.integers(0, 3)), draw(st.sampled_from([2, 2, 2, 3, 1]))
    first = shape(draw, rank, 4, 4)
    shapes = [first]
    for _ in range(count - 1):
        other = tuple(draw(st.sampled_from([n, n, n, n, 1, n + 1])) for n in first)
        shapes.append(other[draw(st.sampled_from([0, 0, 0, rank, 1])) :] or other)
    word = draw(st.sampled_from([*MERGES, "concat", "concat", "concat"]))
    names = ", ".join(f"x{i}" for i in range(count))
    if word == "concat":
        axis = draw(st.sampled_from([-1, -1, *range(-rank - 2, rank + 3)]))
        return Case(shapes, f"concat({names}, axis={axis})", lambda keras, xs: keras.layers.Concatenate(axis=axis)(xs))
    return Case(shapes, f"{word}({names})", lambda keras, xs: getattr(keras.layers, MERGES[word])()(xs))


@st.composite
def moves(draw: Draw) -> Case:
    rank, which = draw(st.integers(0, 3)), draw(st.sampled_from(["flatten", "reshape", "permute"]))
    entering = shape(draw, rank, 6, 6)
    if which == "flatten":
        return Case([entering], which, lambda keras, xs: keras.layers.Flatten()(xs[0]))
    if which == "permute":
        wrong = st.lists(st.integers(0, rank + 2), min_size=1, max_size=4)
        order = tuple(draw(wrong if draw(st.integers(0, 4)) == 0 else st.permutations(range(1, rank + 2))))
        return Case([entering], f"permute({size(order)})", lambda keras, xs: keras.layers.Permute(order)(xs[0]))
    values = 1
    for n in entering:
        values *= n
    target: list[int] = []
    for _ in range(draw(st.integers(0, 3))):
        divisor = draw(st.sampled_from([d for d in range(1, values + 1) if values % d == 0]))
        target.append(divisor)
        values //= divisor
    target.append(values)
    if draw(st.booleans()):
        target[draw(st.integers(0, len(target) - 1))] = -1
    if draw(st.integers(0, 4)) == 0:
        target[draw(st.integers(0, len(target) - 1))] = draw(st.integers(-1, 7))
    wanted = tuple(target)
    return Case([entering], f"reshape({size(wanted)})", lambda keras, xs: keras.layers.Reshape(wanted)(xs[0]))


FAMILIES = {
    "conv": convolutions(), "depthwise_conv": depthwise(), "separable_conv": separable(), "conv_transpose": transposed(),
    "pool": pools(), "upsample": upsamples(), "pad and crop": edge_layers(), "global pool": global_pools(), "dense": dense(),
    "norm": norms(), "merge": merges(), "flatten, reshape, permute": moves(),
}  # fmt: skip
