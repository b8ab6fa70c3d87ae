'''
Problem set 4 - Convolutional networks on MNIST / Fashion-MNIST
Student: (see cover sheet)
NOTE: run with  python ps4_channels_either_way.py
'''
from __future__ import print_function
import keras
from keras.datasets import mnist, fashion_mnist
from keras.models import Sequential, Model
from keras.layers import Dense, Dropout, Flatten, Activation, Input, add
from keras.layers import Conv2D, MaxPooling2D, BatchNormalization
from keras import backend as K
from keras.regularizers import l2

batch_size = 128
num_classes = 10
epochs = 12
img_rows, img_cols = 28, 28


def load(which):
    if which == 'mnist':
        (x_train, y_train), (x_test, y_test) = mnist.load_data()
    else:
        (x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()
    if K.image_data_format() == 'channels_first':
        x_train = x_train.reshape(x_train.shape[0], 1, img_rows, img_cols)
        x_test = x_test.reshape(x_test.shape[0], 1, img_rows, img_cols)
        input_shape = (1, img_rows, img_cols)
    else:
        x_train = x_train.reshape(x_train.shape[0], img_rows, img_cols, 1)
        x_test = x_test.reshape(x_test.shape[0], img_rows, img_cols, 1)
        input_shape = (img_rows, img_cols, 1)
    x_train = x_train.astype('float32') / 255
    x_test = x_test.astype('float32') / 255
    y_train = keras.utils.to_categorical(y_train, num_classes)
    y_test = keras.utils.to_categorical(y_test, num_classes)
    return x_train, y_train, x_test, y_test, input_shape


x_train, y_train, x_test, y_test, input_shape = load('mnist')
print('x_train shape:', x_train.shape)
print(x_train.shape[0], 'train samples')

# ---------------------------------------------------------------- part (a)
model = Sequential()
model.add(Conv2D(32, kernel_size=(3, 3), activation='relu', input_shape=input_shape))
model.add(Conv2D(64, (3, 3), activation='relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(128, activation='relu'))
model.add(Dropout(0.5))
model.add(Dense(num_classes, activation='softmax'))
model.compile(loss=keras.losses.categorical_crossentropy, optimizer=keras.optimizers.Adadelta(), metrics=['accuracy'])
model.fit(x_train, y_train, batch_size=batch_size, epochs=epochs, verbose=1, validation_data=(x_test, y_test))
score = model.evaluate(x_test, y_test, verbose=0)
print('Test loss:', score[0])


# ---------------------------------------------------------------- part (b): shortcut connections
def bn_relu(t):
    axis = 1 if K.image_data_format() == 'channels_first' else -1
    return Activation('relu')(BatchNormalization(axis=axis)(t))


x_train, y_train, x_test, y_test, input_shape = load('fashion')
inp = Input(shape=input_shape)
h = Conv2D(16, 3, padding='same', kernel_regularizer=l2(1e-4))(inp)
nb = 16
for stage in range(3):
    if stage > 0:
        nb = nb * 2
        h = Conv2D(nb, 3, strides=2, padding='same', kernel_regularizer=l2(1e-4))(bn_relu(h))
    for k in range(2):
        g = Conv2D(nb, 3, padding='same', kernel_regularizer=l2(1e-4))(bn_relu(h))
        g = Conv2D(nb, 3, padding='same', kernel_regularizer=l2(1e-4))(bn_relu(g))
        h = add([h, g])
h = bn_relu(h)
h = MaxPooling2D(7)(h)
h = Flatten()(h)
out = Dense(num_classes, activation='softmax')(h)
model2 = Model(inputs=inp, outputs=out)
model2.summary()
model2.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
hist = model2.fit(x_train, y_train, batch_size=batch_size, epochs=epochs, validation_split=0.1)

# ---------------------------------------------------------------- part (c): how large are they?
for name, m in [('plain', model), ('residual', model2)]:
    print('%10s %8d parameters, %d layers' % (name, m.count_params(), len(m.layers)))
