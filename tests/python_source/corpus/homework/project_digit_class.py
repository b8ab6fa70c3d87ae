# Final project - handwritten digit recogniser
# everything is in one class because the template asked for it
import sys
import numpy as np
import keras
from keras import layers, models, optimizers


class DigitRecognizer:

    IMG_SIZE = 28
    CHANNELS = 1
    CLASSES = 10

    def __init__(self, lr=0.001, dropout=0.4):
        self.lr = lr
        self.dropout = dropout
        self.model = None
        self.history = None

    def load(self):
        (x, y), (xt, yt) = keras.datasets.mnist.load_data()
        x = x.reshape((x.shape[0], self.IMG_SIZE, self.IMG_SIZE, self.CHANNELS)) / 255
        xt = xt.reshape((xt.shape[0], self.IMG_SIZE, self.IMG_SIZE, self.CHANNELS)) / 255
        self.x, self.y, self.xt, self.yt = x, y, xt, yt

    def build(self):
        m = models.Sequential(name='digits')
        m.add(layers.Conv2D(32, 3, activation='relu',
                            input_shape=(self.IMG_SIZE, self.IMG_SIZE, self.CHANNELS)))
        m.add(layers.Conv2D(32, 3, activation='relu'))
        m.add(layers.Conv2D(32, 5, strides=2, padding='same', activation='relu'))
        m.add(layers.Dropout(self.dropout))

        m.add(layers.Conv2D(64, 3, activation='relu'))
        m.add(layers.Conv2D(64, 3, activation='relu'))
        m.add(layers.Conv2D(64, 5, strides=2, padding='same', activation='relu'))
        m.add(layers.Dropout(self.dropout))

        m.add(layers.Flatten())
        m.add(layers.Dense(128, activation='relu'))
        m.add(layers.Dropout(self.dropout))
        m.add(layers.Dense(self.CLASSES, activation='softmax'))
        m.compile(optimizers.Adam(self.lr), 'sparse_categorical_crossentropy', metrics=['accuracy'])
        self.model = m
        return self

    def train(self, epochs=5):
        self.history = self.model.fit(self.x, self.y, batch_size=32, epochs=epochs, validation_data=(self.xt, self.yt))

    def report(self):
        score = self.model.evaluate(self.xt, self.yt)
        print(f'loss {score[0]:.4f}  acc {score[1]:.4f}')


if __name__ == '__main__':
    rec = DigitRecognizer(dropout=0.25)
    rec.load()
    rec.build()
    rec.model.summary()
    rec.train(epochs=3)
    rec.report()
