"""Random layers, each as a line of the language and as a call of Keras written by hand.

The Keras side knows nothing of cnnspec: it says with Keras's own layers what the line means.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.layers.keras_options import ACTIVATIONS, CONSTRAINTS, REGULARIZERS, Wrap, options, some

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


@st.composite
def convolutions(draw: Draw) -> Case:
    rank = draw(st.integers(1, 3))
    groups = draw(st.sampled_from([1, 1, 1, 2, 3]))
    filters, bias = groups * draw(st.integers(1, 4)) + draw(st.sampled_from([0, 0, 0, 0, 1])), draw(st.booleans())
    amount = padding(draw, rank, "valid", "same", "causal" if rank == 1 or draw(st.integers(0, 9)) == 0 else "same")
    given, (ours, theirs, wrap) = window(draw, rank), options(draw, "kernel", "bias", active=True, spectral=True)
    text = f"conv({said(filters=filters, **given, padding=amount, groups=groups, bias=bias, **ours)})"
    build = padded(
        "Conv", rank, amount, wrap, filters=filters, groups=groups, use_bias=bias, **keras_window(given), **theirs
    )  # fmt: skip
    entering = shape(draw, rank)
    return Case([(*entering[:-1], groups * entering[-1] if draw(st.integers(0, 9)) else entering[-1])], text, build)


@st.composite
def depthwise(draw: Draw) -> Case:
    rank, multiplier, bias = draw(st.integers(1, 2)), draw(st.integers(1, 3)), draw(st.booleans())
    amount, given = padding(draw, rank, "valid", "same"), window(draw, rank)
    ours, theirs, wrap = options(draw, "depthwise", "bias", active=True, spectral=True)
    text = f"depthwise_conv({said(**given, padding=amount, multiplier=multiplier, bias=bias, **ours)})"
    build = padded(
        "DepthwiseConv", rank, amount, wrap, depth_multiplier=multiplier, use_bias=bias, **keras_window(given), **theirs
    )  # fmt: skip
    return Case([shape(draw, rank)], text, build)


@st.composite
def separable(draw: Draw) -> Case:
    rank, multiplier, filters = draw(st.integers(1, 2)), draw(st.integers(1, 3)), draw(st.integers(1, 4))
    amount, given, bias = padding(draw, rank, "valid", "same"), window(draw, rank), draw(st.booleans())
    ours, theirs, _ = options(draw, "depthwise", "pointwise", "bias", active=True)
    text = f"separable_conv({said(filters=filters, **given, padding=amount, multiplier=multiplier, bias=bias, **ours)})"
    build = padded(
        "SeparableConv", rank, amount, filters=filters, depth_multiplier=multiplier, use_bias=bias, **keras_window(given),
        **theirs,
    )  # fmt: skip
    return Case([shape(draw, rank)], text, build)


@st.composite
def transposed(draw: Draw) -> Case:
    rank, filters, bias = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.booleans())
    amount, given = padding(draw, rank, "valid", "same", "same"), window(draw, rank)
    extra = {"output_padding": per_axis(draw, rank, 0, 3)} if draw(st.integers(0, 2)) == 0 else {}
    ours, theirs, wrap = options(draw, "kernel", "bias", active=True, spectral=True)
    text = f"conv_transpose({said(filters=filters, **given, padding=amount, bias=bias, **extra, **ours)})"

    def build(keras: Any, xs: list[Any]) -> Any:
        word = amount if isinstance(amount, str) else "valid"
        layer = getattr(keras.layers, f"Conv{rank}DTranspose")
        y = wrap(keras, layer(filters, padding=word, use_bias=bias, **keras_window(given), **extra, **theirs))(xs[0])
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


def rounded_up(n: int, kernel: int, stride: int, before: int, after: int) -> int:
    """Positions of a pool with ceil_mode, word for word as PyTorch computes them (pooling_output_shape)."""
    outputs = (n + before + after - (kernel - 1) - 1 + (stride - 1)) // stride + 1
    return outputs - 1 if (outputs - 1) * stride >= n + before else outputs


@st.composite
def ceil_pools(draw: Draw) -> Case:
    """Pools that round up: the maximum over minus infinity behind; the sum of a window by the cells that count."""
    rank, which = draw(st.integers(1, 3)), draw(st.sampled_from(["maxpool", "avgpool"]))
    kernel, stride = per_axis(draw, rank, 1, 4), per_axis(draw, rank, 1, 4)
    amount = draw(st.sampled_from(["valid", "valid", "same"])) if draw(st.booleans()) else numeric(draw, rank, 2)
    entering = shape(draw, rank)

    def build(keras: Any, xs: list[Any]) -> Any:
        if amount == "same":
            raise ValueError("PyTorch has no such pool")
        each = lambda value: value if isinstance(value, tuple) else (value,) * rank  # noqa: E731
        given = edges(0 if amount == "valid" else amount, rank)
        sides = given if rank > 1 else ((given, given) if isinstance(given, int) else given,)
        behind, wanted = [], []
        for n, k, s, (before, after) in zip(entering[:-1], each(kernel), each(stride), sides, strict=True):
            outputs = rounded_up(n, k, s, before, after)
            if outputs < 1:
                raise ValueError("no positions")
            wanted.append(outputs)
            behind.append((0, max(0, (outputs - 1) * s + k - n - before - after)))
        ops, hanging = keras.ops, ((0, 0), *behind, (0, 0))

        def pooled(x: Any, padding: float, over: float, name: str) -> Any:
            x = ops.pad(ops.pad(x, ((0, 0), *sides, (0, 0)), constant_values=padding), hanging, constant_values=over)
            y = getattr(keras.layers, f"{name}{rank}D")(kernel, stride)(x)
            return y[(slice(None), *[slice(0, n) for n in wanted])]  # not those that begin behind the input

        if which == "maxpool":
            return pooled(xs[0], float("-inf"), float("-inf"), "MaxPooling")
        return pooled(xs[0], 0, 0, "AveragePooling") / pooled(ops.ones_like(xs[0]), 1, 0, "AveragePooling")

    return Case([entering], f"{which}({said(kernel=kernel, stride=stride, padding=amount, ceil=True)})", build)


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
    ours, theirs, wrap = options(draw, "kernel", "bias", active=True, spectral=True)
    build = lambda keras, xs: wrap(keras, keras.layers.Dense(units, use_bias=bias, **theirs))(xs[0])  # noqa: E731
    return Case([shape(draw, draw(st.integers(0, 3)))], f"dense({said(units=units, bias=bias, **ours)})", build)


NORMS = {
    "bn": "BatchNormalization", "layer_norm": "LayerNormalization", "group_norm": "GroupNormalization", "softmax": "Softmax",
    "prelu": "PReLU", "rms_norm": "RMSNormalization", "unit_normalization": "UnitNormalization",
}  # fmt: skip
LEARNED = {
    "bn": ("beta", "gamma"), "layer_norm": ("beta", "gamma"), "group_norm": ("beta", "gamma"), "prelu": ("alpha",), "rms_norm": (),
}  # fmt: skip
SHARES = st.sampled_from([0, 0.5, 0.9, 1])


@st.composite
def norms(draw: Draw) -> Case:
    rank = draw(st.integers(0, 3))
    entering = shape(draw, rank, 6, 8)
    which = draw(st.sampled_from([*NORMS, *NORMS, "bn", "bn", "layer_norm"]))
    axis, axes = st.integers(-rank - 2, rank + 2), st.lists(st.integers(-rank - 1, rank + 1), min_size=1, max_size=3)
    given: dict[str, Any] = {}
    if which == "prelu":
        if draw(st.booleans()):
            given["shared_axes"] = tuple(draw(axes))
    elif draw(st.booleans()):
        one = which in ("bn", "group_norm", "rms_norm") or draw(st.booleans())
        given["axis"] = draw(axis) if one else tuple(draw(axes))
    if which in ("bn", "layer_norm", "group_norm"):
        given |= {"center": draw(st.booleans()), "scale": draw(st.booleans())}
    if which == "group_norm":
        given["groups"] = draw(st.integers(-1, 9))
    if which == "bn":
        given |= some(draw, momentum=SHARES, renorm=st.just(True), renorm_momentum=SHARES, synchronized=st.just(True))
    if which in ("bn", "layer_norm", "group_norm", "rms_norm"):
        given |= some(draw, epsilon=st.sampled_from([0.01, 1e-5, 0.5]))
    gathered = ("moving_mean", "moving_variance") if which == "bn" else ()
    ours, theirs, _ = options(draw, *LEARNED[which], gathered=gathered) if which in LEARNED else ({}, {}, None)
    meant = given | theirs
    if (
        which == "layer_norm"
        and isinstance(given.get("axis"), tuple)
        and all(-rank - 1 <= a <= rank + 1 for a in given["axis"])
    ):
        meant["axis"] = sorted(a % (rank + 2) for a in given["axis"])  # Keras mistakes (-1, 1) for (1, -1)
    build = lambda keras, xs: getattr(keras.layers, NORMS[which])(**meant)(xs[0])  # noqa: E731
    return Case([entering], f"{which}({said(**given, **ours)})", build)


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
    word = draw(st.sampled_from([*MERGES, "concat", "concat", "concat", "dot", "dot"]))
    names = ", ".join(f"x{i}" for i in range(count))
    if word == "concat":
        axis = draw(st.sampled_from([-1, -1, *range(-rank - 2, rank + 3)]))
        return Case(shapes, f"concat({names}, axis={axis})", lambda keras, xs: keras.layers.Concatenate(axis=axis)(xs))
    if word == "dot":
        axis = st.integers(-1, rank + 2)
        given = {"axes": draw(axis | st.tuples(axis, axis)), **some(draw, normalize=st.just(True))}
        return Case(shapes, f"dot({names}, {said(**given)})", lambda keras, xs: keras.layers.Dot(**given)(xs))
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


@st.composite
def slices(draw: Draw) -> Case:
    entering = shape(draw, draw(st.integers(0, 3)), 5, 9)
    begin, end = draw(st.integers(-10, 9)), draw(st.none() | st.integers(-10, 10))

    def build(keras: Any, xs: list[Any]) -> Any:
        first, last, _ = slice(begin, end).indices(entering[-1])
        asked = begin + entering[-1] * (begin < 0), entering[-1] if end is None else end + entering[-1] * (end < 0)
        if asked != (first, last) or first >= last:
            raise ValueError("Python would take other channels than were asked for, or none")
        return xs[0][..., begin:end]

    given = {"begin": begin} if end is None else {"begin": begin, "end": end}
    return Case([entering], f"slice({said(**given)})", build)


@st.composite
def branch_ends(draw: Draw) -> Case:
    """What stands at the end of a branch: layer_scale, stochastic_depth, dropouts."""
    entering = shape(draw, draw(st.integers(0, 3)), 5, 6)
    which = draw(st.sampled_from(["layer_scale", "stochastic_depth", "dropout", "alpha_dropout"]))
    rate, seed = draw(st.sampled_from([0, 0.1, 0.5, 0.9])), some(draw, seed=SEEDS)
    if which == "layer_scale":
        ours, theirs, _ = options(draw)
        penalty, projection = some(draw, regularizer=terms(REGULARIZERS)), some(draw, constraint=terms(CONSTRAINTS))

        def build(keras: Any, xs: list[Any]) -> Any:
            class Scale(keras.layers.Layer):  # type: ignore[misc]
                """keras.applications' LayerScale of ConvNeXt."""

                def build(self, shape: Any) -> None:
                    self.gamma = self.add_weight(
                        shape=(shape[-1],),
                        initializer=keras.initializers.Constant(rate),
                        regularizer=keras.regularizers.get(REGULARIZERS.get(penalty.get("regularizer"))),
                        constraint=keras.constraints.get(CONSTRAINTS.get(projection.get("constraint"))),
                    )

                def call(self, x: Any) -> Any:
                    return x * self.gamma

            return Scale(**theirs)(xs[0])

        return Case([entering], f"layer_scale({said(init=rate, **penalty, **projection, **ours)})", build)
    if which == "stochastic_depth":
        noise: Any = (None, *[1] * len(entering))
        build = lambda k, xs: k.layers.Dropout(rate, noise_shape=noise, **seed)(xs[0])  # noqa: E731
        return Case([entering], f"{which}({said(rate=rate, **seed)})", build)
    name, spread = (
        "Dropout" if which == "dropout" else "AlphaDropout",
        tuple(draw(st.sampled_from([1, n])) for n in entering),
    )
    return Case(
        [entering], f"{which}({said(rate=rate, noise_shape=spread, **seed)})",
        lambda k, xs: getattr(k.layers, name)(rate, noise_shape=(None, *spread), **seed)(xs[0]),
    )  # fmt: skip


