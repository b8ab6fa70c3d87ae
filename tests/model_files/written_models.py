"""Models as people write them in Keras: a function of `keras` each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Build = Callable[[Any], Any]


def lenet(k: Any) -> Any:
    layers = k.layers
    return k.Sequential(
        [
            k.Input((28, 28, 1)),
            layers.Conv2D(6, 5, activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Conv2D(16, 5, activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(84, activation="tanh"),
            layers.Dense(10, activation="softmax"),
        ],
        name="LeNet-5",
    )


def resnet(k: Any) -> Any:
    layers = k.layers
    image = x = k.Input((16, 16, 3), name="image")
    for stage, filters in enumerate((8, 16, 32)):
        for block in range(2):
            stride = 2 if stage and not block else 1
            y = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
            y = layers.ReLU()(layers.BatchNormalization()(y))
            y = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same", use_bias=False)(y))
            if not block:
                x = layers.BatchNormalization()(layers.Conv2D(filters, 1, strides=stride, use_bias=False)(x))
            x = layers.ReLU()(layers.Add()([x, y]))
    return k.Model(image, layers.Dense(10, name="logits")(layers.GlobalAveragePooling2D()(x)), name="resnet")


def unet(k: Any) -> Any:
    layers = k.layers
    image = x = k.Input((32, 32, 1))
    skips = []
    for filters in (4, 8):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        skips.append(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    for filters, skip in ((8, skips[1]), (4, skips[0])):
        x = layers.Concatenate()([layers.Conv2DTranspose(filters, 2, strides=2)(x), skip])
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return k.Model(image, layers.Conv2D(2, 1, activation="softmax")(x), name="unet")


def pyramid(k: Any) -> Any:
    layers = k.layers
    image = x = k.Input((32, 32, 3))
    levels = []
    for filters in (4, 8, 16):
        x = layers.ReLU()(layers.Conv2D(filters, 3, strides=2, padding="same")(x))
        levels.append(x)
    top = layers.Conv2D(8, 1)(levels.pop())
    tops = [top]
    for level in reversed(levels):
        top = layers.Add()([layers.UpSampling2D()(top), layers.Conv2D(8, 1)(level)])
        tops.append(top)
    return k.Model(image, [layers.Conv2D(8, 3, padding="same")(top) for top in tops], name="fpn")


def heads(k: Any) -> Any:
    layers = k.layers
    image = x = k.Input((16, 16, 3))
    head = k.Sequential([k.Input((None, None, 4)), layers.Conv2D(4, 3, activation="relu"), layers.Conv2D(2, 1)])
    found = []
    for _ in range(3):
        x = layers.Conv2D(4, 3, padding="same")(x)
        found.append(head(x))
    return k.Model(image, found)


def siamese(k: Any) -> Any:
    layers = k.layers
    tower = k.Sequential(
        [k.Input((8, 8, 1)), layers.Conv2D(4, 3, activation="relu"), layers.Flatten(), layers.Dense(5)]
    )
    left, right = k.Input((8, 8, 1), name="left"), k.Input((8, 8, 1), name="right")
    return k.Model([left, right], layers.Dot(axes=1, normalize=True)([tower(left), tower(right)]))


def nested(k: Any) -> Any:
    """A Functional model that is the last layer, used twice: Keras counts its calls in another way than others'."""
    inner = k.Input((8, 8, 4))
    block = k.Model(inner, k.layers.Add()([inner, k.layers.Conv2D(4, 3, padding="same")(inner)]), name="block")
    x = k.Input((8, 8, 4))
    return k.Model(x, block(block(x)), name="model")


def several(k: Any) -> Any:
    layers = k.layers
    image, meta = k.Input((8, 8, 3), name="image"), k.Input((5,), name="meta")
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3)(image))
    both = layers.Concatenate()([x, layers.Dense(4, activation="relu")(meta)])
    ends = {"age": layers.Dense(1)(both), "class": layers.Dense(3, activation="softmax")(both)}
    return k.Model({"image": image, "meta": meta}, ends, name="faces")


