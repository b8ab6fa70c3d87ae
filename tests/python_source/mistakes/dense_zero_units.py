import keras

classes = "cat dog".split()
width = 16

model = keras.Sequential()
model.add(keras.layers.Conv2D(width, 3, activation="relu", input_shape=(64, 64, 3)))
model.add(keras.layers.GlobalAveragePooling2D())
model.add(keras.layers.Dense(width // 32, activation="relu"))
model.add(keras.layers.Dense(len(classes), activation="softmax"))
