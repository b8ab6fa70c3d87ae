from tensorflow.keras import layers, models, backend as K
import tensorflow as tf


def se_block(tensor, ratio=16):
    """squeeze and excite"""
    channels = tensor.shape[-1]
    se = layers.GlobalAveragePooling2D()(tensor)
    se = layers.Reshape((1, 1, channels))(se)
    se = layers.Dense(channels // ratio, activation='relu', use_bias=False)(se)
    se = layers.Dense(channels, activation='sigmoid', use_bias=False)(se)
    return tensor * se


def spatial_se(tensor):
    return layers.multiply([tensor, layers.Conv2D(1, 1, activation='sigmoid', use_bias=False)(tensor)])


def residual(x, filters, stride=1, se=True):
    shortcut = x
    out_channels = filters * 4
    if stride != 1 or x.shape[-1] != out_channels:
        shortcut = layers.Conv2D(out_channels, 1, strides=stride, use_bias=False)(x)
        shortcut = layers.BatchNormalization()(shortcut)
    for f, k, s in ((filters, 1, 1), (filters, 3, stride)):
        x = layers.Conv2D(f, k, strides=s, padding='same', use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.Activation(tf.nn.relu)(x)
    x = layers.Conv2D(out_channels, 1, use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    if se:
        x = se_block(x) + spatial_se(x)
    return layers.ReLU()(x + shortcut)


def se_resnet(blocks, input_shape=(112, 112, 3), classes=50, width=32):
    inputs = layers.Input(shape=input_shape)
    x = layers.Conv2D(width, 7, strides=2, padding='same', use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.MaxPooling2D(3, strides=2, padding='same')(x)
    for stage, count in enumerate(blocks):
        for i in range(count):
            stride = 2 if (i == 0 and stage > 0) else 1
            x = residual(x, width << stage, stride)
    x = layers.GlobalAveragePooling2D()(x)
    return models.Model(inputs, layers.Dense(classes, activation='softmax')(x))


model = se_resnet([1, 2, 2])
model.summary()
