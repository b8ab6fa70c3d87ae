"""Every argument of every layer: a value for it, and what the config of the Keras layer must then show."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from cnnspec.layers import CATALOGUE, find
from cnnspec.layers.base import Layer

HE = {"class_name": "HeNormal", "config": {"seed": 3}}


L2 = {"class_name": "L2", "config": {"l2": 0.25}}


L1 = {"class_name": "L1", "config": {"l1": 0.5}}


NORM = {"class_name": "MaxNorm", "config": {"max_value": 3, "axis": 0}}


def terms(weight: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """The three terms of one weight, with other values than any other term here has by default."""
    return {
        f"{weight}_initializer": ("he_normal(seed=3)", {f"{weight}_initializer": HE}),
        f"{weight}_regularizer": ("l2(0.25)", {f"{weight}_regularizer": L2}),
        f"{weight}_constraint": ("max_norm(3)", {f"{weight}_constraint": NORM}),
    }


def values(name: str, drawn: tuple[int, ...], order: tuple[int, ...]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Numbers of a weight: as they are drawn, and as Keras has them, the axes of the drawing in another order."""
    rows = np.arange(prod(drawn), dtype="float64").reshape(drawn)
    array = {"class_name": "__numpy__", "config": {"value": rows.transpose(order).tolist(), "dtype": "float64"}}
    constant = {"class_name": "Constant", "config": {"value": array}}
    return {f"{name}_values": (str(rows.astype(int).tolist()), {f"{name}_initializer": constant})}


# Of every layer: a spec with {} where the argument goes, and for each argument the value written and what the config
# of the Keras layer must then show. A config is of the layer proper, or of its helper for the keys "helper:…".
FREEZING: dict[str, tuple[str, dict[str, Any]]] = {"trainable": ("false", {"trainable": False})}


ACTIVE = {
    "activation": ("tanh", {"activation": "tanh"}),
    "bias": ("false", {"use_bias": False}),
    "activity_regularizer": ("l1(0.5)", {"activity_regularizer": L1}),
    **terms("bias"),
    **FREEZING,
}


SPECTRAL = {"spectral_norm": ("2", {"power_iterations": 2})}


NORMAL = {
    **FREEZING,
    "epsilon": ("0.01", {"epsilon": 0.01}),
    "center": ("false", {"center": False}),
    "scale": ("false", {"scale": False}),
    **terms("beta"),
    **terms("gamma"),
}


WINDOW = {
    "kernel": ("4x2", {"kernel_size": (4, 2)}),
    "stride": ("2", {"strides": (2, 2)}),
    "padding": ("1x2", {"helper:padding": ((1, 1), (2, 2)), "padding": "valid"}),
    "dilation": ("2x3", {"dilation_rate": (2, 3)}),
}


POOL = {
    "kernel": ("4x3", {"pool_size": (4, 3), "strides": (4, 3)}),
    "stride": ("1x3", {"strides": (1, 3)}),
    "padding": ("same", {"padding": "same"}),
}


DROP = {"rate": ("0.25", {"rate": 0.25}), "seed": ("5", {"seed": 5})}


REFUSED: dict[str, Any] = {"refused": True}  # what Keras has no word for
NONE: dict[str, tuple[str, dict[str, Any]]] = {}
REDUCED: dict[str, tuple[str, dict[str, Any]]] = {
    "axis": ("(1, 2)", {"shape": (4,)}), "keepdims": ("true", {"shape": (1, 5, 4)}),
}  # fmt: skip


