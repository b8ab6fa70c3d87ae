from keras.layers import Input, UpSampling2D, Conv2D
from keras.models import Model
from . import common


def segnet(shape, n_classes, **unused):
    img_input = Input(shape=shape)
    *_, top = common.vanilla_encoder(img_input)
    o = common.cbr(top, 128)
    for w in (128, 64, 32):
        o = UpSampling2D((2, 2))(o)
        o = common.cbr(o, w)
    o = UpSampling2D((2, 2))(o)
    o = Conv2D(n_classes, (3, 3), padding='same')(o)
    return Model(img_input, o, name='segnet')
