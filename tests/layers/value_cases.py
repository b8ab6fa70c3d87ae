"""Random layers that compute with values, channels and tensors; each as a line of the language and as a call of Keras."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.layers.keras_drawing import (
    SEEDS,
    Case,
    Draw,
    said,
    shape,
    size,
    terms,
)
from tests.layers.keras_options import ACTIVATIONS, CONSTRAINTS, REGULARIZERS, options, some


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
    word = draw(st.sampled_from([*MERGES, "divide", "concat", "concat", "concat", "dot", "dot", "matmul"]))
    names = ", ".join(f"x{i}" for i in range(count))
    if word == "concat":
        axis = draw(st.sampled_from([-1, -1, *range(-rank - 2, rank + 3)]))
        return Case(shapes, f"concat({names}, axis={axis})", lambda keras, xs: keras.layers.Concatenate(axis=axis)(xs))
    if word == "matmul":
        turned = [(*other[:-2], *other[-2:][::-1]) for other in shapes[1:]]  # rows meet columns
        return Case([first, *turned], f"matmul({names})", multiply_matrices)
    if word == "divide":
        return Case(shapes, f"divide({names})", divide)
    if word == "dot":
        axis = st.integers(-1, rank + 2)
        given = {"axes": draw(axis | st.tuples(axis, axis)), **some(draw, normalize=st.just(True))}
        return Case(shapes, f"dot({names}, {said(**given)})", lambda keras, xs: keras.layers.Dot(**given)(xs))
    return Case(shapes, f"{word}({names})", lambda keras, xs: getattr(keras.layers, MERGES[word])()(xs))


def multiply_matrices(keras: Any, xs: list[Any]) -> Any:
    if len(xs) != 2 or len(xs[0].shape) != len(xs[1].shape) or len(xs[0].shape) < 3:
        raise ValueError("two tensors are multiplied, of the same number of axes, two at least")
    return keras.ops.matmul(*xs)


def divide(keras: Any, xs: list[Any]) -> Any:
    if len(xs) != 2 or len(xs[0].shape) != len(xs[1].shape):
        raise ValueError("two tensors are divided, of the same number of axes")
    return keras.ops.divide(*xs)


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
def affines(draw: Draw, entering: tuple[int, ...]) -> Case:
    """Learned factors and offsets along some axes, as a Keras layer that multiplies and adds."""
    ours, theirs, _ = options(draw, "beta", "gamma")
    given: dict[str, Any] = some(draw, center=st.booleans())
    places = sorted(draw(st.sets(st.integers(0, len(entering) - 1), min_size=1)))
    if places != [len(entering) - 1]:
        given["axis"] = tuple(place + 1 for place in places)

    found: dict[str, dict[str, Any]] = {"gamma": {"initializer": "ones"}, "beta": {"initializer": "zeros"}}
    for name in [name for name in theirs if name != "trainable"]:
        weight, _, term = name.partition("_")
        found[weight][term] = theirs.pop(name)

    def build(keras: Any, xs: list[Any]) -> Any:
        class Affine(keras.layers.Layer):  # type: ignore[misc]
            def build(self, shape: Any) -> None:
                own = [n if place in places else 1 for place, n in enumerate(shape[1:])]
                self.gamma = self.add_weight(shape=[entering[place] for place in places], **found["gamma"])
                self.beta = None
                if given.get("center", True):
                    self.beta = self.add_weight(shape=own[places[0] :], **found["beta"])

            def call(self, x: Any) -> Any:
                own = [n if place in places else 1 for place, n in enumerate(entering)]
                scaled = x * keras.ops.reshape(self.gamma, own)
                return scaled if self.beta is None else scaled + self.beta

        return Affine(**theirs)(xs[0])

    return Case([entering], f"affine({said(**given, **ours)})", build)


@st.composite
def branch_ends(draw: Draw) -> Case:
    """What stands at the end of a branch: layer_scale, affine, stochastic_depth, dropouts."""
    entering = shape(draw, draw(st.integers(0, 3)), 5, 6)
    which = draw(st.sampled_from(["layer_scale", "affine", "stochastic_depth", "dropout", "alpha_dropout"]))
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
    if which == "affine":
        return draw(affines(entering))
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


# Layers without weights whose arguments Keras calls as we do: its class, and what each argument may be. Those that are
# NEEDED are always given. Some values are out of range.
NUMBERS = st.sampled_from([0, 0.25, 0.5, 2, 6, -0.5])


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
