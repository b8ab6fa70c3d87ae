import keras
from keras.layers import Input, Conv2D, BatchNormalization, Activation, UpSampling2D
from keras.models import Model


def context_module(x, filters, rates=(1, 2, 4)):
    for r in rates:
        x = Conv2D(filters, 3, strides=2 if r == 2 else 1, dilation_rate=r, padding='same')(x)
        x = BatchNormalization()(x)
        x = Activation('relu')(x)
    return x


image = Input((256, 256, 3))
features = context_module(image, 32)
mask = Conv2D(1, 1, activation='sigmoid')(UpSampling2D(2)(features))
model = Model(image, mask)
