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


Wrap = Callable[[Any, Any], Any]


def kept(draw: Draw, spectral: bool = True) -> tuple[dict[str, Any], dict[str, Any], Wrap]:
    """Whether the weights are frozen, whether the kernel is normalised: as we say it, and as Keras does."""
    frozen = draw(st.integers(0, 3)) == 0
    iterations = draw(st.integers(1, 3)) if spectral and draw(st.integers(0, 3)) == 0 else None
    ours: dict[str, Any] = {"trainable": False} if frozen else {}
    theirs = dict(ours)
    if iterations is None:
        return ours, theirs, lambda keras, layer: layer
    ours["spectral_norm"] = iterations
    return ours, theirs, lambda keras, layer: keras.layers.SpectralNormalization(layer, power_iterations=iterations)


KERAS = {"kernel": "kernel_size", "stride": "strides", "dilation": "dilation_rate"}


def keras_window(given: dict[str, Any]) -> dict[str, Any]:
    return {KERAS[name]: value for name, value in given.items()}


@st.composite
def convolutions(draw: Draw) -> Case:
    rank = draw(st.integers(1, 3))
    groups = draw(st.sampled_from([1, 1, 1, 2, 3]))
    filters, bias = groups * draw(st.integers(1, 4)) + draw(st.sampled_from([0, 0, 0, 0, 1])), draw(st.booleans())
    amount = padding(draw, rank, "valid", "same", "causal" if rank == 1 or draw(st.integers(0, 9)) == 0 else "same")
    given, (ours, theirs, wrap) = window(draw, rank), kept(draw)
    text = f"conv({said(filters=filters, **given, padding=amount, groups=groups, bias=bias, **ours)})"
    build = padded(
        "Conv", rank, amount, wrap, filters=filters, groups=groups, use_bias=bias, **keras_window(given), **theirs
    )  # fmt: skip
    entering = shape(draw, rank)
    return Case([(*entering[:-1], groups * entering[-1] if draw(st.integers(0, 9)) else entering[-1])], text, build)


@st.composite
def depthwise(draw: Draw) -> Case:
    rank, multiplier, bias = draw(st.integers(1, 2)), draw(st.integers(1, 3)), draw(st.booleans())
    amount, given, (ours, theirs, wrap) = padding(draw, rank, "valid", "same"), window(draw, rank), kept(draw)
    text = f"depthwise_conv({said(**given, padding=amount, multiplier=multiplier, bias=bias, **ours)})"
    build = padded(
        "DepthwiseConv", rank, amount, wrap, depth_multiplier=multiplier, use_bias=bias, **keras_window(given), **theirs
    )  # fmt: skip
    return Case([shape(draw, rank)], text, build)


@st.composite
def separable(draw: Draw) -> Case:
    rank, multiplier, filters = draw(st.integers(1, 2)), draw(st.integers(1, 3)), draw(st.integers(1, 4))
    amount, given, bias = padding(draw, rank, "valid", "same"), window(draw, rank), draw(st.booleans())
    frozen, _, _ = kept(draw, spectral=False)
    text = (
        f"separable_conv({said(filters=filters, **given, padding=amount, multiplier=multiplier, bias=bias, **frozen)})"
    )
    build = padded(
        "SeparableConv", rank, amount, filters=filters, depth_multiplier=multiplier, use_bias=bias, **keras_window(given),
        **frozen,
    )  # fmt: skip
    return Case([shape(draw, rank)], text, build)


@st.composite
def transposed(draw: Draw) -> Case:
    rank, filters, bias = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.booleans())
    amount, given = padding(draw, rank, "valid", "same", "same"), window(draw, rank)
    extra = {"output_padding": per_axis(draw, rank, 0, 3)} if draw(st.integers(0, 2)) == 0 else {}
    ours, theirs, wrap = kept(draw)
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
    units, bias, (ours, theirs, wrap) = draw(st.integers(1, 5)), draw(st.booleans()), kept(draw)
    build = lambda keras, xs: wrap(keras, keras.layers.Dense(units, use_bias=bias, **theirs))(xs[0])  # noqa: E731
    return Case([shape(draw, draw(st.integers(0, 3)))], f"dense({said(units=units, bias=bias, **ours)})", build)


