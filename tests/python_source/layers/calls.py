"""Calls of Keras layers, made by chance: text such as Conv2D(4, (3, 2), strides=2)(x), and the shape of x."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

SIZES = st.sampled_from([1, 1, 2, 2, 3, 3, 4, 5, 7, 0, -1])
COUNTS = st.sampled_from([1, 2, 3, 4, 6, 6, 8, 0])
FLAGS = st.booleans()
ACTIVATIONS = st.sampled_from([None, "relu", "softmax", "gelu", "swish", "leaky_relu", "Relu", "linear"])


def per_axis(rank: int) -> st.SearchStrategy[Any]:
    return st.one_of(SIZES, st.tuples(*[SIZES] * rank), st.lists(SIZES, min_size=rank, max_size=rank), st.tuples(SIZES))


def sides(rank: int) -> st.SearchStrategy[Any]:
    amounts = st.integers(0, 3)
    pairs = st.tuples(*[st.tuples(amounts, amounts)] * rank) if rank > 1 else st.tuples(amounts, amounts)
    return st.one_of(amounts, st.tuples(*[amounts] * rank), pairs) if rank > 1 else st.one_of(amounts, pairs)


def axes() -> st.SearchStrategy[Any]:
    return st.one_of(st.integers(-4, 4), st.lists(st.integers(-3, 4), min_size=1, max_size=2))


PADDINGS = st.sampled_from(["valid", "same", "SAME", "causal", "full"])
RATES = st.sampled_from([0, 0.2, 0.5, 1, 1.5, -1])
CONV = {"strides": 0, "padding": PADDINGS, "dilation_rate": 0, "activation": ACTIVATIONS, "use_bias": FLAGS}
GROUPED = {**CONV, "groups": st.sampled_from([1, 1, 2, 3])}
POOL = {"strides": 0, "padding": PADDINGS}
DIVIDED = {"depth_multiplier": st.integers(0, 2)}
NORM = {"axis": axes(), "center": FLAGS, "scale": FLAGS, "epsilon": st.sampled_from([1e-3, 1e-5])}

# Class, without the number of axes where it has one → the arguments that it needs, and those that it may be given; 0 stands
# for a number for each axis.
RANKED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "AveragePooling": ({"pool_size": 0}, POOL),
    "Conv": ({"filters": COUNTS, "kernel_size": 0}, GROUPED),
    "Conv?Transpose": ({"filters": COUNTS, "kernel_size": 0}, {**CONV, "output_padding": st.sampled_from([None, 0, 1, 2])}),
    "Cropping": ({}, {"cropping": sides}),
    "DepthwiseConv": ({"kernel_size": 0}, {**CONV, **DIVIDED}),
    "GlobalAveragePooling": ({}, {"keepdims": FLAGS}),
    "GlobalMaxPooling": ({}, {"keepdims": FLAGS}),
    "MaxPooling": ({}, {"pool_size": 0, **POOL}),
    "SeparableConv": ({"filters": COUNTS, "kernel_size": 0}, {**CONV, **DIVIDED}),
    "SpatialDropout": ({"rate": RATES}, {}),
    "UpSampling": ({}, {"size": 0}),
    "ZeroPadding": ({}, {"padding": sides}),
}  # fmt: skip
PLAIN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "Activation": ({"activation": ACTIVATIONS}, {}),
    "AlphaDropout": ({"rate": RATES}, {}),
    "BatchNormalization": ({}, {**NORM, "axis": st.integers(-4, 4), "momentum": st.sampled_from([0.9, 0.99])}),
    "Dense": ({"units": COUNTS}, {"activation": ACTIVATIONS, "use_bias": FLAGS, "kernel_regularizer": st.sampled_from(["l2", None, "l3"])}),
    "Dropout": ({"rate": RATES}, {}),
    "ELU": ({}, {"alpha": st.sampled_from([0.5, 1.0])}),
    "Embedding": ({"input_dim": COUNTS, "output_dim": COUNTS}, {"mask_zero": FLAGS, "input_length": st.just(3)}),
    "Flatten": ({}, {}),
    "GaussianNoise": ({"stddev": RATES}, {}),
    "GroupNormalization": ({}, {**NORM, "groups": st.sampled_from([1, 2, 3, -1, 32]), "axis": st.integers(-2, 3)}),
    "Identity": ({}, {}),
    "LayerNormalization": ({}, NORM),
    "LeakyReLU": ({}, {"negative_slope": st.sampled_from([0.1, 0.3, -1])}),
    "PReLU": ({}, {"shared_axes": st.lists(st.integers(0, 4), min_size=1, max_size=2)}),
    "Permute": ({"dims": st.sampled_from([(1,), (2, 1), (3, 1, 2), (1, 3, 2), (0, 1), (1, 1)])}, {}),
    "ReLU": ({}, {"max_value": st.sampled_from([None, 6.0]), "negative_slope": st.sampled_from([0.0, 0.1])}),
    "RMSNormalization": ({}, {"axis": axes()}),
    "RandomCrop": ({"height": st.integers(1, 9), "width": st.integers(1, 9)}, {}),
    "RandomFlip": ({}, {"mode": st.just("horizontal")}),
    "RepeatVector": ({"n": COUNTS}, {}),
    "Rescaling": ({"scale": st.sampled_from([0.5, 1 / 255])}, {"offset": st.sampled_from([0.0, -1.0])}),
    "Reshape": ({"target_shape": st.sampled_from([(-1,), (-1, 3), (6, -1), (36,), (3, 3, -1), (-1, -1), [2, 18], (0, 3)])}, {}),
    "Resizing": ({"height": st.integers(1, 9), "width": st.integers(1, 9)}, {"interpolation": st.sampled_from(["nearest", "bilinear", "bicubic"])}),
    "Softmax": ({}, {"axis": st.integers(-3, 4)}),
    "UnitNormalization": ({}, {"axis": axes()}),
}  # fmt: skip
MERGES = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot")
SECOND = (
    "x",
    "Dense(2)(x)",
    "Dense(1)(x)",
    "Flatten()(x)",
    "MaxPooling2D()(x)",
    "GlobalAveragePooling2D(keepdims=True)(x)",
)


@st.composite
def layer_calls(draw: st.DrawFn) -> tuple[str, tuple[int | None, ...]]:
    """A call of a layer on x, and the shape of x without the batch: 1 to 4 sizes, of which some may not be known."""
    names = (*RANKED, *PLAIN, *MERGES)
    name = draw(st.sampled_from(names))
    if name in RANKED:
        rank = draw(st.integers(1, 3))
        needed, options = RANKED[name]
        name = name.replace("?", f"{rank}D") if "?" in name else f"{name}{rank}D"
    else:
        rank = draw(st.integers(0, 3))
        needed, options = PLAIN.get(name, ({}, {}))
    rank = draw(st.integers(0, 3)) if draw(st.integers(0, 9)) == 0 else rank
    sizes = st.sampled_from([3, 4, 6, 6, 7, 9]) if draw(st.integers(0, 3)) else st.sampled_from([6, None])
    shape = (*[draw(sizes) for _ in range(rank)], draw(st.sampled_from([1, 2, 3, 4, 6])))
    if name in MERGES:
        second = draw(st.sampled_from(SECOND))
        third = ", x" if draw(st.integers(0, 4)) == 0 else ""
        inner = {"Concatenate": f"axis={draw(st.integers(-3, 3))}", "Dot": f"axes={draw(st.integers(-2, 3))}"}.get(
            name, ""
        )
        return f"{name}({inner})([x, {second}{third}])", shape
    chosen = {key: value for key, value in options.items() if draw(st.integers(0, 2)) == 0}
    own = int(next((letter for letter in name if letter.isdigit()), "0"))
    given = [f"{key}={draw(fill(value, own))!r}" for key, value in {**needed, **chosen}.items()]
    return f"{name}({', '.join(given)})(x)", shape


def fill(value: Any, rank: int) -> st.SearchStrategy[Any]:
    if value == 0:
        return per_axis(rank)
    found: st.SearchStrategy[Any] = value(rank) if callable(value) else value
    return found
