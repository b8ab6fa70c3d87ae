import keras
from keras import layers

model = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(10)], nam="digits")
