"""Task 2: effect of pooling type, kernel size and dropout. Run: python task2_compare.py"""
import time
import numpy as np
from keras.datasets import cifar10
from keras.models import Sequential
from keras.layers import Conv2D, MaxPool2D, AvgPool2D, Dense, Flatten, Dropout, Activation, Input
from keras.utils import to_categorical
from keras.optimizers import SGD


def get_data():
    (x_train, y_train), (x_test, y_test) = cifar10.load_data()
    y_train = to_categorical(y_train, 10)
    y_test = to_categorical(y_test, 10)
    return x_train / 255.0, y_train, x_test / 255.0, y_test


def make_model(pool='max', kernel=3, drop=None, shape=(32, 32, 3)):
    if pool == 'max':
        Pool = MaxPool2D
    elif pool == 'avg':
        Pool = AvgPool2D
    else:
        raise ValueError('unknown pool ' + pool)
    m = Sequential()
    m.add(Input(shape=shape))
    n = 16
    while n <= 64:
        m.add(Conv2D(n, (kernel, kernel), padding='same'))
        m.add(Activation('relu'))
        m.add(Pool((2, 2)))
        if drop is not None:
            m.add(Dropout(drop))
        n = n * 2
    m.add(Flatten())
    m.add(Dense(100, activation='tanh'))
    m.add(Dense(10, activation='softmax'))
    return m


def main():
    x_train, y_train, x_test, y_test = get_data()
    results = {}
    settings = [
        dict(pool='max', kernel=3),
        dict(pool='avg', kernel=3),
        dict(pool='max', kernel=5, drop=0.25),
        {'pool': 'avg', 'kernel': 7, 'drop': 0.5},
    ]
    for number, s in enumerate(settings):
        t0 = time.time()
        model = make_model(shape=x_train.shape[1:], **s)
        model.compile(loss='categorical_crossentropy', optimizer=SGD(0.01, momentum=0.9), metrics=['accuracy'])
        h = model.fit(x_train, y_train, epochs=2, batch_size=64, validation_split=0.1, verbose=0)
        name = '_'.join('%s=%s' % (k, v) for k, v in s.items())
        results[name] = (h.history['val_accuracy'][-1], time.time() - t0, model.count_params())
    best = max(results, key=lambda k: results[k][0])
    print('best', best, results[best])


if __name__ == '__main__':
    main()
