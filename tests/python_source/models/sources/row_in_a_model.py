import keras
from keras import layers
from keras.models import Model, Sequential

augment = Sequential([layers.RandomFlip(), layers.RandomRotation(0.1)])
start = keras.Input((8, 8, 3))
model = Model(start, layers.Conv2D(2, 3)(augment(start)))
