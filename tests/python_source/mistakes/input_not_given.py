import keras
from keras import layers

image = keras.Input((64, 64, 3), name="image")
meta = keras.Input((12,), name="meta")

x = layers.Conv2D(32, 3, activation="relu")(image)
x = layers.GlobalAveragePooling2D()(x)
m = layers.Dense(16, activation="relu")(meta)
both = layers.concatenate([x, m])
price = layers.Dense(1)(both)

model = keras.Model(inputs=image, outputs=price)
model.compile("adam", "mse")
