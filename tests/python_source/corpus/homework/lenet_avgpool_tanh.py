#!/usr/bin/env python3
# LeNet-5 as in the lecture notes: tanh + average pooling
from keras import Sequential
from keras.layers import Conv2D, AveragePooling2D, ZeroPadding2D, Flatten, Dense
from keras.datasets import mnist
from keras.utils import to_categorical

(train_x, train_y), (test_x, test_y) = mnist.load_data()
rows, cols = train_x.shape[1], train_x.shape[2]
train_x = train_x.reshape(train_x.shape[0], rows, cols, 1) / 255.
test_x = test_x.reshape(test_x.shape[0], rows, cols, 1) / 255.
train_y, test_y = to_categorical(train_y), to_categorical(test_y)

lenet5 = Sequential(name="LeNet-5")
lenet5.add(ZeroPadding2D(padding=2, input_shape=(rows, cols, 1)))          # 28 -> 32
lenet5.add(Conv2D(filters=6, kernel_size=5, activation='tanh', name='C1'))
lenet5.add(AveragePooling2D(pool_size=2, strides=2, name='S2'))
lenet5.add(Conv2D(filters=16, kernel_size=5, activation='tanh', name='C3'))
lenet5.add(AveragePooling2D(pool_size=2, strides=2, name='S4'))
lenet5.add(Conv2D(filters=120, kernel_size=5, activation='tanh', name='C5'))
lenet5.add(Flatten())
lenet5.add(Dense(units=84, activation='tanh', name='F6'))
lenet5.add(Dense(units=10, activation='softmax', name='Output'))
lenet5.compile(optimizer='SGD', loss='categorical_crossentropy', metrics=['accuracy'])
lenet5.summary()

for epoch in range(3):
    print('epoch', epoch)
    lenet5.fit(train_x, train_y, batch_size=128, epochs=1)
