# GoogLeNet with its two auxiliary classifiers
from keras.layers import (Input, Conv2D, MaxPooling2D, AveragePooling2D, GlobalAveragePooling2D,
                          Dense, Dropout, Flatten, concatenate)
from keras.models import Model

# (1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool proj)
INCEPTION = {
    '3a': (64, 96, 128, 16, 32, 32),
    '3b': (128, 128, 192, 32, 96, 64),
    '4a': (192, 96, 208, 16, 48, 64),
    '4b': (160, 112, 224, 24, 64, 64),
    '4c': (128, 128, 256, 24, 64, 64),
    '4d': (112, 144, 288, 32, 64, 64),
    '4e': (256, 160, 320, 32, 128, 128),
    '5a': (256, 160, 320, 32, 128, 128),
    '5b': (384, 192, 384, 48, 128, 128),
}


def inception_module(x, f1, f3r, f3, f5r, f5, proj, name=None):
    conv_1x1 = Conv2D(f1, (1, 1), padding='same', activation='relu')(x)

    conv_3x3 = Conv2D(f3r, (1, 1), padding='same', activation='relu')(x)
    conv_3x3 = Conv2D(f3, (3, 3), padding='same', activation='relu')(conv_3x3)

    conv_5x5 = Conv2D(f5r, (1, 1), padding='same', activation='relu')(x)
    conv_5x5 = Conv2D(f5, (5, 5), padding='same', activation='relu')(conv_5x5)

    pool_proj = MaxPooling2D((3, 3), strides=(1, 1), padding='same')(x)
    pool_proj = Conv2D(proj, (1, 1), padding='same', activation='relu')(pool_proj)

    return concatenate([conv_1x1, conv_3x3, conv_5x5, pool_proj], axis=3, name=name)


def auxiliary(x, number, classes):
    x = AveragePooling2D((5, 5), strides=3)(x)
    x = Conv2D(128, (1, 1), padding='same', activation='relu')(x)
    x = Flatten()(x)
    x = Dense(1024, activation='relu')(x)
    x = Dropout(0.7)(x)
    return Dense(classes, activation='softmax', name='auxilliary_output_%d' % number)(x)


def googlenet(input_shape=(224, 224, 3), classes=1000):
    input_layer = Input(shape=input_shape)
    x = Conv2D(64, (7, 7), padding='same', strides=(2, 2), activation='relu', name='conv_1_7x7/2'.replace('/', '_'))(input_layer)
    x = MaxPooling2D((3, 3), padding='same', strides=(2, 2), name='max_pool_1_3x3_2')(x)
    x = Conv2D(64, (1, 1), padding='same', strides=(1, 1), activation='relu', name='conv_2a_3x3_1')(x)
    x = Conv2D(192, (3, 3), padding='same', strides=(1, 1), activation='relu', name='conv_2b_3x3_1')(x)
    x = MaxPooling2D((3, 3), padding='same', strides=(2, 2), name='max_pool_2_3x3_2')(x)

    aux = []
    for key, widths in INCEPTION.items():
        if key in ('4a', '5a'):
            x = MaxPooling2D((3, 3), padding='same', strides=(2, 2))(x)
        if key in ('4b', '4e'):
            aux.append(auxiliary(x, len(aux) + 1, classes))
        x = inception_module(x, *widths, name='inception_' + key)

    x = GlobalAveragePooling2D(name='avg_pool_5_3x3_1')(x)
    x = Dropout(0.4)(x)
    x = Dense(classes, activation='softmax', name='output')(x)
    return Model(input_layer, [x, *aux], name='inception_v1')


model = googlenet()
model.summary()
model.compile(loss=['categorical_crossentropy'] * 3, loss_weights=[1, 0.3, 0.3], optimizer='sgd')
