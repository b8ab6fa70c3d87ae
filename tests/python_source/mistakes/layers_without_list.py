from keras.models import Sequential
from keras.layers import Dense, Conv2D, Flatten, Input

model = Sequential(
    Input((28, 28, 1)),
    Conv2D(16, 3, activation="relu"),
    Flatten(),
    Dense(10, activation="softmax"),
)
