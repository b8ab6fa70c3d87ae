# usage: python hw_from_argv.py [filters] [hidden]
import sys
from keras.models import Sequential
from keras.layers import Input, Conv2D, MaxPool2D, Flatten, Dense
from keras.datasets import mnist

filters = int(sys.argv[1]) if len(sys.argv) > 1 else 16
hidden = int(sys.argv[2]) if len(sys.argv) > 2 else 100

(xtr, ytr), (xte, yte) = mnist.load_data()
xtr = xtr[..., None] / 255.0
xte = xte[..., None] / 255.0

net = Sequential([
    Input(shape=(28, 28, 1)),
    Conv2D(filters, 3, activation='relu'),
    MaxPool2D(),
    Conv2D(filters * 2, 3, activation='relu'),
    MaxPool2D(),
    Flatten(),
    Dense(hidden, activation='relu'),
    Dense(10, activation='softmax'),
])
net.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
net.fit(xtr, ytr, epochs=2)
print(net.evaluate(xte, yte))
