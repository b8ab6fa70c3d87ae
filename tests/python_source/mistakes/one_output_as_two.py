import keras
from keras import layers

backbone = keras.applications.MobileNetV2(input_shape=(96, 96, 3), include_top=False, weights="imagenet")
inputs = keras.Input((96, 96, 3))
low, high = backbone(inputs)
x = layers.GlobalAveragePooling2D()(high)
model = keras.Model(inputs, layers.Dense(3, activation="softmax")(x))
