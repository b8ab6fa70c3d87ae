from keras.models import Sequential
from keras.layers import Conv2D, MaxPooling2D, Dense, Flatten
from keras.datasets import fashion_mnist
from keras.utils import to_categorical

(x, y), _ = fashion_mnist.load_data()
x = x.reshape(-1, 28, 28, 1) / 255.0
y = to_categorical(y, 10)

model = Sequential()
model.add(Conv2D(32, 3, activation='relu', input_shape=(28, 28, 1)))
model.add(MaxPooling2D())
model.add(Flatten())
model.add(Dense(10, activation='softmax'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(x, y, epochs=2, batch_size=128)
