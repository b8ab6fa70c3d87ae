"""Where Keras builds what it cannot run, or runs what hardly anybody means: what cnnspec does there, one row a class.

The rows of what is refused are what the random comparison allows, the exhibits that show each class, and the table in docs/layers/index.md.
"""

from __future__ import annotations

from typing import Any

from tests.layers.keras_drawing import Case, padded

RUNS, FAILS, EMPTY, BATCH = "runs", "fails when run", "no positions", "another batch"
ASTRAY = "yields another shape than it states"


def one(text: str, build: Any, *shapes: tuple[int, ...]) -> Case:
    return Case(list(shapes), text, build)


class Refusal:
    """A class of layers that is refused: the family that draws them, a part of our message, what Keras may do there.

    `layers`, `refused`, `why` and `keras` say it in docs/layers/index.md; `exhibits` are cases and what Keras does with each, in
    parts of `outcomes` where that depends on the machine.
    """

    def __init__(
        self, family: str, layers: str, refused: str, why: str, keras: str, part: str, outcomes: set[str],
        *exhibits: tuple[set[str], Case],
    ) -> None:  # fmt: skip
        self.family, self.layers, self.refused, self.why, self.keras = family, layers, refused, why, keras
        self.part, self.outcomes, self.exhibits = part, outcomes, exhibits

    @property
    def row(self) -> str:
        return row(self.layers, self.refused, self.why, self.keras)


def row(layers: str, what: str, why: str, keras: str) -> str:
    names = ", ".join(name if name == "…" else f"`{name}`" for name in layers.split(", "))
    return f"| {names} | {what} | {why} | {keras} |"


def table() -> str:
    rows = list(dict.fromkeys([refusal.row for refusal in REFUSALS] + [row(*known) for known in ACCEPTED]))
    return "\n".join(
        ["| layer | what | why not, or where | what Keras does with it |", "| --- | --- | --- | --- |", *rows]
    )


# Why a layer is refused: it means nothing; or, by compile and train alone, it means something that no layer of Keras computes,
# or not everywhere.
ILLEGAL, UNCOMPILABLE, SOMEWHERE = "illegal", "legal, but not compilable", "depends on the CPU or backend"
HERE_AND_THERE = f"{SOMEWHERE}: accepted, `train` and the like warn"
STRIDES = (
    "a stride that differs by axis",
    f"{SOMEWHERE}: not compiled",
    "runs on a CPU with oneDNN alone, not on a GPU",
)
POOLS = ("a window that would hold padding alone", ILLEGAL, "runs: minus infinity, or zeros, in the output")
DIVISION = "the training and `predict` fail, or the process ends"
ACCEPTED = [
    ("conv_transpose", "a dilation", HERE_AND_THERE, "TensorFlow cannot run it on a CPU without oneDNN, but with XLA"),
    ("maxpool, avgpool", "in 3D, padding=same with a stride that leaves out positions at the end", HERE_AND_THERE, "TensorFlow on a CPU without oneDNN begins at the wrong position"),
    ("conv", "in 3D, padding=same with a stride that leaves out positions at the end", HERE_AND_THERE, "TensorFlow on a CPU without oneDNN, and in double precision, begins at the wrong position"),
    ("conv_transpose", "in 3D, padding=same with a stride that is larger than the kernel by more than 1", HERE_AND_THERE, "TensorFlow on a CPU without oneDNN, and in double precision, gives what stands before it a wrong gradient"),
    ("maxpool, avgpool", "in 3D, in float16", HERE_AND_THERE, "TensorFlow has no kernel on a CPU"),
    ("resize", "lanczos, or antialias, in half precision, behind weights", HERE_AND_THERE, "TensorFlow has no gradient, so that it cannot be trained"),
]  # fmt: skip

