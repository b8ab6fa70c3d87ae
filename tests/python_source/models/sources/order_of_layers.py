import keras
from keras import layers
from keras.models import Model

a, b = keras.Input((4,), name="a"), keras.Input((6,), name="b")
u = layers.Dense(3, name="u")(b)
v = layers.Dense(3, name="v")(layers.Dense(5, name="w")(a))
s = layers.Concatenate(name="s")([u, v])
model = Model([b, a], [layers.Dense(1, name="p")(s), layers.Dense(2, name="q")(layers.Dense(4, name="r")(u))])
order = [layer.name for layer in model.layers]
shapes = model.input_shape, model.output_shape
