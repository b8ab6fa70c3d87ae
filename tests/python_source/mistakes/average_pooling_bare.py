from keras import layers, models

lenet = models.Sequential()
lenet.add(layers.Conv2D(6, 5, activation="tanh", input_shape=(28, 28, 1), padding="same"))
lenet.add(layers.AveragePooling2D())
lenet.add(layers.Conv2D(16, 5, activation="tanh"))
lenet.add(layers.AveragePooling2D())
lenet.add(layers.Flatten())
lenet.add(layers.Dense(10, activation="softmax"))
