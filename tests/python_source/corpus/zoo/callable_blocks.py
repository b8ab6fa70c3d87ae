# Blocks as objects with __call__ (not layers), as in many old repositories
import tensorflow as tf
from tensorflow.keras import layers as tfkl
from tensorflow.keras.models import Model


class ConvBN(object):
    count = 0

    def __init__(self, filters, size, strides=(1, 1), padding='same', act=True, name=None):
        ConvBN.count += 1
        self.name = name or 'conv2d_bn_%02d' % ConvBN.count
        self.conv = tfkl.Conv2D(filters, size, strides=strides, padding=padding, use_bias=False, name=self.name + '_conv')
        self.bn = tfkl.BatchNormalization(scale=False, name=self.name + '_bn')
        self.act = act

    def __call__(self, x):
        x = self.bn(self.conv(x))
        if self.act:
            x = tfkl.Activation('relu', name=self.name + '_act')(x)
        return x


class Branches:
    """Runs every branch on the same input and concatenates."""

    def __init__(self, *branches):
        self.branches = branches

    def __call__(self, x):
        results = []
        for branch in self.branches:
            y = x
            for step in branch:
                y = step(y)
            results.append(y)
        return tfkl.Concatenate(axis=-1)(results)


class ScaledResidual:
    def __init__(self, inner, scale, up):
        self.inner, self.scale, self.up = inner, scale, up

    def __call__(self, x):
        y = self.inner(x)
        y = tfkl.Conv2D(x.shape[-1], 1)(y)
        return tfkl.Activation('relu')(x + self.scale * y) if self.up else x + self.scale * y


def block17():
    return Branches(
        [ConvBN(48, 1)],
        [ConvBN(32, 1), ConvBN(40, (1, 7)), ConvBN(48, (7, 1))],
    )


def reduction(n):
    return Branches(
        [tfkl.MaxPooling2D(3, strides=2, padding='valid')],
        [ConvBN(n, 3, strides=2, padding='valid')],
        [ConvBN(n // 2, 1), ConvBN(n // 2, 3), ConvBN(n, 3, strides=2, padding='valid')],
    )


img = tfkl.Input(shape=(147, 147, 3))
x = ConvBN(32, 3, strides=2, padding='valid')(img)
x = ConvBN(32, 3, padding='valid')(x)
x = ConvBN(64, 3)(x)
x = reduction(48)(x)
for idx in range(1, 4):
    x = ScaledResidual(block17(), scale=0.17, up=idx < 3)(x)
x = reduction(64)(x)
x = tfkl.GlobalMaxPool2D()(x)
model = Model(img, tfkl.Dense(37, activation='softmax')(x), name='small_inception_resnet')
model.compile(tf.keras.optimizers.RMSprop(0.045), loss=tf.keras.losses.CategoricalCrossentropy())
print(ConvBN.count, 'convolutions')
