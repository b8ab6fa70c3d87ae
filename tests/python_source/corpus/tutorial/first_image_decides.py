# pip install opencv-python
import cv2
import os
import numpy as np
from keras.models import Sequential
from keras.layers import Conv2D, MaxPooling2D, Dense, Flatten, Input

folder = "photos"
names = sorted(os.listdir(folder))
first = cv2.imread(os.path.join(folder, names[0]))
h, w, c = first.shape
print("images are", h, "x", w)

labels = sorted({name.split(".")[0] for name in names})

model = Sequential()
model.add(Input(shape=(h, w, c)))
model.add(Conv2D(16, 3, activation="relu"))
model.add(MaxPooling2D(4))
model.add(Flatten())
model.add(Dense(len(labels), activation="softmax"))
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")

# thumbnails are always the same
thumb = Sequential([Input((32, 32, 3)), Conv2D(8, 3, activation="relu"), Flatten(), Dense(2, activation="softmax")])