@st.composite
def resizes(draw: Draw) -> Case:
    height, width = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    options = {
        "interpolation": draw(st.sampled_from(["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"])),
        **{
            name: True
            for name in ("antialias", "crop_to_aspect_ratio", "pad_to_aspect_ratio")
            if draw(st.integers(0, 3)) == 0
        },
        **some(draw, fill_value=st.sampled_from([0.5, -1])),
    }
    rank = draw(st.sampled_from([2, 2, 2, 2, 1, 3]))

    def build(keras: Any, xs: list[Any]) -> Any:
        if rank != 2:
            raise ValueError("not an image")
        return keras.layers.Resizing(height, width, **options)(xs[0])

    return Case([shape(draw, rank)], f"resize({said(height=height, width=width, **options)})", build)


@st.composite
def adaptive_pools(draw: Draw) -> Case:
    rank, which = draw(st.integers(1, 3)), draw(st.sampled_from(["avg", "max"]))
    wanted, entering = per_axis(draw, rank, 1, 5), shape(draw, rank)
    name = f"Adaptive{'Average' if which == 'avg' else 'Max'}Pooling{rank}D"

    def build(keras: Any, xs: list[Any]) -> Any:
        each = wanted if isinstance(wanted, tuple) else (wanted,) * rank
        if any(size > n for size, n in zip(each, entering[:-1], strict=True)):
            raise ValueError("more positions than there are")
        if set(each) == {1}:  # Keras's adaptive pool fails, or ends the process
            whole = "GlobalAveragePooling" if which == "avg" else "GlobalMaxPooling"
            return getattr(keras.layers, f"{whole}{rank}D")(keepdims=True)(xs[0])
        if 1 in each:
            raise ValueError("and here, too")
        return getattr(keras.layers, name)(wanted[0] if rank == 1 and isinstance(wanted, tuple) else wanted)(xs[0])

    return Case([entering], f"adaptive_{which}pool({said(size=wanted)})", build)


