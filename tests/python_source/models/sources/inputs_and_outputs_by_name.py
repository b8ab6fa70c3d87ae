import keras
from keras import layers
from keras.models import Model

inputs = {"image": keras.Input((8, 8, 1), name="image"), "age": keras.Input((1,), name="age")}
x = layers.concatenate([layers.Flatten()(inputs["image"]), inputs["age"]])
model = Model(inputs, {"kind": layers.Dense(3, name="kind")(x), "size": layers.Dense(1, name="size")(x)})
