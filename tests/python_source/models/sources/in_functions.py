import keras
from keras import layers
from keras.models import Model, Sequential


def block(x, filters, name=None):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=name)(x)
    return layers.Activation("relu")(layers.BatchNormalization()(x))


def build(shape=(16, 16, 3), widths=(4, 8), classes=2):
    start = x = keras.Input(shape)
    for i, width in enumerate(widths):
        x = layers.MaxPool2D()(block(x, width, name=f"block{i}"))
    return Model(start, layers.Dense(classes)(layers.Flatten()(x)), name="built")


model = build(classes=5)
other = build((8, 8, 1), [2])
counts = model.count_params(), other.count_params()
kinds = isinstance(model, keras.Model), isinstance(model, Sequential)
