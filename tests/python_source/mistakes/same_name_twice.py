import keras
from keras import layers


def block(x, filters, i):
    x = layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"conv{i}")(x)
    return layers.MaxPooling2D(name="pool")(x)


inputs = keras.Input((64, 64, 3))
x = inputs
for i, f in enumerate((32, 64, 128)):
    x = block(x, f, i)
outputs = layers.Dense(10)(layers.Flatten()(x))
model = keras.Model(inputs, outputs)
