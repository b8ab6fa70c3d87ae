# Denoising with DnCNN: the network learns the noise, not the image
from __future__ import annotations
import argparse
import os
import glob
import numpy as np
import keras
from keras import Model, Sequential, layers
from PIL import Image

parser = argparse.ArgumentParser(formatter_class=argparse.ArgumentDefaultsHelpFormatter)
parser.add_argument("--sigma", type=float, default=25.0, help="level of noise")
parser.add_argument("--depth", type=int, default=9)
parser.add_argument("--filters", type=int, default=32)
parser.add_argument("--patch", type=int, default=40)
parser.add_argument("--rgb", dest="channels", action="store_const", const=3, default=1)
args = parser.parse_args()


class DnCNN(Model):
    """conv+relu, (depth - 2) x conv+bn+relu, conv; output = input - noise"""

    def __init__(self, depth=17, filters=64, channels=1, name="dncnn"):
        super().__init__(name=name)
        self.first = layers.Conv2D(filters, 3, padding="same", activation="relu")
        self.middle = [
            Sequential([layers.Conv2D(filters, 3, padding="same", use_bias=False), layers.BatchNormalization(), layers.ReLU()],
                       name=f"middle_{i}")
            for i in range(depth - 2)
        ]
        self.last = layers.Conv2D(channels, 3, padding="same")

    def call(self, x, training=None):
        noise = self.first(x)
        for stage in self.middle:
            noise = stage(noise, training=training)
        return x - self.last(noise)

    def functional(self, shape):
        x = keras.Input(shape)
        return Model(x, self.call(x), name=f"{self.name}_functional")


net = DnCNN(args.depth, args.filters, args.channels)
net.build((None, args.patch, args.patch, args.channels))
net.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.MeanSquaredError())
print(net.count_params())

# print the table of shapes: a functional twin
twin = DnCNN(5, 16).functional((None, None, 1))
twin.summary()

# the same in one Sequential, which gives the noise alone
noise_net = Sequential([layers.Input((None, None, args.channels))])
for i in range(args.depth):
    last = i == args.depth - 1
    noise_net.add(layers.Conv2D(args.channels if last else args.filters, 3, padding="same", dilation_rate=1 if last else 1 + i % 2))
    if 0 < i < args.depth - 1:
        noise_net.add(layers.BatchNormalization())
    if not last:
        noise_net.add(layers.PReLU(shared_axes=[1, 2]))
noise_net.compile("adam", lambda y, p: keras.ops.mean(keras.ops.abs(y - p)))
noise_net.summary()


def patches(folder):
    for name in glob.glob(os.path.join(folder, "*.png")):
        image = np.asarray(Image.open(name).convert("L"), "float32")
        for i in range(0, image.shape[0] - args.patch, args.patch):
            yield image[i : i + args.patch, : args.patch, None] / 255


train = list(patches("BSD400"))
if train:
    clean = np.stack(train)
    net.fit(clean + np.random.normal(0, args.sigma / 255, clean.shape), clean, epochs=5)
