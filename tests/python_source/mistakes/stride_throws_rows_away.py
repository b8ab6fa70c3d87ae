from tensorflow.keras import layers, Sequential

model = Sequential()
model.add(layers.Conv2D(32, 3, strides=5, activation="relu", input_shape=(64, 64, 3)))
model.add(layers.Conv2D(64, 3, activation="relu"))
model.add(layers.GlobalAveragePooling2D())
model.add(layers.Dense(4, activation="softmax"))
