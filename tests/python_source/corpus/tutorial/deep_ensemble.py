"""Model ensembles in Keras: averaging, stacking, snapshot."""
from keras.models import Model, Sequential
from keras.layers import (Input, Conv2D, MaxPooling2D, GlobalAveragePooling2D, Activation, Average, Dropout,
                          Dense, Concatenate, Flatten)
from keras.losses import categorical_crossentropy
from keras.callbacks import ModelCheckpoint, TensorBoard
from keras.optimizers import Adam
from keras.datasets import cifar10
from keras.utils import to_categorical
from typing import List, Tuple
import numpy as np


def load_data() -> Tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    (x_train, y_train), (x_test, y_test) = cifar10.load_data()
    x_train = x_train / 255.
    x_test = x_test / 255.
    y_train = to_categorical(y_train, num_classes=10)
    return x_train, x_test, y_train, y_test


x_train, x_test, y_train, y_test = load_data()
input_shape = x_train[0, :, :, :].shape
model_input = Input(shape=input_shape)


def conv_pool_cnn(model_input) -> Model:
    x = Conv2D(96, kernel_size=(3, 3), activation='relu', padding='same')(model_input)
    x = Conv2D(96, (3, 3), activation='relu', padding='same')(x)
    x = MaxPooling2D(pool_size=(3, 3), strides=2)(x)
    x = Conv2D(192, (3, 3), activation='relu', padding='same')(x)
    x = Conv2D(192, (1, 1), activation='relu')(x)
    x = Conv2D(10, (1, 1))(x)
    x = GlobalAveragePooling2D()(x)
    x = Activation(activation='softmax')(x)
    return Model(model_input, x, name='conv_pool_cnn')


def all_cnn(model_input) -> Model:
    x = model_input
    for filters in (96, 192):
        x = Conv2D(filters, (3, 3), activation='relu', padding='same')(x)
        x = Conv2D(filters, (3, 3), activation='relu', padding='same', strides=2)(x)
    x = Conv2D(192, (1, 1), activation='relu')(x)
    x = Conv2D(10, (1, 1))(x)
    x = GlobalAveragePooling2D()(x)
    x = Activation(activation='softmax')(x)
    return Model(model_input, x, name='all_cnn')


def compile_and_train(model, num_epochs):
    model.compile(loss=categorical_crossentropy, optimizer=Adam(), metrics=['acc'])
    filepath = 'weights/' + model.name + '.{epoch:02d}-{loss:.2f}.weights.h5'
    checkpoint = ModelCheckpoint(filepath, monitor='loss', save_weights_only=True, save_best_only=True)
    return model.fit(x=x_train, y=y_train, batch_size=32, epochs=num_epochs, verbose=1, callbacks=[checkpoint])


models: List[Model] = [conv_pool_cnn(model_input), all_cnn(model_input)]
for model in models:
    compile_and_train(model, num_epochs=20)


def ensemble(models, model_input):
    outputs = [model.outputs[0] for model in models]
    y = Average()(outputs)
    return Model(model_input, y, name='ensemble')


ensemble_model = ensemble(models, model_input)

# stacking: a small network on top of the frozen members
for m in models:
    for layer in m.layers:
        layer.trainable = False
merged = Concatenate()([m(model_input) for m in models])
stack = Dense(10, activation='softmax')(Dense(20, activation='relu')(merged))
stacked = Model(inputs=model_input, outputs=stack)
stacked.compile('adam', 'categorical_crossentropy')
