import keras
from keras import layers

left = keras.Input((16,))
right = keras.Input((16,))
x = layers.Concatenate()([*left, right])
model = keras.Model([left, right], layers.Dense(1)(x))