def terms(words: dict[str, Any]) -> Any:
    return st.sampled_from(sorted(words))


# Layers without weights whose arguments Keras calls as we do: its class, and what each argument may be. Those that are
# NEEDED are always given. Some values are out of range.
NUMBERS, SEEDS = st.sampled_from([0, 0.25, 0.5, 2, 6, -0.5]), st.integers(0, 9)
RATES = {"rate": st.sampled_from([0, 0.1, 0.5, 0.9, -0.5, 1.5]), "seed": SEEDS}
PLAIN: dict[str, tuple[str, dict[str, Any]]] = {
    "spatial_dropout": ("SpatialDropout{rank}D", RATES),
    "gaussian_dropout": ("GaussianDropout", RATES),
    "gaussian_noise": ("GaussianNoise", {"stddev": NUMBERS, "seed": SEEDS}),
    "relu": ("ReLU", {"max_value": NUMBERS, "negative_slope": NUMBERS, "threshold": NUMBERS}),
    "leaky_relu": ("LeakyReLU", {"negative_slope": NUMBERS}),
    "elu": ("ELU", {"alpha": NUMBERS}),
    "activity_regularization": ("ActivityRegularization", {"l1": NUMBERS, "l2": NUMBERS}),
    "repeat": ("RepeatVector", {"n": st.integers(0, 4)}),
    "identity": ("Identity", {}),
}
NEEDED = {"rate", "stddev", "n"}


