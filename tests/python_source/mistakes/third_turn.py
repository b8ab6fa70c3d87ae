import keras
from keras import layers

kernels = [3, 5, 11, 3]
filters = [32, 64, 96, 128]

x = inputs = keras.Input(shape=(40, 40, 3))
for i, (k, f) in enumerate(zip(kernels, filters)):
    x = layers.Conv2D(f, k, activation="relu", name=f"conv_{i}")(x)
    x = layers.MaxPooling2D(2, name=f"pool_{i}")(x)
x = layers.Flatten()(x)
model = keras.Model(inputs, layers.Dense(2)(x))
