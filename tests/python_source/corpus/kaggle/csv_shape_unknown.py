# quick baseline -- works with any of the "images in a csv" competitions
import numpy as np
import pandas as pd
from keras.models import Sequential
from keras.layers import Conv2D, MaxPooling2D, Flatten, Dense, Input

df = pd.read_csv('../input/train.csv')
y = df['label'].to_numpy()
X = df.drop('label', axis=1).to_numpy()
side = int(np.sqrt(X.shape[1]))
X = X.reshape(len(X), side, side, 1) / 255.0
n_classes = len(np.unique(y))

net = Sequential()
net.add(Input(X.shape[1:]))
net.add(Conv2D(32, 3, activation='relu'))
net.add(MaxPooling2D())
net.add(Flatten())
net.add(Dense(n_classes, activation='softmax'))
net.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
net.fit(X, y, batch_size=64, epochs=5)
