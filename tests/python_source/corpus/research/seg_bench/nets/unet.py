from keras import layers
from keras.models import Model
from .common import cbr


def unet(shape, n_classes, base=16, depth=4):
    inputs = layers.Input(shape)
    skips, x = [], inputs
    for d in range(depth):
        x = cbr(x, base * 2 ** d, 2)
        skips.append(x)
        x = layers.MaxPooling2D()(x)
    x = cbr(x, base * 2 ** depth, 2)
    while skips:
        skip = skips.pop()
        x = layers.Conv2DTranspose(skip.shape[-1], 2, strides=2)(x)
        x = layers.Concatenate()([skip, x])
        x = cbr(x, skip.shape[-1], 2)
    return Model(inputs, layers.Conv2D(n_classes, 1)(x), name='unet')
