import keras
from keras import layers


def conv_bn_relu(x, filters, kernel=3, stride=1):
    x = layers.Conv2D(filters, kernel, strides=stride, padding="same")(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation("relu")(x)


inputs = keras.Input((128, 128, 3))
x = conv_bn_relu(inputs, 32)
x = conv_bn_relu(x, 64, stride=2)
x = conv_bn_relu(x, 64)
x = conv_bn_relu(x, 128, stride=2)
x = conv_bn_relu(x, 128, 1)
x = layers.GlobalAveragePooling2D()(x)
model = keras.Model(inputs, layers.Dense(20, activation="softmax")(x))
