# Week 4 : cat / not cat  (train_catvnoncat.h5)
import numpy as np
import h5py
import matplotlib.pyplot as plt
import keras
from keras import layers
from keras.models import Sequential

def load_dataset():
    with h5py.File('datasets/train_catvnoncat.h5', "r") as train_dataset:
        train_set_x_orig = np.array(train_dataset["train_set_x"][:])
        train_set_y_orig = np.array(train_dataset["train_set_y"][:])
    with h5py.File('datasets/test_catvnoncat.h5', "r") as test_dataset:
        classes = np.array(test_dataset["list_classes"][:])
    return train_set_x_orig, train_set_y_orig.reshape((1, -1)), classes

train_x_orig, train_y, classes = load_dataset()
m_train = train_x_orig.shape[0]
num_px = train_x_orig.shape[1]

train_x_flatten = train_x_orig.reshape(train_x_orig.shape[0], -1)
train_x = train_x_flatten / 255.

# a) the 4-layer network of the exercise
layers_dims = [num_px * num_px * 3, 20, 7, 5, 1]
mlp = Sequential()
mlp.add(layers.Input((layers_dims[0],)))
for l in range(1, len(layers_dims)):
    mlp.add(layers.Dense(layers_dims[l], activation='sigmoid' if l == len(layers_dims) - 1 else 'relu'))
mlp.compile('sgd', 'binary_crossentropy')
mlp.fit(train_x, train_y.T, epochs=25)

# b) the same with convolutions, at a fixed size
cnn = Sequential([
    layers.Input((64, 64, 3)),
    layers.Conv2D(8, (4, 4), strides=1, padding='same', activation='relu'),
    layers.MaxPool2D((8, 8), strides=8, padding='same'),
    layers.Conv2D(16, (2, 2), padding='same', activation='relu'),
    layers.MaxPool2D((4, 4), strides=4, padding='same'),
    layers.Flatten(),
    layers.Dense(1, activation='sigmoid'),
])
cnn.summary()