REFUSALS = [
    Refusal(
        "depthwise_conv", "depthwise_conv, separable_conv", *STRIDES, "differs by axis", {RUNS, FAILS},
        ({RUNS, FAILS}, one("depthwise_conv(3, stride=2x1)", padded("DepthwiseConv", 2, "valid", kernel_size=3, strides=(2, 1)), (9, 9, 2))),
    ),
    Refusal(
        "separable_conv", "depthwise_conv, separable_conv", *STRIDES, "differs by axis", {RUNS, FAILS},
        ({RUNS, FAILS}, one("separable_conv(4, 3, stride=2x1)", padded("SeparableConv", 2, "valid", filters=4, kernel_size=3, strides=(2, 1)), (9, 9, 2))),
    ),
    Refusal(
        "conv_transpose", "conv_transpose", "an output_padding with padding=same that does not give back the input's size",
        ILLEGAL, "builds; the run fails, or yields no positions", "does not give back", {FAILS, EMPTY},
        ({FAILS}, one("conv_transpose(2, 4, stride=4, padding=same, output_padding=0)", lambda k, x: k.layers.Conv2DTranspose(2, 4, strides=4, padding="same", output_padding=0)(x[0]), (5, 2, 2))),
        ({EMPTY, FAILS}, one("conv_transpose(2, 2, padding=same, output_padding=0)", lambda k, x: k.layers.Conv2DTranspose(2, 2, padding="same", output_padding=0)(x[0]), (1, 6, 1))),
    ),
    Refusal(
        "pool", "maxpool, avgpool", *POOLS, "would hold padding alone", {RUNS},
        ({RUNS}, one("avgpool(2, padding=2)", padded("AveragePooling", 2, 2, pool_size=2), (9, 9, 2))),
    ),
    Refusal(
        "ceil pool", "maxpool, avgpool", *POOLS, "would hold padding alone", {RUNS},
        ({RUNS}, one("maxpool(2, padding=3, ceil=true)", padded("MaxPooling", 2, 3, pool_size=2), (9, 9, 2))),
    ),
    Refusal(
        "norm", "bn, layer_norm, group_norm, unit_normalization, softmax", "axis 0 (or its negative): the batch",
        ILLEGAL, "runs, mixing the examples of a batch", r"axis -?\d does not exist", {RUNS, FAILS},
        ({RUNS}, one("layer_norm(axis=(0, 1))", lambda k, x: k.layers.LayerNormalization(axis=(0, 1), center=False, scale=False)(x[0]), (7,))),
        ({RUNS}, one("softmax(axis=-2)", lambda k, x: k.layers.Softmax(axis=-2)(x[0]), (7,))),
    ),
    Refusal(
        "norm", "layer_norm, unit_normalization, softmax", "an axis that does not exist, or is named twice",
        ILLEGAL, "builds; the run fails", r"axis -?\d does not exist|is named twice", {RUNS, FAILS},
        ({FAILS}, one("softmax(axis=3)", lambda k, x: k.layers.Softmax(axis=3)(x[0]), (5, 5))),
        ({FAILS}, one("layer_norm(axis=(1, -1))", lambda k, x: k.layers.LayerNormalization(axis=(1, -1))(x[0]), (7,))),
    ),
    Refusal(
        "norm", "prelu", "shared axes that do not exist, or negative ones", ILLEGAL, "counts them from an axis that is not meant",
        "shared_axes must be", {RUNS},
        ({RUNS}, one("prelu(shared_axes=-1)", lambda k, x: k.layers.PReLU(shared_axes=-1)(x[0]), (5, 5, 3))),
    ),
    Refusal(
        "norm", "rms_norm", "another axis than the channels", UNCOMPILABLE, "normalises it, but scales along the channels",
        "Keras scales along the channels", {RUNS, FAILS, ASTRAY},
        ({ASTRAY}, one("rms_norm(axis=1)", lambda k, x: k.layers.RMSNormalization(axis=1)(x[0]), (5, 1))),
    ),
    Refusal(
        "resize", "resize", "cropping and padding at once", ILLEGAL, "builds; the run fails", "crop to the new ratio or pad", {FAILS},
        ({FAILS}, one("resize(4, 4, crop_to_aspect_ratio=true, pad_to_aspect_ratio=true)", lambda k, x: k.layers.Resizing(4, 4, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True)(x[0]), (9, 5, 1))),
    ),
    Refusal(
        "merge", "add, multiply, concat, …", "a single tensor", ILLEGAL, "passes it on", "takes at least 2 tensors", {RUNS},
        ({RUNS}, one("add(x0)", lambda k, x: k.layers.Add()(x), (4,))),
    ),
    Refusal(
        "merge", "add, multiply, …", "different numbers of axes, neither tensor a vector",
        ILLEGAL, "broadcasts, with axes inserted behind the batch", "the shapes differ", {RUNS},
        ({RUNS}, one("add(x0, x1)", lambda k, x: k.layers.Add()(x), (2, 2, 3), (2, 3))),
    ),
    Refusal(
        "merge", "concat", "axis 0 (or its negative): the batch", ILLEGAL, "runs, and joins examples",
        r"axis -?\d does not exist", {BATCH},
        ({BATCH}, one("concat(x0, x1, axis=0)", lambda k, x: k.layers.Concatenate(axis=0)(x), (4,), (4,))),
    ),
    Refusal(
        "merge", "dot", "axis 0 (or its negative): the batch", ILLEGAL, "builds; the run fails", r"axis -?\d does not exist", {FAILS},
        ({FAILS}, one("dot(x0, x1, axes=0)", lambda k, x: k.layers.Dot(axes=0)(x), (4,), (4,))),
    ),
    Refusal(
        "channelwise", "rescaling", "a list that has not one number for each channel",
        ILLEGAL, "builds; the run fails, or repeats a single channel in a shape that it does not state", "numbers", {ASTRAY, FAILS},
        ({FAILS}, one("rescaling([0.5, 2])", lambda k, x: k.layers.Rescaling([0.5, 2])(x[0]), (4, 3))),
        ({ASTRAY}, one("rescaling([0.5, 2])", lambda k, x: k.layers.Rescaling([0.5, 2])(x[0]), (4, 1))),
    ),
    # not drawn: the adaptive max pool would divide by zero, and the process would be gone
    Refusal("", "adaptive_avgpool, adaptive_maxpool", "1 along an axis, but not along all", UNCOMPILABLE, DIVISION, "one size alone is 1", set()),
]  # fmt: skip
