import keras
from keras import layers
from keras.models import Sequential

model = Sequential(name="digits")
model.add(keras.Input((8, 8, 3)))
for filters in (4, 8):
    model.add(layers.Conv2D(filters, 3, padding="same"))
    model.add(layers.MaxPooling2D())
shape, name = model.output_shape, model.name
