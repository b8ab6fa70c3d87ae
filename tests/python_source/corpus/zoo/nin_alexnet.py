"""AlexNet (with local response normalisation) and Network in Network."""
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import Sequential, layers
from functools import partial


class LRN(layers.Layer):
    def __init__(self, depth_radius=5, bias=2., alpha=1e-4, beta=0.75, **kw):
        super(LRN, self).__init__(**kw)
        self.args = dict(depth_radius=depth_radius, bias=bias, alpha=alpha, beta=beta)

    def call(self, x):
        return tf.nn.local_response_normalization(x, **self.args)

    def compute_output_shape(self, s):
        return s


def alexnet(classes=1000):
    return Sequential([
        layers.InputLayer(shape=(227, 227, 3)),
        layers.Conv2D(96, 11, 4, activation='relu', name='conv1'),
        LRN(),
        layers.MaxPool2D(3, 2, name='pool1'),
        layers.Conv2D(256, 5, padding='same', groups=2, activation='relu', name='conv2'),
        LRN(),
        layers.MaxPool2D(3, 2),
        layers.Conv2D(384, 3, padding='same', activation='relu', name='conv3'),
        layers.Conv2D(384, 3, padding='same', groups=2, activation='relu', name='conv4'),
        layers.Conv2D(256, 3, padding='same', groups=2, activation='relu', name='conv5'),
        layers.MaxPool2D(3, 2),
        layers.Flatten(),
        *[layer for i in (6, 7) for layer in (layers.Dense(4096, 'relu', name=f'fc{i}'), layers.Dropout(.5))],
        layers.Dense(classes, 'softmax', name='fc8'),
    ], name='alexnet')


conv = partial(layers.Conv2D, padding='same', activation='relu', kernel_initializer='he_normal')


def mlpconv(f, k, cccp):
    return [conv(f, k)] + [conv(c, 1) for c in cccp]


def nin(classes=10, shape=(32, 32, 3)):
    net = Sequential(name='nin')
    net.add(keras.Input(shape))
    for layer in mlpconv(192, 5, (160, 96)):
        net.add(layer)
    net.add(layers.MaxPooling2D(3, 2, padding='same'))
    net.add(layers.Dropout(0.5))
    for layer in mlpconv(192, 5, (192, 192)):
        net.add(layer)
    net.add(layers.AveragePooling2D(3, 2, padding='same'))
    net.add(layers.Dropout(0.5))
    for layer in mlpconv(192, 3, (192, classes)):
        net.add(layer)
    net.add(layers.GlobalAveragePooling2D())
    net.add(layers.Softmax())
    return net


if __name__ == '__main__':
    alexnet().summary()
    nin().summary()
    imagenet_nin = nin(classes=1000, shape=(224, 224, 3))
