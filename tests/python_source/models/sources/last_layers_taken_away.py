import keras
from keras import layers
from keras.models import Sequential

model = Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(10), layers.Softmax()])
model.pop()
model.pop()
model.add(layers.Dense(3))
shape, count = model.output_shape, len(model.layers)
