from tensorflow import keras
from tensorflow.keras.layers import Conv2D, BatchNormalization, Activation, MaxPooling2D, GlobalAveragePooling2D, Dense, add
from models.attention import attach_attention_module


def _conv_bn(x, filters, kernel_size, strides=1, activation=True):
    x = Conv2D(filters, kernel_size, strides=strides, padding='same', use_bias=False, kernel_initializer='he_normal')(x)
    x = BatchNormalization(epsilon=1.001e-5)(x)
    if activation:
        x = Activation('relu')(x)
    return x


def basic_block(x, filters, strides, attention_module=None):
    shortcut = x
    y = _conv_bn(x, filters, 3, strides)
    y = _conv_bn(y, filters, 3, activation=False)
    if attention_module is not None:
        y = attach_attention_module(y, attention_module)
    if strides != 1 or shortcut.shape[-1] != filters:
        shortcut = _conv_bn(shortcut, filters, 1, strides, activation=False)
    return Activation('relu')(add([y, shortcut]))


def _resnet(repetitions, input_shape, num_classes, attention_module):
    inputs = keras.layers.Input(shape=input_shape)
    x = _conv_bn(inputs, 64, 7, 2)
    x = MaxPooling2D(3, strides=2, padding='same')(x)
    for stage, reps in enumerate(repetitions):
        for r in range(reps):
            x = basic_block(x, 64 * 2 ** stage, 2 if stage and not r else 1, attention_module)
    x = GlobalAveragePooling2D()(x)
    return keras.Model(inputs, Dense(num_classes, activation='softmax')(x))


def resnet18(input_shape, num_classes, attention_module=None):
    return _resnet([2, 2, 2, 2], input_shape, num_classes, attention_module)


def resnet34(input_shape, num_classes, attention_module=None):
    return _resnet([3, 4, 6, 3], input_shape, num_classes, attention_module)
