import keras
from keras import layers

base = keras.applications.VGG16(include_top=False, weights="imagenet", input_shape=(64, 64, 3))
base.trainable = False

model = keras.Sequential()
model.add(base.output)
model.add(layers.Flatten())
model.add(layers.Dense(2, activation="softmax"))
