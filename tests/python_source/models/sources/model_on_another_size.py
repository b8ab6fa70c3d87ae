import keras
from keras import layers
from keras.models import Model

start = keras.Input((None, None, 3))
body = Model(start, layers.Conv2D(4, 3, strides=2, name="c")(start), name="body")
small = keras.Input((9, 9, 3))
model = Model(small, layers.Flatten()(body(small)))
shape, inner = model.output_shape, body.output_shape
