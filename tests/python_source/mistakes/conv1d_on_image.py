import keras
from keras import layers

def head(x, classes):
    x = layers.Conv1D(64, 3, activation="relu")(x)
    x = layers.GlobalMaxPooling1D()(x)
    return layers.Dense(classes, activation="softmax")(x)

spectrogram = keras.Input((128, 64, 1))
x = layers.Conv2D(16, 3, activation="relu", padding="same")(spectrogram)
x = layers.MaxPooling2D()(x)
model = keras.Model(spectrogram, head(x, 12))
