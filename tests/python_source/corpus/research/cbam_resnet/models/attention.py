from tensorflow.keras import backend as K
from tensorflow.keras.layers import (
    GlobalAveragePooling2D, GlobalMaxPooling2D, Reshape, Dense, Add, Multiply, Activation, Concatenate, Conv2D, Lambda,
)
import tensorflow as tf


def attach_attention_module(net, attention_module):
    if attention_module == 'se_block':
        net = se_block(net)
    elif attention_module == 'cbam_block':
        net = cbam_block(net)
    else:
        raise Exception("'{}' is not supported attention module name".format(attention_module))
    return net


def se_block(input_feature, ratio=8):
    channel = input_feature.shape[-1]
    se_feature = GlobalAveragePooling2D()(input_feature)
    se_feature = Reshape((1, 1, channel))(se_feature)
    assert se_feature.shape[1:] == (1, 1, channel)
    se_feature = Dense(channel // ratio, activation='relu', kernel_initializer='he_normal', use_bias=True)(se_feature)
    se_feature = Dense(channel, activation='sigmoid', kernel_initializer='he_normal')(se_feature)
    return Multiply()([input_feature, se_feature])


def cbam_block(cbam_feature, ratio=8):
    cbam_feature = channel_attention(cbam_feature, ratio)
    cbam_feature = spatial_attention(cbam_feature)
    return cbam_feature


def channel_attention(input_feature, ratio=8):
    channel = input_feature.shape[-1]
    shared_layer_one = Dense(channel // ratio, activation='relu', kernel_initializer='he_normal')
    shared_layer_two = Dense(channel, kernel_initializer='he_normal')

    avg_pool = GlobalAveragePooling2D()(input_feature)
    avg_pool = Reshape((1, 1, channel))(avg_pool)
    avg_pool = shared_layer_one(avg_pool)
    avg_pool = shared_layer_two(avg_pool)

    max_pool = GlobalMaxPooling2D()(input_feature)
    max_pool = Reshape((1, 1, channel))(max_pool)
    max_pool = shared_layer_one(max_pool)
    max_pool = shared_layer_two(max_pool)

    cbam_feature = Add()([avg_pool, max_pool])
    cbam_feature = Activation('sigmoid')(cbam_feature)
    return Multiply()([input_feature, cbam_feature])


def spatial_attention(input_feature, kernel_size=7):
    avg_pool = Lambda(lambda x: tf.reduce_mean(x, axis=3, keepdims=True))(input_feature)
    max_pool = Lambda(lambda x: tf.reduce_max(x, axis=3, keepdims=True))(input_feature)
    concat = Concatenate(axis=3)([avg_pool, max_pool])
    feature = Conv2D(1, kernel_size, strides=1, padding='same', activation='sigmoid',
                     kernel_initializer='he_normal', use_bias=False)(concat)
    return Multiply()([input_feature, feature])
