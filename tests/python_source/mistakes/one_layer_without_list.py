import keras
from keras import layers

augment = keras.Sequential(layers.RandomFlip("horizontal"))
model = keras.Sequential([keras.Input((32, 32, 3)), augment, layers.GlobalAveragePooling2D(), layers.Dense(2)])
