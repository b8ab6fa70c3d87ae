"""LeNet-5, three ways."""
import keras
from keras import layers, Sequential, Model, Input


def lenet_sequential(input_shape=(32, 32, 1), classes=10):
    return Sequential(
        [
            Input(shape=input_shape),
            layers.Conv2D(6, 5, activation="tanh", name="c1"),
            layers.AveragePooling2D(2, name="s2"),
            layers.Conv2D(16, 5, activation="tanh", name="c3"),
            layers.AveragePooling2D(2, name="s4"),
            layers.Conv2D(120, 5, activation="tanh", name="c5"),
            layers.Flatten(),
            layers.Dense(84, activation="tanh", name="f6"),
            layers.Dense(classes, name="out"),
        ],
        name="lenet_seq",
    )


def lenet_functional(input_shape=(32, 32, 1), classes=10):
    stack = [
        layers.Conv2D(6, 5, activation="tanh"),
        layers.AveragePooling2D(2),
        layers.Conv2D(16, 5, activation="tanh"),
        layers.AveragePooling2D(2),
        layers.Conv2D(120, 5, activation="tanh"),
        layers.Flatten(),
        layers.Dense(84, activation="tanh"),
        layers.Dense(classes),
    ]
    inputs = x = Input(input_shape)
    for layer in stack:
        x = layer(x)
    return Model(inputs, x, name="lenet_fun")


class LeNet(Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.features = Sequential(
            [
                layers.Conv2D(6, 5, activation="tanh"),
                layers.AveragePooling2D(2),
                layers.Conv2D(16, 5, activation="tanh"),
                layers.AveragePooling2D(2),
                layers.Conv2D(120, 5, activation="tanh"),
            ]
        )
        self.flatten = layers.Flatten()
        self.fc = [layers.Dense(84, activation="tanh"), layers.Dense(classes)]

    def call(self, x):
        x = self.flatten(self.features(x))
        for fc in self.fc:
            x = fc(x)
        return x


a = lenet_sequential()
b = lenet_functional()
c = LeNet(name="lenet_sub")
c.build((None, 32, 32, 1))
assert a.count_params() == b.count_params(), "the two differ"
print(a.count_params(), b.count_params(), c.count_params())
