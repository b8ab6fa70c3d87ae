import keras
from keras import layers
from keras.models import Sequential

model = Sequential(
    [keras.Input((8, 8, 3)), *[layers.Conv2D(4, 3) for _ in range(3)], layers.Flatten(), layers.Dense(2)]
)
for layer in model.layers[:-2]:
    layer.trainable = False
frozen = [layer.trainable for layer in model.layers]
