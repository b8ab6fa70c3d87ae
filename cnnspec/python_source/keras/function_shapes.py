"""The shapes that functions of TensorFlow, keras.ops and keras.backend give which are no operation of the tables, by their names."""

from __future__ import annotations

from cnnspec.python_source.keras.arguments import read_signature
from cnnspec.python_source.keras.function_rules import (
    NoShape,
    broadcast,
    choose,
    colour,
    convolve,
    cut,
    double,
    encode,
    find_largest,
    fold,
    move,
    multiply,
    part,
    pool,
    read_shape,
    shrink,
    shrink_twice,
    spread,
    sum_as_einstein,
    swap,
    take,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from cnnspec.layers.base import Shape

    Given = Mapping[str, Any]


def find_function_shapes(name: str, arguments: Sequence[Any], keywords: Given) -> Shape | list[Shape] | None:
    """What the function of this full name gives; None where that is not known."""
    try:
        if name in EINSUMS:
            return sum_as_einstein(arguments)
        if name in KEEPING:
            return read_shape(arguments[0]) if arguments else None
        return apply_rule(name, arguments, keywords) if name in FUNCTIONS else None
    except NoShape:
        return None


def has_rule(name: str) -> bool:
    return name in FUNCTIONS or name in KEEPING or name in EINSUMS


def apply_rule(name: str, arguments: Sequence[Any], keywords: Given) -> Shape | list[Shape] | None:
    text, rule = FUNCTIONS[name]
    signature = read_signature(text)
    bound = {**signature.defaults, **dict(zip(signature.positional, arguments, strict=False)), **keywords}
    if len(arguments) > len(signature.positional) or bound.keys() != set(signature.positional):
        return None
    return rule({key: bound[key] for key in signature.positional})


# ---- the tables ----
EINSUMS = ("tensorflow.einsum", "tensorflow.linalg.einsum", "keras.ops.einsum")
KEEPING = {
    *[
        f"tensorflow.{name}"
        for name in (
            "math.log1p", "math.erf", "math.expm1", "math.sign", "sign", "math.reciprocal", "math.negative", "math.sin",
            "math.cos", "math.atan", "math.floor", "math.ceil", "math.round", "math.rsqrt", "nn.lrn",
            "nn.local_response_normalization", "nn.dropout", "nn.bias_add", "image.per_image_standardization", "reverse",
            "math.cumsum", "cumsum", "sort", "image.adjust_contrast", "image.adjust_brightness", "image.flip_up_down",
            "math.logical_not",
        )
    ],
    *[
        f"keras.ops.{name}"
        for name in (
            "log1p", "erf", "expm1", "tan", "arctan", "full_like", "ceil", "sort", "argsort", "isnan", "logical_not", "cumprod",
        )
    ],
}  # fmt: skip
REDUCED = "x, axis=None, keepdims=False"
POOLED = "input, size, strides=None, padding='valid', data_format=None"
SLID = "input, kernel, strides=None, padding=None, data_format=None, dilations=None"
FUNCTIONS: dict[str, tuple[str, Callable[[Given], Shape | list[Shape] | None]]] = {
    **{
        f"tensorflow.{name}": ("x, axis=0, output_type=None, keepdims=False", shrink)
        for name in ("argmax", "argmin", "math.argmax", "math.argmin")
    },
    **{
        f"tensorflow.{name}": (REDUCED, shrink)
        for name in (
            "reduce_prod", "math.reduce_prod", "math.reduce_euclidean_norm", "reduce_logsumexp", "math.reduce_logsumexp",
            "reduce_any", "reduce_all", "math.reduce_any", "math.reduce_all",
        )
    },
    **{f"keras.ops.{name}": (REDUCED, shrink) for name in ("argmin", "logsumexp", "prod", "any", "all", "median")},
    "tensorflow.norm": ("x, ord='euclidean', axis=None, keepdims=False", shrink),
    "tensorflow.nn.moments": ("x, axis, shift=None, keepdims=False", shrink_twice),
    "tensorflow.one_hot": ("indices, depth, on_value=None, off_value=None, axis=-1", encode),
    "keras.ops.one_hot": ("x, depth, axis=-1, dtype=None, sparse=False", encode),
    "tensorflow.gather": ("params, indices, validate_indices=None, axis=0", take),
    "keras.ops.take": ("x, indices, axis=None", take),
    **{f"{name}.where": ("condition, x, y", choose) for name in ("tensorflow", "keras.ops")},
    **{
        f"tensorflow.nn.{name}": ("input, size, strides, padding, data_format=None", pool)
        for name in ("avg_pool", "avg_pool2d", "max_pool", "max_pool2d")
    },
    **{f"keras.ops.{name}": (POOLED, pool) for name in ("average_pool", "max_pool")},
    "keras.backend.pool2d": ("input, size, strides=(1, 1), padding='valid', data_format=None, pool_mode='max'", pool),
    "tensorflow.nn.conv2d": (SLID, convolve),
    "tensorflow.nn.depthwise_conv2d": (SLID, lambda given: convolve(given, depthwise=True)),
    "tensorflow.nn.depth_to_space": ("x, size", spread),
    "tensorflow.nn.space_to_depth": ("x, size", fold),
    "tensorflow.image.extract_patches": ("input, sizes, strides, rates, padding", cut),
    "tensorflow.image.grayscale_to_rgb": ("x", colour),
    "keras.ops.swapaxes": ("x, axis1, axis2", swap),
    "keras.ops.moveaxis": ("x, source, destination", move),
    **{f"{name}.broadcast_to": ("x, shape", broadcast) for name in ("tensorflow", "keras.ops")},
    "tensorflow.split": ("x, sizes, axis=0, num=None", part),
    "tensorflow.nn.crelu": ("x, axis=-1", double),
    "tensorflow.math.top_k": ("x, k=1, sorted=True", find_largest),
    "tensorflow.nn.top_k": ("x, k=1, sorted=True", find_largest),
    "keras.ops.top_k": ("x, k, sorted=True", find_largest),
    "tensorflow.matmul": ("a, b, transpose_a=False, transpose_b=False", multiply),
    "tensorflow.linalg.matmul": ("a, b, transpose_a=False, transpose_b=False", multiply),
}  # fmt: skip
