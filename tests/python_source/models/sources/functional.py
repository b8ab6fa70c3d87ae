import keras
from keras import layers
from keras.models import Model

start = keras.Input(shape=(8, 8, 3), name="image")
x = layers.Conv2D(4, 3, padding="same", name="conv")(start)
y = layers.Conv2D(4, 1, name="skip")(start)
x = layers.add([x, y], name="sum")
model = Model(inputs=start, outputs=layers.Dense(3, name="end")(layers.Flatten(name="flat")(x)), name="net")
order = [layer.name for layer in model.layers]
shape = model.get_layer("sum").output.shape
also = model.get_layer(index=-1).name, model.input.shape, model.outputs[0].shape
