"""Random layers that slide, paint, repeat or cut along axes; each as a line of the language and as a call of Keras."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.layers.keras_drawing import (
    Case,
    Draw,
    edges,
    keras_window,
    numeric,
    padded,
    padding,
    per_axis,
    said,
    shape,
    size,
    window,
)
from tests.layers.keras_options import options, some


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
    counts = which == "maxpool" or draw(st.booleans())

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
        return pooled(xs[0], 0, 0, "AveragePooling") / pooled(ops.ones_like(xs[0]), int(counts), 0, "AveragePooling")

    more = {} if counts else {"count_padding": False}
    return Case([entering], f"{which}({said(kernel=kernel, stride=stride, padding=amount, ceil=True, **more)})", build)


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
    entering = shape(draw, rank)
    modes = ["zeros", "zeros", "constant", "reflect", "symmetric"]
    mode = draw(st.sampled_from(modes)) if which == "pad" else "zeros"
    value = draw(st.sampled_from([1, -0.5])) if mode == "constant" else 0
    ends = (
        draw(st.sampled_from([(0, 0), (0, 0), (1, 2)])) if which == "pad" and mode in ("zeros", "constant") else (0, 0)
    )

    def build(keras: Any, xs: list[Any]) -> Any:
        if mode != "zeros" or ends != (0, 0):
            given = edges(amount, rank) if rank > 1 else (edges(amount, rank),)
            sides = [
                (a, a) if isinstance(a, int) else a for a in (given if isinstance(given, tuple) else (given,) * rank)
            ]
            mirrors = mode in ("reflect", "symmetric")
            two_sides = rank == 1 and isinstance(amount, tuple) and len(amount) == 2 and isinstance(amount[0], int)
            other_axes = isinstance(amount, tuple) and len(amount) != rank and not two_sides
            room = xs[0].shape[1:-1]  # None for a size that is not known
            if other_axes or len(sides) != rank or any([
                mirrors and n is not None and max(s) > n - (mode == "reflect") for s, n in zip(sides, room, strict=False)
            ]):  # fmt: skip
                raise ValueError("there are other axes, or there is not as much to mirror")
            number = {} if mirrors else {"constant_values": value}
            return keras.ops.pad(xs[0], ((0, 0), *sides, ends), mode=mode if mirrors else "constant", **number)
        fitting = amount if isinstance(amount, tuple) and len(amount) != rank else edges(amount, rank)
        return getattr(keras.layers, f"{'ZeroPadding' if which == 'pad' else 'Cropping'}{rank}D")(fitting)(xs[0])

    more = {"mode": mode if mode != "zeros" else None, "value": value or None, "channels": ends if any(ends) else None}
    written = "".join([f", {name}={shown}" for name, shown in more.items() if shown is not None])
    return Case([entering], f"{which}({size(amount)}{written})", build)


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
        if any(n is not None and size > n for size, n in zip(each, xs[0].shape[1:-1], strict=True)):
            raise ValueError("more positions than there are")
        if set(each) == {1}:  # Keras's adaptive pool fails, or ends the process
            whole = "GlobalAveragePooling" if which == "avg" else "GlobalMaxPooling"
            return getattr(keras.layers, f"{whole}{rank}D")(keepdims=True)(xs[0])
        if 1 in each:
            raise ValueError("and here, too")
        return getattr(keras.layers, name)(wanted[0] if rank == 1 and isinstance(wanted, tuple) else wanted)(xs[0])

    return Case([entering], f"adaptive_{which}pool({said(size=wanted)})", build)