def text(k: Any) -> Any:
    layers = k.layers
    words = k.Input((20,), dtype="int32", name="words")
    x = layers.Embedding(50, 8)(words)
    x = layers.Concatenate()(
        [layers.GlobalMaxPooling1D()(layers.Conv1D(4, n, activation="relu")(x)) for n in (3, 4, 5)]
    )
    return k.Model(words, layers.Dense(2, activation="softmax")(layers.Dropout(0.5)(x)))


def operators(k: Any) -> Any:
    image = x = k.Input((8, 8, 4))
    for _ in range(2):
        x = k.ops.relu(x + k.layers.Conv2D(4, 3, padding="same")(x) * 0.5)
    x = k.ops.concatenate([x - 1.0, image], axis=-1)
    return k.Model(image, x[..., 2:6] / 3)


def options(k: Any) -> Any:
    layers = k.layers
    image = k.Input((8, 8, 3))
    x = layers.Conv2D(
        4,
        3,
        kernel_regularizer=k.regularizers.L1(1e-4),
        kernel_constraint=k.constraints.MaxNorm(3.0),
        kernel_initializer=k.initializers.RandomNormal(stddev=0.02),
        trainable=False,
    )(image)
    x = layers.PReLU(shared_axes=[1, 2])(layers.SpatialDropout2D(0.2)(layers.GaussianNoise(0.1)(x)))
    return k.Model(image, layers.Dense(2, activity_regularizer="l1")(layers.Flatten()(x)))


def mobile(k: Any) -> Any:
    layers = k.layers
    image = x = k.Input((32, 32, 3))
    for expansion, filters, n, stride in ((1, 8, 1, 1), (6, 16, 2, 2), (6, 24, 3, 2)):
        for block in range(n):
            y = layers.ReLU(6.0)(layers.BatchNormalization()(layers.Conv2D(expansion * x.shape[-1], 1)(x)))
            y = layers.DepthwiseConv2D(3, strides=1 if block else stride, padding="same")(y)
            y = layers.BatchNormalization()(layers.Conv2D(filters, 1)(layers.ReLU(6.0)(layers.BatchNormalization()(y))))
            x = layers.Add()([x, y]) if block else y
    return k.Model(image, layers.GlobalAveragePooling2D()(x))


def volume(k: Any) -> Any:
    layers = k.layers
    scan = x = k.Input((None, None, 8, 1))
    for filters in (2, 4):
        x = layers.MaxPooling3D()(layers.ELU()(layers.Conv3D(filters, 3, padding="same")(x)))
    return k.Model(scan, layers.GlobalAveragePooling3D()(x))


def odd_names(k: Any) -> Any:
    x = image = k.Input((8, 8, 3), name="the-image")
    for name in ("block.1 conv", "for", "1x1", "filters", "residual", "conv"):
        x = k.layers.Add()([x, k.layers.Conv2D(3, 3, padding="same", name=name)(x)])
    return k.Model(image, x, name="residual")


MODELS: list[Build] = [
    lenet, resnet, unet, pyramid, heads, siamese, nested, several, text, operators, options, mobile, volume, odd_names,
]  # fmt: skip

# the text of `resnet`
RESNET = """\
model resnet {
  input image 16x16x3
  for filters, stride in [(8, 1), (16, 2), (32, 2)] {
    add(
      conv(filters, 1x1, stride=stride, bias=false) -> bn,
      conv(filters, 3x3, stride=stride, padding=same, bias=false)
        -> bn
        -> relu
        -> conv(filters, 3x3, padding=same, bias=false)
        -> bn,
    )
    relu
    add(
      in,
      conv(filters, 3x3, padding=same, bias=false)
        -> bn
        -> relu
        -> conv(filters, 3x3, padding=same, bias=false)
        -> bn,
    )
    relu
  }
  gap -> dense(10) as logits
}
"""
