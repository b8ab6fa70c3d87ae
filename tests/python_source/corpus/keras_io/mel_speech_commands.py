"""
Title: Speech commands with a MelSpectrogram layer inside the model
"""

import numpy as np
import keras
from keras import layers

SAMPLING_RATE = 16000
DURATION = 1.0
NUM_CLASSES = 35
FFT, HOP, MELS = 512, 256, 64

waveform = keras.Input(shape=(int(SAMPLING_RATE * DURATION),), name="waveform")
x = layers.MelSpectrogram(
    num_mel_bins=MELS,
    fft_length=FFT,
    sequence_stride=HOP,
    sampling_rate=SAMPLING_RATE,
    power_to_db=True,
)(waveform)
x = layers.Reshape((*x.shape[1:], 1))(x)
x = layers.Permute((2, 1, 3))(x)
x = layers.Normalization(axis=None, mean=-30.0, variance=400.0)(x)
for filters in [16, 32, 64, 128]:
    x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.GroupNormalization(groups=8)(x)
    x = layers.Activation("silu")(x)
    x = layers.MaxPooling2D((1, 2) if filters == 128 else 2)(x)
frames, bands, channels = x.shape[1:]
x = layers.Reshape((frames, bands * channels))(x)
x = layers.Bidirectional(layers.GRU(48, return_sequences=True), merge_mode="sum")(x)
scores = layers.Dense(1)(x)
weights = layers.Softmax(axis=1)(scores)
context = layers.Dot(axes=1)([weights, x])
context = layers.Flatten()(context)
command = layers.Dense(NUM_CLASSES, activation="softmax", name="command")(context)
model = keras.Model(waveform, command, name="speech")
model.summary()

"""
## The same without the front end, to be exported
"""

start = 4
features = keras.Input(shape=model.layers[start].output.shape[1:], name="features")
y = features
for layer in model.layers[start + 1 : -8]:
    y = layer(y)
trunk = keras.Model(features, y, name="trunk")

model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(np.zeros((8, SAMPLING_RATE), "float32"), np.zeros(8), epochs=1)