@st.composite
def plain(draw: Draw) -> Case:
    which = draw(st.sampled_from(sorted(PLAIN)))
    rank = draw(st.sampled_from([0, 0, 0, 1] if which == "repeat" else [0, 1, 2, 3]))
    name, known = PLAIN[which]
    given = {n: draw(v) for n, v in known.items() if n in NEEDED}
    given |= some(draw, **{n: v for n, v in known.items() if n not in NEEDED})
    build = lambda keras, xs: getattr(keras.layers, name.format(rank=rank))(**given)(xs[0])  # noqa: E731
    return Case([shape(draw, rank, 5, 5)], f"{which}({said(**given)})" if given else which, build)


@st.composite
def activations(draw: Draw) -> Case:
    """Each as a word of its own and as an argument; relu and its kin as layers are in PLAIN."""
    word, entering = draw(st.sampled_from([*ACTIVATIONS, "glu", "glu"])), shape(draw, draw(st.integers(0, 3)), 5, 6)
    layer = {"leaky_relu": "LeakyReLU", "elu": "ELU"}.get(word)  # whose layers have other defaults, or their own class
    if draw(st.booleans()) or not layer:
        ours = f"activation({word})" if layer or draw(st.booleans()) else word
        build = lambda k, xs: k.ops.glu(xs[0]) if word == "glu" else k.layers.Activation(word)(xs[0])  # noqa: E731
    else:
        ours, build = word, lambda k, xs: getattr(k.layers, layer)()(xs[0])
    return Case([entering], ours, build)


