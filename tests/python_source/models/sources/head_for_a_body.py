import keras
from keras import layers
from keras.models import Model, Sequential

body = Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3), layers.Conv2D(4, 3)], name="body")
body.trainable = False
x = layers.GlobalAveragePooling2D()(body.outputs[0])
model = Model(body.inputs, layers.Dense(2)(x))
