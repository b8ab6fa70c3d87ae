from keras.models import Sequential
from keras.layers import *

model = Sequential()
model.add(Conv2D(16, (3, 3), activation='relu', input_shape=(48, 48, 1)))
for filters in [32, 64, 128, 256, 512]:
    model.add(Conv2D(filters, (3, 3), activation='relu'))
    model.add(MaxPooling2D((2, 2)))
model.add(Flatten())
model.add(Dense(7, activation='softmax'))
