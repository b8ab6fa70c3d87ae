# Tuning a CNN with KerasTuner, step by step
import keras
import keras_tuner as kt
import numpy as np
from keras import layers

(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train = np.expand_dims(x_train, -1).astype("float32") / 255
num_classes = 10
input_shape = x_train.shape[1:]
y_train = keras.utils.to_categorical(y_train, num_classes)


# A function that takes hyperparameters and returns a compiled model
def build_model(hp):
    model = keras.Sequential()
    model.add(keras.Input(shape=input_shape))
    for i in range(hp.Int("conv_layers", 1, 4, default=3)):
        model.add(
            layers.Conv2D(
                filters=hp.Choice(f"filters_{i}", [32, 48, 64], default=48),
                kernel_size=hp.Int("kernel", min_value=3, max_value=5, step=2),
                activation=hp.Choice("activation", ["relu", "tanh"]),
                padding="same",
            )
        )
        if hp.Boolean("bn", default=True):
            model.add(layers.BatchNormalization())
        if i % 2 == 0:
            model.add(layers.MaxPooling2D(2))
    if hp.Choice("pooling", ["flatten", "avg", "max"], default="avg") == "avg":
        model.add(layers.GlobalAveragePooling2D())
    else:
        model.add(layers.Flatten())
    if hp.Boolean("dropout"):
        model.add(layers.Dropout(rate=0.25))
    model.add(layers.Dense(hp.Int("units", min_value=32, max_value=512, step=32), activation="relu"))
    model.add(layers.Dense(num_classes, activation="softmax"))
    lr = hp.Float("lr", min_value=1e-4, max_value=1e-2, sampling="log")
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=lr), loss="categorical_crossentropy", metrics=["accuracy"])
    return model


# Does it build at all?
build_model(kt.HyperParameters())


# Existing code is easily tuned when the builder takes plain arguments
def call_existing_code(units, activation, dropout, lr):
    model = keras.Sequential([keras.Input(input_shape), layers.Flatten()])
    model.add(layers.Dense(units=units, activation=activation))
    if dropout:
        model.add(layers.Dropout(rate=0.25))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=lr), loss="categorical_crossentropy")
    return model


def build_again(hp):
    units = hp.Int("units", min_value=32, max_value=512, step=32)
    activation = hp.Choice("activation", ["relu", "tanh"])
    dropout = hp.Boolean("dropout")
    lr = hp.Float("lr", min_value=1e-4, max_value=1e-2, sampling="log")
    return call_existing_code(units=units, activation=activation, dropout=dropout, lr=lr)


hp = kt.HyperParameters()
model = build_again(hp)
model.summary()

tuner = kt.RandomSearch(hypermodel=build_model, objective="val_accuracy", max_trials=3, overwrite=True, directory="my_dir")
tuner.search_space_summary()
tuner.search(x_train, y_train, epochs=2, validation_split=0.2)
