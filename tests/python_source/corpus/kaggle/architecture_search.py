# How to choose a CNN architecture (MNIST)
import numpy as np, pandas as pd
from keras.models import Sequential
from keras.layers import *
from keras.callbacks import LearningRateScheduler
from keras.utils import to_categorical

# EXPERIMENT 1: how many convolution-subsambling pairs?
nets = 3
model = [0] *nets

for j in range(3):
    model[j] = Sequential()
    model[j].add(Conv2D(24,kernel_size=5,padding='same',activation='relu',
            input_shape=(28,28,1)))
    model[j].add(MaxPool2D())
    if j>0:
        model[j].add(Conv2D(48,kernel_size=5,padding='same',activation='relu'))
        model[j].add(MaxPool2D())
    if j>1:
        model[j].add(Conv2D(64,kernel_size=5,padding='same',activation='relu'))
        model[j].add(MaxPool2D(padding='same'))
    model[j].add(Flatten())
    model[j].add(Dense(256, activation='relu'))
    model[j].add(Dense(10, activation='softmax'))
    model[j].compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])

# EXPERIMENT 2: how many feature maps?
nets = 6
model2 = [0] *nets
for j in range(6):
    model2[j] = Sequential()
    model2[j].add(Conv2D(j*8+8,kernel_size=5,activation='relu',input_shape=(28,28,1)))
    model2[j].add(MaxPool2D())
    model2[j].add(Conv2D(j*16+16,kernel_size=5,activation='relu'))
    model2[j].add(MaxPool2D())
    model2[j].add(Flatten())
    model2[j].add(Dense(256, activation='relu'))
    model2[j].add(Dense(10, activation='softmax'))
    model2[j].compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])

# EXPERIMENT 3: how large a dense layer?
names = []
dense_nets = []
for size in [0] + [2**(n+4) for n in range(1, 8)]:
    m = Sequential()
    m.add(Conv2D(32,kernel_size=5,activation='relu',input_shape=(28,28,1)))
    m.add(MaxPool2D())
    m.add(Conv2D(64,kernel_size=5,activation='relu'))
    m.add(MaxPool2D())
    m.add(Flatten())
    if size > 0:
        m.add(Dense(size, activation='relu'))
    m.add(Dense(10, activation='softmax'))
    names.append(str(size) + 'N')
    dense_nets.append(m)
print(names, [d.count_params() for d in dense_nets])
