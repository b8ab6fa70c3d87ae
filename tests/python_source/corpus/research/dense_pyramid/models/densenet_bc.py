# DenseNet-BC for small images (after Huang et al. 2017)
from tensorflow.keras import backend as K
from tensorflow.keras.layers import (Activation, AveragePooling2D, BatchNormalization, Concatenate, Conv2D, Dense, Dropout,
                                     GlobalAveragePooling2D, Input)
from tensorflow.keras.models import Model
from tensorflow.keras.regularizers import l2

bn_axis = 3 if K.image_data_format() == 'channels_last' else 1


def conv_factory(ip, nb_filter, bottleneck=False, dropout_rate=None, weight_decay=1E-4):
    x = BatchNormalization(axis=bn_axis, gamma_regularizer=l2(weight_decay), beta_regularizer=l2(weight_decay))(ip)
    x = Activation('relu')(x)
    if bottleneck:
        inter_channel = nb_filter * 4
        x = Conv2D(inter_channel, (1, 1), kernel_initializer='he_uniform', padding='same', use_bias=False,
                   kernel_regularizer=l2(weight_decay))(x)
        if dropout_rate:
            x = Dropout(dropout_rate)(x)
        x = BatchNormalization(axis=bn_axis)(x)
        x = Activation('relu')(x)
    x = Conv2D(nb_filter, (3, 3), kernel_initializer="he_uniform", padding="same", use_bias=False,
               kernel_regularizer=l2(weight_decay))(x)
    if dropout_rate:
        x = Dropout(dropout_rate)(x)
    return x


def transition(ip, nb_filter, compression=1.0, dropout_rate=None, weight_decay=1E-4):
    x = BatchNormalization(axis=bn_axis)(ip)
    x = Activation('relu')(x)
    x = Conv2D(int(nb_filter * compression), (1, 1), padding="same", use_bias=False, kernel_regularizer=l2(weight_decay))(x)
    if dropout_rate:
        x = Dropout(dropout_rate)(x)
    x = AveragePooling2D((2, 2), strides=(2, 2))(x)
    return x


def dense_block(x, nb_layers, nb_filter, growth_rate, **kw):
    feature_list = [x]
    for i in range(nb_layers):
        cb = conv_factory(x, growth_rate, **kw)
        feature_list.append(cb)
        x = Concatenate(axis=bn_axis)(feature_list)
        nb_filter += growth_rate
    return x, nb_filter


def densenet_bc(shape=(32, 32, 3), classes=10, depth=22, nb_dense_block=3, growth=12, nb_filter=-1, compression=0.5, dropout=0.0,
                bottleneck=True):
    assert (depth - 4) % 3 == 0, 'Depth must be 3 N + 4'
    nb_layers = (depth - 4) // 3
    if bottleneck:
        nb_layers //= 2
    if nb_filter <= 0:
        nb_filter = 2 * growth
    model_input = Input(shape=shape)
    x = Conv2D(nb_filter, (3, 3), padding="same", name="initial_conv2D", use_bias=False)(model_input)
    for block_idx in range(nb_dense_block - 1):
        x, nb_filter = dense_block(x, nb_layers, nb_filter, growth, bottleneck=bottleneck, dropout_rate=dropout)
        x = transition(x, nb_filter, compression=compression, dropout_rate=dropout)
        nb_filter = int(nb_filter * compression)
    x, nb_filter = dense_block(x, nb_layers, nb_filter, growth, bottleneck=bottleneck, dropout_rate=dropout)
    x = BatchNormalization(axis=bn_axis)(x)
    x = Activation('relu')(x)
    x = GlobalAveragePooling2D(data_format=K.image_data_format())(x)
    x = Dense(classes, activation='softmax')(x)
    return Model(inputs=[model_input], outputs=[x], name="DenseNet-%d-%d" % (depth, growth))


def densenet_plain(**kwargs):
    kwargs.update(bottleneck=False, compression=1.0)
    return densenet_bc(**kwargs)
