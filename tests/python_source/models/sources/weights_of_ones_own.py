import keras
from keras import layers, ops


class Scale(layers.Layer):
    def build(self, input_shape):
        self.gamma = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="gamma")

    def call(self, x):
        return x * self.gamma


class Early(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.steps = [self.add_weight((units,), name=f"step{i}") for i in range(3)]
        self.seen = self.add_weight(shape=(), trainable=False)

    def call(self, x):
        for step in self.steps:
            x = ops.relu(x + step)
        return x


class Mixed(layers.Layer):
    """Weights of its own, and layers with weights."""

    def __init__(self, units):
        super().__init__()
        self.units = units
        self.dense = layers.Dense(units)
        self.norm = layers.BatchNormalization()

    def build(self, input_shape):
        self.bias = self.add_weight(shape=[self.units], initializer="zeros")

    def call(self, x):
        return self.norm(self.dense(x)) + self.bias


class Nested(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.mixed, self.scale = Mixed(units), Scale()

    def build(self, input_shape):
        self.w = self.add_weight(shape=(self.mixed.units, 5))

    def call(self, x):
        return ops.matmul(self.scale(self.mixed(x)), self.w) if False else self.scale(self.mixed(x)) - self.w[0, 0]


def run(*parts):
    x = inputs = keras.Input((6, 6, 4))
    for part in parts:
        x = part(x)
    return keras.Model(inputs, x)


alone = run(Scale())
early = run(layers.Conv2D(8, 3), Early(8))
mixed = run(Mixed(7))
nested = run(Nested(3), layers.Flatten(), layers.Dense(2))
row = keras.Sequential([keras.Input((5, 3)), Scale(), layers.Dense(4), Scale()])
twice = Scale()
shared = run(twice, layers.ReLU(), twice)
frozen = run(Mixed(7), Early(7))
frozen.layers[1].trainable = False
whole_frozen = run(Nested(3))
whole_frozen.trainable = False
recurrent = keras.Sequential(
    [keras.Input((9, 4)), layers.LSTM(5, return_sequences=True), layers.GRU(3), layers.Dense(2)]
)
recurrent.layers[0].trainable = False
thawed = run(Early(4))
thawed.trainable = False
thawed.trainable = True
