"""
Title: MNIST convnet, with the head written with ops
"""
import numpy as np
import keras
from keras import layers, ops

# Model / data parameters
num_classes = 10
input_shape = (28, 28, 1)

# Load the data and split it between train and test sets
(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()

# Scale images to the [0, 1] range
x_train = x_train.astype("float32") / 255
x_test = x_test.astype("float32") / 255
# Make sure images have shape (28, 28, 1)
x_train = np.expand_dims(x_train, -1)
x_test = np.expand_dims(x_test, -1)
print("x_train shape:", x_train.shape)
print(x_train.shape[0], "train samples")

# convert class vectors to binary class matrices
y_train = keras.utils.to_categorical(y_train, num_classes)
y_test = keras.utils.to_categorical(y_test, num_classes)

img = keras.Input(shape=input_shape, name="img")
h = layers.Conv2D(32, kernel_size=(3, 3))(img)
h = ops.relu(h)
h = layers.MaxPooling2D(pool_size=(2, 2))(h)
h = layers.Conv2D(64, kernel_size=(3, 3))(h)
h = ops.relu(h)
h = layers.MaxPooling2D(pool_size=(2, 2))(h)
# mean and max over space, side by side
avg = ops.mean(h, axis=(1, 2))
mx = ops.max(h, axis=[1, 2])
h = ops.concatenate([avg, mx], axis=-1)
h = layers.Dropout(0.5)(h)
out = ops.softmax(layers.Dense(num_classes)(h) * 0.5)
model = keras.Model(img, out, name="ops_head")

model.summary()
batch_size = 128
epochs = 15

model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=batch_size, epochs=epochs, validation_split=0.1)
score = model.evaluate(x_test, y_test, verbose=0)
print("Test loss:", score[0])
print("Test accuracy:", score[1])
