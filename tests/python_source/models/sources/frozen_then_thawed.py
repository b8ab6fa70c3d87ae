import keras
from keras import layers
from keras.models import Sequential

body = Sequential([keras.Input((8,)), layers.Dense(4), layers.Dense(5), layers.BatchNormalization()])
body.trainable = False
body.layers[1].trainable = True
state = body.trainable, [layer.trainable for layer in body.layers]
model = Sequential([body, layers.Dense(2)])