NORMS = {
    "bn": "BatchNormalization", "layer_norm": "LayerNormalization", "group_norm": "GroupNormalization", "softmax": "Softmax",
    "prelu": "PReLU", "rms_norm": "RMSNormalization", "unit_normalization": "UnitNormalization",
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
        one = which in ("bn", "group_norm", "rms_norm") or draw(st.booleans())
        given["axis"] = draw(axis) if one else tuple(draw(axes))
    if which in ("bn", "layer_norm", "group_norm"):
        given |= {"center": draw(st.booleans()), "scale": draw(st.booleans())}
    if which == "group_norm":
        given["groups"] = draw(st.integers(-1, 9))
    if which == "bn" and draw(st.integers(0, 3)) == 0:
        given |= {"renorm": True, "synchronized": True}
    if which not in ("softmax", "unit_normalization"):
        given |= kept(draw, spectral=False)[0]
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
    """What stands at the end of a branch: layer_scale, stochastic_depth, dropouts, a penalty."""
    entering = shape(draw, draw(st.integers(0, 3)), 5, 6)
    which = draw(
        st.sampled_from(["layer_scale", "stochastic_depth", "dropout", "alpha_dropout", "activity_regularization"])
    )
    rate = draw(st.sampled_from([0, 0.1, 0.5, 0.9]))
    if which == "layer_scale":
        ours, theirs, _ = kept(draw, spectral=False)

        def build(keras: Any, xs: list[Any]) -> Any:
            class Scale(keras.layers.Layer):  # type: ignore[misc]
                """keras.applications' LayerScale of ConvNeXt."""

                def build(self, shape: Any) -> None:
                    self.gamma = self.add_weight(shape=(shape[-1],), initializer="ones")

                def call(self, x: Any) -> Any:
                    return x * self.gamma

            return Scale(**theirs)(xs[0])

        return Case([entering], f"layer_scale({said(init=rate, **ours)})", build)
    if which == "activity_regularization":
        return Case([entering], f"{which}(l2={rate})", lambda k, xs: k.layers.ActivityRegularization(l2=rate)(xs[0]))
    if which == "stochastic_depth":
        noise: Any = (None, *[1] * len(entering))
        return Case([entering], f"{which}({rate})", lambda k, xs: k.layers.Dropout(rate, noise_shape=noise)(xs[0]))
    name, spread = (
        "Dropout" if which == "dropout" else "AlphaDropout",
        tuple(draw(st.sampled_from([1, n])) for n in entering),
    )
    return Case(
        [entering], f"{which}({said(rate=rate, noise_shape=spread)})",
        lambda k, xs: getattr(k.layers, name)(rate, noise_shape=(None, *spread))(xs[0]),
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
        if which == "max" and set(each) == {1}:  # Keras's adaptive pool would end the process
            return getattr(keras.layers, f"GlobalMaxPooling{rank}D")(keepdims=True)(xs[0])
        if which == "max" and each[-1] == 1:
            raise ValueError("and here, too")
        return getattr(keras.layers, name)(wanted[0] if rank == 1 and isinstance(wanted, tuple) else wanted)(xs[0])

    return Case([entering], f"adaptive_{which}pool({said(size=wanted)})", build)


FAMILIES = {
    "conv": convolutions(), "depthwise_conv": depthwise(), "separable_conv": separable(), "conv_transpose": transposed(),
    "pool": pools(), "ceil pool": ceil_pools(), "upsample": upsamples(), "pad and crop": edge_layers(), "global pool": global_pools(), "dense": dense(),
    "norm": norms(), "merge": merges(), "flatten, reshape, permute": moves(), "slice": slices(), "branch end": branch_ends(), "resize": resizes(),
    "adaptive pool": adaptive_pools(),
}  # fmt: skip
