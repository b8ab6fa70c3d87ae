import keras
from keras import layers
from keras.models import Model

shared = layers.Dense(4, name="shared")
a, b = keras.Input((5,)), keras.Input((5,))
model = Model([a, b], layers.concatenate([shared(a), shared(b)]))
