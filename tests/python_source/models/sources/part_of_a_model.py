import keras
from keras import layers
from keras.models import Model

start = keras.Input((8, 8, 3))
x = layers.Conv2D(4, 3, name="one")(start)
x = layers.Conv2D(5, 3, name="two")(x)
whole = Model(start, layers.Flatten()(x))
model = Model(whole.input, whole.get_layer("one").output)
rest = Model(whole.get_layer("one").output, whole.output)
count = len(rest.layers)
