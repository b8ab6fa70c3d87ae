"""The benchmarks' networks as a person writes them in Keras, without cnnspec: to be compared with examples/*.cnn."""

from __future__ import annotations

from typing import Any


def resnet18(keras: Any, size: int, classes: int) -> Any:
    """ResNet-18 of He et al., bottom to top, as examples/resnet18.cnn has it."""
    layers = keras.layers

    def conv_norm(x: Any, filters: int, kernel: int, stride: int = 1) -> Any:
        x = layers.ZeroPadding2D(kernel // 2)(x) if kernel > 1 else x
        x = layers.Conv2D(filters, kernel, strides=stride, use_bias=False)(x)
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)

    def basic(x: Any, filters: int, stride: int = 1) -> Any:
        y = layers.ReLU()(conv_norm(x, filters, 3, stride))
        y = conv_norm(y, filters, 3)
        same = stride == 1 and x.shape[-1] == filters
        return layers.ReLU()(layers.Add()([y, x if same else conv_norm(x, filters, 1, stride)]))

    image = keras.Input((size, size, 3))
    x = layers.ReLU()(conv_norm(image, 64, 7, 2))
    x = layers.ZeroPadding2D(1)(x)  # after relu, zero is the least value
    x = layers.MaxPooling2D(3, 2)(x)
    for filters, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        x = basic(basic(x, filters, stride), filters)
    return keras.Model(image, layers.Dense(classes, activation="softmax")(layers.GlobalAveragePooling2D()(x)))


def mobilenet_v2(keras: Any, size: int, classes: int) -> Any:
    """MobileNetV2 of Sandler et al., as examples/mobilenet_v2.cnn has it."""
    layers = keras.layers

    def norm(x: Any) -> Any:
        return layers.BatchNormalization(momentum=0.999)(x)

    def relu6(x: Any) -> Any:
        return layers.ReLU(max_value=6)(x)

    def inverted_residual(x: Any, expansion: int, filters: int, stride: int) -> Any:
        channels = x.shape[-1]
        y = relu6(norm(layers.Conv2D(expansion * channels, 1, use_bias=False)(x))) if expansion > 1 else x
        if stride == 2:
            y = layers.ZeroPadding2D(((0, 1), (0, 1)))(y)
        padding = "valid" if stride == 2 else "same"
        y = relu6(norm(layers.DepthwiseConv2D(3, strides=stride, padding=padding, use_bias=False)(y)))
        y = norm(layers.Conv2D(filters, 1, use_bias=False)(y))
        return layers.Add()([x, y]) if stride == 1 and channels == filters else y

    image = keras.Input((size, size, 3))
    x = relu6(norm(layers.Conv2D(32, 3, strides=2, padding="same", use_bias=False)(image)))
    for t, c, n, s in (
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ):
        for i in range(n):
            x = inverted_residual(x, t, c, s if i == 0 else 1)
    x = relu6(norm(layers.Conv2D(1280, 1, use_bias=False)(x)))
    return keras.Model(image, layers.Dense(classes, activation="softmax")(layers.GlobalAveragePooling2D()(x)))


HAND_WRITTEN = {"resnet18": resnet18, "mobilenet_v2": mobilenet_v2}
