"""
COMP0197 coursework (part 2): colourising CIFAR-10.

L channel in, two chroma channels out. I tried three depths of the encoder, see report fig. 3.
"""
import os
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras.layers import (Input, Conv2D, Conv2DTranspose, UpSampling2D, Concatenate, Dropout,
                                     LeakyReLU, RepeatVector, Reshape, Dense, GlobalAveragePooling2D)

SIZE = 32

def to_lab(rgb):
    """very rough: luma + two differences"""
    rgb = rgb.astype('float32') / 255.
    y = rgb @ np.array([0.299, 0.587, 0.114], 'float32')
    return y[..., None], np.stack([rgb[..., 0] - y, rgb[..., 2] - y], -1)

def get_data(n=256):
    (a, _), (b, _) = keras.datasets.cifar10.load_data()
    a, b = np.asarray(a[:n]), np.asarray(b[:n])
    return to_lab(a), to_lab(b)

def encoder_decoder(filters, skip=True, fuse=False):
    inp = Input((SIZE, SIZE, 1), name='L')
    x, skips = inp, []
    for i, f in enumerate(filters):
        x = Conv2D(f, 3, padding='same')(x)
        x = LeakyReLU(0.1)(x)
        skips.append(x)
        x = Conv2D(f, 3, strides=2, padding='same')(x)
        x = LeakyReLU(0.1)(x)
    if fuse:
        g = GlobalAveragePooling2D()(x)
        g = Dense(32, activation='relu')(g)
        h, w = x.shape[1], x.shape[2]
        g = RepeatVector(h * w)(g)
        g = Reshape([h, w, 32])(g)
        x = Concatenate(axis=-1)([x, g])
    x = Dropout(0.2)(x)
    for f, s in zip(reversed(filters), reversed(skips)):
        x = UpSampling2D()(x)
        if skip:
            x = Concatenate()([x, s])
        x = Conv2D(f, 3, padding='same', activation='relu')(x)
    ab = Conv2D(2, 1, activation='tanh', name='ab')(x)
    return keras.Model(inp, ab, name=f"colour_{len(filters)}{'_skip' if skip else ''}{'_fuse' if fuse else ''}")

(trainL, trainAB), (testL, testAB) = get_data()

results = {}
for depth in (2, 3, 4):
    filters = [16 * 2 ** i for i in range(depth)]
    net = encoder_decoder(filters)
    net.compile('adam', 'mae')
    net.fit(trainL, trainAB, batch_size=64, epochs=20, validation_data=(testL, testAB))
    results[net.name] = net.evaluate(testL, testAB)

no_skip = encoder_decoder([16, 32, 64], skip=False)
fused = encoder_decoder([16, 32, 64], fuse=True)
fused.compile(optimizer=keras.optimizers.Adam(learning_rate=3e-4), loss='mse')
fused.fit(trainL, trainAB, epochs=20)
for k in sorted(results):
    print(k, results[k])
