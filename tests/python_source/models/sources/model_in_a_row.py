import keras
from keras import layers
from keras.models import Sequential

inner = Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3), layers.Flatten()], name="inner")
model = Sequential([inner, layers.Dense(2)])
shape, names = model.output_shape, [layer.name for layer in model.layers[:1]]
