import keras
from keras import layers
from keras.models import Model

inner_start = keras.Input((8, 8, 1))
tower = Model(inner_start, layers.GlobalMaxPooling2D()(layers.Conv2D(4, 3, name="c")(inner_start)), name="tower")
a, b = keras.Input((8, 8, 1)), keras.Input((8, 8, 1))
model = Model([a, b], layers.Dense(1, name="end")(layers.subtract([tower(a), tower(b)], name="less")))
order = [layer.name for layer in model.layers[2:]]
of_inner = tower.get_layer("c").output.shape
