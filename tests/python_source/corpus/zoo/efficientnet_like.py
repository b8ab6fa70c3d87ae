"""EfficientNet by hand: compound scaling of a table of stages."""
import copy
import math
import string
from dataclasses import dataclass, replace

import keras
from keras import layers


@dataclass
class BlockArgs:
    kernel: int
    repeats: int
    filters_in: int
    filters_out: int
    expand: int
    stride: int
    se: float = 0.25


DEFAULT_BLOCKS = [
    BlockArgs(3, 1, 32, 16, 1, 1),
    BlockArgs(3, 2, 16, 24, 6, 2),
    BlockArgs(5, 2, 24, 40, 6, 2),
    BlockArgs(3, 3, 40, 80, 6, 2),
]


def round_filters(filters, width, divisor=8):
    filters *= width
    new = max(divisor, int(filters + divisor / 2) // divisor * divisor)
    if new < 0.9 * filters:
        new += divisor
    return int(new)


def round_repeats(repeats, depth):
    return int(math.ceil(depth * repeats))


def mb_conv(x, args: BlockArgs, drop_rate, prefix):
    inputs = x
    filters = args.filters_in * args.expand
    if args.expand != 1:
        x = layers.Conv2D(filters, 1, padding="same", use_bias=False, name=prefix + "expand_conv")(x)
        x = layers.BatchNormalization(name=prefix + "expand_bn")(x)
        x = layers.Activation("swish", name=prefix + "expand_act")(x)
    x = layers.DepthwiseConv2D(args.kernel, strides=args.stride, padding="same", use_bias=False, name=prefix + "dw")(x)
    x = layers.BatchNormalization(name=prefix + "bn")(x)
    x = layers.Activation("swish", name=prefix + "act")(x)
    if 0 < args.se <= 1:
        reduced = max(1, int(args.filters_in * args.se))
        se = layers.GlobalAveragePooling2D(keepdims=True, name=prefix + "se_squeeze")(x)
        se = layers.Conv2D(reduced, 1, activation="swish", name=prefix + "se_reduce")(se)
        se = layers.Conv2D(filters, 1, activation="sigmoid", name=prefix + "se_expand")(se)
        x = layers.multiply([x, se], name=prefix + "se_excite")
    x = layers.Conv2D(args.filters_out, 1, use_bias=False, name=prefix + "project_conv")(x)
    x = layers.BatchNormalization(name=prefix + "project_bn")(x)
    if args.stride == 1 and args.filters_in == args.filters_out:
        if drop_rate > 0:
            x = layers.Dropout(drop_rate, noise_shape=(None, 1, 1, 1), name=prefix + "drop")(x)
        x = layers.add([x, inputs], name=prefix + "add")
    return x


def efficientnet(width, depth, resolution, dropout=0.2, drop_connect=0.2, classes=100, blocks=None, name=None):
    blocks = copy.deepcopy(blocks or DEFAULT_BLOCKS)
    image = keras.Input((resolution, resolution, 3))
    x = layers.Conv2D(round_filters(32, width), 3, strides=2, padding="same", use_bias=False, name="stem_conv")(image)
    x = layers.BatchNormalization(name="stem_bn")(x)
    x = layers.Activation("swish", name="stem_activation")(x)
    done, total = 0, float(sum(round_repeats(b.repeats, depth) for b in blocks))
    for stage, args in enumerate(blocks, 1):
        args = replace(args, filters_in=round_filters(args.filters_in, width), filters_out=round_filters(args.filters_out, width))
        for j in range(round_repeats(args.repeats, depth)):
            if j > 0:
                args = replace(args, stride=1, filters_in=args.filters_out)
            x = mb_conv(x, args, drop_connect * done / total, f"block{stage}{string.ascii_lowercase[j]}_")
            done += 1
    x = layers.Conv2D(round_filters(320, width), 1, use_bias=False, name="top_conv")(x)
    x = layers.BatchNormalization(name="top_bn")(x)
    x = layers.Activation("swish", name="top_activation")(x)
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    if dropout and dropout > 0:
        x = layers.Dropout(dropout, name="top_dropout")(x)
    return keras.Model(image, layers.Dense(classes, activation="softmax", name="probs")(x), name=name)


PARAMS = {
    # name: (width, depth, resolution, dropout)
    "b0": (1.0, 1.0, 96, 0.2),
    "b1": (1.0, 1.1, 112, 0.2),
    "b2": (1.1, 1.2, 128, 0.3),
}
models = {k: efficientnet(*v[:3], dropout=v[3], name=f"efficientnet-{k}") for k, v in PARAMS.items()}
