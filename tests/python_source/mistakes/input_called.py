import keras
from keras import layers

image = layers.Conv2D(8, 3)(keras.Input((28, 28, 1)))
features = keras.Input((28, 28, 1))(image)
model = keras.Model(image, features)
