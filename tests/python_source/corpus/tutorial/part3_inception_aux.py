# Part 3 of "CNNs from scratch": the functional API and the Inception module
#
# In part 2 we stacked layers. Today layers go side by side!
import numpy as np
import tensorflow as tf
from tensorflow.keras.datasets import cifar10
from tensorflow.keras.layers import (AveragePooling2D, concatenate, Conv2D, Dense, Dropout, Flatten,
                                     GlobalAveragePooling2D, Input, MaxPool2D)
from tensorflow.keras.models import Model

# Step 1: data
(X_train, y_train), (X_test, y_test) = cifar10.load_data()
X_train = X_train[:5000] / 255.0


# Step 2: the naive module
def naive_inception_module(layer_in, f1, f2, f3):
    conv1 = Conv2D(f1, (1, 1), padding='same', activation='relu')(layer_in)
    conv3 = Conv2D(f2, (3, 3), padding='same', activation='relu')(layer_in)
    conv5 = Conv2D(f3, (5, 5), padding='same', activation='relu')(layer_in)
    pool = MaxPool2D((3, 3), strides=(1, 1), padding='same')(layer_in)
    layer_out = concatenate([conv1, conv3, conv5, pool], axis=-1)
    return layer_out


visible = Input(shape=(32, 32, 3))
layer = naive_inception_module(visible, 64, 128, 32)
model = Model(inputs=visible, outputs=layer)
model.summary()

# Step 3: with reduction by 1x1 convolutions; look how the number of parameters falls
kernel_init = tf.keras.initializers.GlorotUniform()
bias_init = tf.keras.initializers.Constant(value=0.2)


def inception_module(x, filters_1x1, filters_3x3_reduce, filters_3x3, filters_5x5_reduce, filters_5x5, filters_pool_proj,
                     name=None):
    conv_1x1 = Conv2D(filters_1x1, (1, 1), padding='same', activation='relu', kernel_initializer=kernel_init, bias_initializer=bias_init)(x)

    conv_3x3 = Conv2D(filters_3x3_reduce, (1, 1), padding='same', activation='relu', kernel_initializer=kernel_init)(x)
    conv_3x3 = Conv2D(filters_3x3, (3, 3), padding='same', activation='relu', kernel_initializer=kernel_init)(conv_3x3)

    conv_5x5 = Conv2D(filters_5x5_reduce, (1, 1), padding='same', activation='relu')(x)
    conv_5x5 = Conv2D(filters_5x5, (5, 5), padding='same', activation='relu')(conv_5x5)

    pool_proj = MaxPool2D((3, 3), strides=(1, 1), padding='same')(x)
    pool_proj = Conv2D(filters_pool_proj, (1, 1), padding='same', activation='relu')(pool_proj)
    return concatenate([conv_1x1, conv_3x3, conv_5x5, pool_proj], axis=3, name=name)


visible = Input(shape=(32, 32, 3))
layer = inception_module(visible, 64, 96, 128, 16, 32, 32)
model = Model(visible, layer)
model.summary()

# Step 4: a small GoogLeNet with two auxiliary classifiers
def auxiliary(x, name):
    a = AveragePooling2D((3, 3), strides=2)(x)
    a = Conv2D(64, (1, 1), padding='same', activation='relu')(a)
    a = Flatten()(a)
    a = Dense(256, activation='relu')(a)
    a = Dropout(0.7)(a)
    return Dense(10, activation='softmax', name=name)(a)


input_layer = Input(shape=(64, 64, 3))
x = Conv2D(64, (7, 7), padding='same', strides=(2, 2), activation='relu', name='conv_1_7x7/2'.replace('/', '_s'))(input_layer)
x = MaxPool2D((3, 3), padding='same', strides=(2, 2))(x)
x = inception_module(x, 64, 96, 128, 16, 32, 32, name='inception_3a')
x = inception_module(x, 128, 128, 192, 32, 96, 64, name='inception_3b')
x1 = auxiliary(x, 'aux_1')
x = MaxPool2D((3, 3), padding='same', strides=(2, 2), name='max_pool_3')(x)
specs = [(192, 96, 208, 16, 48, 64), (160, 112, 224, 24, 64, 64), (112, 144, 288, 32, 64, 64)]
for letter, spec in zip('abc', specs):
    x = inception_module(x, *spec, name='inception_4' + letter)
x2 = auxiliary(x, 'aux_2')
x = GlobalAveragePooling2D(name='avg_pool')(x)
x = Dropout(0.4)(x)
x = Dense(10, activation='softmax', name='output')(x)
model = Model(input_layer, [x, x1, x2], name='inception_v1')
model.compile(loss=['sparse_categorical_crossentropy'] * 3, loss_weights=[1, 0.3, 0.3], optimizer='sgd', metrics=[['accuracy']] * 3)
model.summary()
