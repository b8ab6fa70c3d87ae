from keras.layers import Input, Conv2D, Dropout, Conv2DTranspose, Add, Cropping2D
from keras.models import Model
from .common import vanilla_encoder


def crop(o1, o2):
    """crop o1 wrt o2"""
    h1, w1 = o1.shape[1:3]
    h2, w2 = o2.shape[1:3]
    cx, cy = abs(w1 - w2), abs(h2 - h1)
    if w1 > w2:
        o1 = Cropping2D(cropping=((0, 0), (0, cx)))(o1)
    else:
        o2 = Cropping2D(cropping=((0, 0), (0, cx)))(o2)
    if h1 > h2:
        o1 = Cropping2D(cropping=((0, cy), (0, 0)))(o1)
    else:
        o2 = Cropping2D(cropping=((0, cy), (0, 0)))(o2)
    return o1, o2


def fcn8(shape, n_classes):
    img_input = Input(shape=shape)
    f1, f2, f3, f4 = vanilla_encoder(img_input)

    o = Conv2D(256, (7, 7), activation='relu', padding='same')(f4)
    o = Dropout(0.5)(o)
    o = Conv2D(256, (1, 1), activation='relu', padding='same')(o)
    o = Dropout(0.5)(o)
    o = Conv2D(n_classes, (1, 1), kernel_initializer='he_normal')(o)
    o = Conv2DTranspose(n_classes, kernel_size=(4, 4), strides=(2, 2), use_bias=False)(o)

    o2 = Conv2D(n_classes, (1, 1), kernel_initializer='he_normal')(f3)
    o, o2 = crop(o, o2)
    o = Add()([o, o2])
    o = Conv2DTranspose(n_classes, kernel_size=(16, 16), strides=(8, 8), use_bias=False, padding='same')(o)
    return Model(img_input, o, name='fcn8')