VALUES: dict[str, tuple[str, dict[str, tuple[str, dict[str, Any]]]]] = {
    "Conv": ("input 13x12x4\nconv(filters=6, kernel=3, {})", {
        **WINDOW, **ACTIVE, **SPECTRAL, **terms("kernel"), "filters": ("10", {"filters": 10}), "groups": ("2", {"groups": 2}),
        **values("kernel", (6, 4, 3, 3), (2, 3, 1, 0)), **values("bias", (6,), (0,)),
        "standardized": ("true", REFUSED), "gain": ("true", REFUSED),
    }),
    "DepthwiseConv": ("input 13x12x4\ndepthwise_conv(kernel=3, {})", {
        **WINDOW, **ACTIVE, **SPECTRAL, **terms("depthwise"), "multiplier": ("3", {"depth_multiplier": 3}),
        **values("depthwise", (4, 1, 3, 3), (2, 3, 0, 1)), **values("bias", (4,), (0,)),
    }),
    "SeparableConv": ("input 13x12x4\nseparable_conv(filters=6, kernel=3, {})", {
        **WINDOW, **ACTIVE, **terms("depthwise"), **terms("pointwise"),
        "filters": ("10", {"filters": 10}), "multiplier": ("3", {"depth_multiplier": 3}),
        **values("depthwise", (4, 1, 3, 3), (2, 3, 0, 1)), **values("pointwise", (6, 4, 1, 1), (2, 3, 1, 0)),
        **values("bias", (6,), (0,)),
    }),
    "ConvTranspose": ("input 13x12x4\nconv_transpose(filters=6, kernel=3, {})", {
        **WINDOW, **ACTIVE, **SPECTRAL, **terms("kernel"), "filters": ("10", {"filters": 10}),
        "stride": ("2x3", {"strides": (2, 3)}),
        "padding": ("1x2", {"helper:cropping": ((1, 1), (2, 2)), "padding": "valid"}),
        "output_padding": ("1, stride=2", {"output_padding": (1, 1)}), "groups": ("2", REFUSED),
        **values("kernel", (6, 4, 3, 3), (2, 3, 0, 1)), **values("bias", (6,), (0,)),
    }),
    "Dense": ("input 9\ndense(units=4, {})", {
        **ACTIVE, **SPECTRAL, **terms("kernel"), "units": ("7", {"units": 7}), **values("kernel", (4, 9), (1, 0)),
        **values("bias", (4,), (0,)),
    }),
    "MaxPool": ("input 13x12x4\nmaxpool({})", {
        **POOL, "ceil": ("true", {"shape": (7, 6, 4)}), "dilation": ("2", REFUSED),
    }),
    "AvgPool": ("input 13x12x4\navgpool({})", {
        **POOL, "ceil": ("true", {"padding": "same"}),
        "count_padding": ("false, padding=1, stride=1, kernel=3", {"padding": "same"}),
    }),
    "GlobalAvgPool": ("input 13x12x4\ngap({})", {"keepdims": ("true", {"keepdims": True})}),
    "GlobalMaxPool": ("input 13x12x4\ngmp({})", {"keepdims": ("true", {"keepdims": True})}),
    "BatchNorm": ("input 6x5x4\nbn({})", {
        **NORMAL, "axis": ("1", {"axis": 1}), "momentum": ("0.5", {"momentum": 0.5}),
        "moving_mean_initializer": ("he_normal(seed=3)", {"moving_mean_initializer": HE}),
        "moving_variance_initializer": ("he_normal(seed=3)", {"moving_variance_initializer": HE}),
        "synchronized": ("true", {"synchronized": True}), "renorm": ("true", {"renorm": True}),
        "renorm_momentum": ("0.5", {"renorm_momentum": 0.5}), **values("beta", (4,), (0,)), **values("gamma", (4,), (0,)),
        **values("moving_mean", (4,), (0,)), **values("moving_variance", (4,), (0,)),
    }),
    "LayerNorm": ("input 6x5x4\nlayer_norm({})", {
        **NORMAL, "axis": ("(1, 3)", {"axis": (1, 3)}), **values("beta", (4,), (0,)), **values("gamma", (4,), (0,)),
    }),
    "GroupNorm": ("input 6x5x32\ngroup_norm({})", {
        **NORMAL, **values("beta", (32,), (0,)), **values("gamma", (32,), (0,)), "groups": ("8", {"groups": 8}), "axis": ("1, groups=3", {"axis": 1, "groups": 3}),
    }),
    "Dropout": ("input 6x5x4\ndropout(rate=0.5, {})", {
        **DROP, "noise_shape": ("1x1x4", {"noise_shape": (None, 1, 1, 4)}),
    }),
    "AlphaDropout": ("input 6x5x4\nalpha_dropout(rate=0.5, {})", {
        **DROP, "noise_shape": ("1x1x4", {"noise_shape": (None, 1, 1, 4)}),
    }),
    "ActivityRegularization": ("input 6x5x4\nactivity_regularization({})", {
        "l1": ("0.5", {"l1": 0.5}), "l2": ("0.25", {"l2": 0.25}),
    }),
    "StochasticDepth": ("input 6x5x4\nstochastic_depth(rate=0.5, {})", {
        "rate": ("0.25", {"rate": 0.25, "noise_shape": (None, 1, 1, 1)}), "seed": ("5", {"seed": 5}),
    }),
    "LayerScale": ("input 6x5x4\nlayer_scale({})", {
        **FREEZING, "single": ("true", REFUSED), "init": ("0.5", {"kernel_initializer": {"class_name": "Constant", "config": {"value": 0.5}}}),
        "regularizer": ("l2(0.25)", {"kernel_regularizer": L2}), "constraint": ("max_norm(3)", {"kernel_constraint": NORM}),
    }),
    "Affine": ("input 6x5x4\naffine({})", {
        **FREEZING, "axis": ("(1, 3)", {"equation": "bhwc,hc->bhwc", "bias_axes": "hc"}), "center": ("false", {"bias_axes": None}),
        "scale": ("false", REFUSED), "single": ("true", REFUSED),
        "beta_initializer": ("he_normal(seed=3)", {"bias_initializer": HE}), "gamma_initializer": ("he_normal(seed=3)", {"kernel_initializer": HE}),
        "beta_regularizer": ("l2(0.25)", {"bias_regularizer": L2}), "gamma_regularizer": ("l2(0.25)", {"kernel_regularizer": L2}),
        "beta_constraint": ("max_norm(3)", {"bias_constraint": NORM}), "gamma_constraint": ("max_norm(3)", {"kernel_constraint": NORM}),
        "beta_values": ("[0, 1, 2, 3]", {"bias_initializer": values("", (4,), (0,))["_values"][1]["_initializer"]}),
        "gamma_values": ("[0, 1, 2, 3]", {"kernel_initializer": values("", (4,), (0,))["_values"][1]["_initializer"]}),
    }),
    "ReduceMean": ("input 6x5x4\nreduce_mean(axis=1, {})", REDUCED),
    "ReduceSum": ("input 6x5x4\nreduce_sum(axis=1, {})", REDUCED),
    "ReduceMax": ("input 6x5x4\nreduce_max(axis=1, {})", REDUCED),
    "ReduceL2": ("input 6x5x4\nreduce_l2(axis=1, {})", REDUCED),
    "Stack": ("input 6x5x4\nstack(in, in, {})", {"axis": ("2", {"shape": (6, 2, 5, 4)})}),
    "DepthToSpace": ("input 6x5x4\ndepth_to_space({})", {
        "size": ("1", {"shape": (6, 5, 4)}), "order": ("crd", {"helper:dims": (1, 4, 2, 5, 3)}),
    }),
    "SpaceToDepth": ("input 6x4x4\nspace_to_depth({})", {
        "size": ("1", {"shape": (6, 4, 4)}), "order": ("crd", {"helper:dims": (1, 3, 5, 2, 4)}),
    }),
    "Slice": ("input 6x5x4\nslice(begin=1, {})", {"begin": ("2", {"shape": (6, 5, 2)}), "end": ("2", {"shape": (6, 5, 1)})}),
    "GaussianDropout": ("input 6x5x4\ngaussian_dropout(rate=0.5, {})", DROP),
    "GaussianNoise": ("input 6x5x4\ngaussian_noise(stddev=0.5, {})", {
        "stddev": ("0.25", {"stddev": 0.25}), "seed": ("5", {"seed": 5}),
    }),
    "RMSNorm": ("input 6x5x4\nrms_norm({})", {
        **FREEZING, "axis": ("3", {"axis": (3,)}), "epsilon": ("0.01", {"epsilon": 0.01}),
    }),
    "UnitNorm": ("input 6x5x4\nunit_normalization({})", {"axis": ("(1, 2)", {"axis": (1, 2)})}),
    "AdaptiveAvgPool": ("input 13x12x4\nadaptive_avgpool({})", {"size": ("5x4", {"output_size": (5, 4)})}),
    "AdaptiveMaxPool": ("input 13x12x4\nadaptive_maxpool({})", {"size": ("5x4", {"output_size": (5, 4)})}),
    "Resize": ("input 13x12x4\nresize(height=5, width=6, {})", {
        "height": ("7", {"height": 7}), "width": ("7", {"width": 7}), "interpolation": ("nearest", {"interpolation": "nearest"}),
        "antialias": ("true", {"antialias": True}), "crop_to_aspect_ratio": ("true", {"crop_to_aspect_ratio": True}),
        "pad_to_aspect_ratio": ("true", {"pad_to_aspect_ratio": True}), "fill_value": ("0.5", {"fill_value": 0.5}),
        "align_corners": ("true", REFUSED),
    }),
    "Repeat": ("input 4\nrepeat({})", {"n": ("3", {"n": 3})}),
    "ChannelShuffle": ("input 6x5x4\nchannel_shuffle({})", {"groups": ("2", {"helper:dims": (1, 2, 4, 3)})}),
    "SpatialDropout": ("input 6x5x4\nspatial_dropout(rate=0.5, {})", DROP),
    "ReLU": ("input 6x5x4\nrelu({})", {
        "max_value": ("4", {"max_value": 4}), "negative_slope": ("0.5", {"negative_slope": 0.5}),
        "threshold": ("0.25", {"threshold": 0.25}),
    }),
    "LeakyReLU": ("input 6x5x4\nleaky_relu({})", {"negative_slope": ("0.5", {"negative_slope": 0.5})}),
    "PReLU": ("input 6x5x4\nprelu({})", {**terms("alpha"), **FREEZING, "shared_axes": ("(1, 2)", {"shared_axes": (1, 2)}), **values("alpha", (4, 6, 5), (1, 2, 0))}),
    "ELU": ("input 6x5x4\nelu({})", {"alpha": ("0.5", {"alpha": 0.5})}),
    "Softmax": ("input 6x5x4\nsoftmax({})", {"axis": ("1", {"axis": 1})}),
    "Activation": ("input 6x5x4\nactivation({})", {"function": ("gelu", {"activation": "gelu"})}),
    "TanhGelu": ("input 6x5x4\ngelu_tanh", NONE),
    "Power": ("input 6x5x4\npower({})", {"exponent": ("3", {"shape": (6, 5, 4)})}),
    "Abs": ("input 6x5x4\nabs", NONE),
    "Add": ("input 4\nadd(in, in{})", NONE),
    "Subtract": ("input 4\nsubtract(in, in{})", NONE),
    "Multiply": ("input 4\nmultiply(in, in{})", NONE),
    "Matmul": ("input 4x4\nmatmul(in, in{})", NONE),
    "Divide": ("input 4\ndivide(in, in{})", NONE),
    "Average": ("input 4\naverage(in, in{})", NONE),
    "Maximum": ("input 4\nmaximum(in, in{})", NONE),
    "Minimum": ("input 4\nminimum(in, in{})", NONE),
    "Concatenate": ("input 6x5x4\nconcat(in, in, {})", {"axis": ("2", {"axis": 2})}),
    "Dot": ("input 4x4\ndot(in, in, axes=1, {})", {
        "axes": ("(1, 2)", {"axes": (1, 2)}), "normalize": ("true", {"normalize": True}),
    }),
    "Normalization": ("input 6x5x2\nnormalization(mean=(1,2), variance=(3,4), {})", {
        "mean": ("[0.5, 2]", {"mean": (0.5, 2)}), "variance": ("[0.5, 2]", {"variance": (0.5, 2)}),
        "invert": ("true", {"invert": True}),
    }),
    "Embedding": ("input 9\nembedding(words=12, dim=4, {})", {
        **terms("embeddings"), **FREEZING, **SPECTRAL, "words": ("30", {"input_dim": 30}), "dim": ("5", {"output_dim": 5}),
        "mask_zero": ("true", {"mask_zero": True}), **values("embeddings", (12, 4), (0, 1)),
    }),
    "Flatten": ("input 6x5x4\nflatten", NONE),
    "Reshape": ("input 6x5x4\nreshape({})", {"shape": ("(10, -1)", {"target_shape": (10, -1)})}),
    "Permute": ("input 6x5x4\npermute({})", {"order": ("(3, 1, 2)", {"dims": (3, 1, 2)})}),
    "Pad": ("input 6x5x4\npad({})", {
        "amount": ("((1, 2), (3, 4))", {"padding": ((1, 2), (3, 4))}), "mode": ("reflect", {"shape": (8, 7, 4)}),
        "value": ("0.5, mode=constant", {"shape": (8, 7, 4)}), "channels": ("(1, 2)", {"shape": (8, 7, 7)}),
    }),
    "Crop": ("input 8x9x4\ncrop({})", {"amount": ("((1, 2), (3, 4))", {"cropping": ((1, 2), (3, 4))})}),
    "Upsample": ("input 6x5x4\nupsample({})", {
        "size": ("3x2", {"size": (3, 2)}), "interpolation": ("bilinear", {"interpolation": "bilinear"}),
    }),
    "Rescaling": ("input 6x5x4\nrescaling(scale=2, {})", {"scale": ("0.5", {"scale": 0.5}), "offset": ("[3, 2, 1, 0]", {"offset": (3, 2, 1, 0)})}),
    "Identity": ("input 4\nidentity", NONE),
}  # fmt: skip


ROWS = [(find(layer.names[0]), name) for layer in CATALOGUE if layer.__name__ in VALUES for name in layer.arguments]


def spec(layer: type[Layer], name: str, value: str, spelling: str = "") -> str:
    """The layer's spec with one argument set; a required one replaces the value that it has there."""
    template = VALUES[layer.__name__][0]
    call, _, rest = template.partition("(")
    kept = [part for part in rest.split(", ") if not part.startswith(f"{name}=")]
    return (call + "(" + ", ".join(kept)).replace("{}", f"{spelling or name}={value}")