@st.composite
def channelwise(draw: Draw) -> Case:
    """What has a figure for each channel, or deals channels out."""
    entering = shape(draw, draw(st.integers(0, 3)), 5, 6)
    channels = entering[-1]
    which = draw(st.sampled_from(["rescaling", "normalization", "channel_shuffle"]))
    if which == "channel_shuffle":
        groups = draw(st.integers(1, 4))

        def shuffled(keras: Any, xs: list[Any]) -> Any:
            if channels % groups:
                raise ValueError("the groups would not be of one size")
            size = channels // groups
            return keras.ops.take(xs[0], [g * size + i for i in range(size) for g in range(groups)], axis=-1)

        return Case([entering], f"channel_shuffle({groups})", shuffled)
    figures = st.lists(
        st.sampled_from([0.25, 1, 2, 3]), min_size=channels, max_size=channels + draw(st.sampled_from([0, 0, 1]))
    )
    if which == "rescaling":
        one = st.sampled_from([0.5, 2, -1])
        given = {"scale": draw(one | figures), **some(draw, offset=one | figures)}
    else:
        given = some(draw, mean=figures, variance=figures, invert=st.just(True))
    name = which.capitalize()
    return Case([entering], f"{which}({said(**given)})", lambda k, xs: getattr(k.layers, name)(**given)(xs[0]))


@st.composite
def embeddings(draw: Draw) -> Case:
    words, dim, rank = draw(st.integers(1, 9)), draw(st.integers(1, 4)), draw(st.integers(0, 2))
    ours, theirs, wrap = options(draw, "embeddings", spectral=True)
    masked = some(draw, mask_zero=st.just(True))
    build = lambda keras, xs: wrap(keras, keras.layers.Embedding(words, dim, **masked, **theirs))(xs[0])  # noqa: E731
    return Case([shape(draw, rank)], f"embedding({said(words=words, dim=dim, **masked, **ours)})", build, words)


FAMILIES = {
    "conv": convolutions(), "depthwise_conv": depthwise(), "separable_conv": separable(), "conv_transpose": transposed(),
    "pool": pools(), "ceil pool": ceil_pools(), "upsample": upsamples(), "pad and crop": edge_layers(), "global pool": global_pools(), "dense": dense(),
    "norm": norms(), "merge": merges(), "flatten, reshape, permute": moves(), "slice": slices(), "branch end": branch_ends(), "resize": resizes(),
    "adaptive pool": adaptive_pools(), "plain": plain(), "activation": activations(), "channelwise": channelwise(), "embedding": embeddings(),
}  # fmt: skip
