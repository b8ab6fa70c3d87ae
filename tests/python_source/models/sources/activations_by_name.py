import keras
from keras import initializers, layers, regularizers


class Gated(layers.Layer):
    def __init__(self, filters, activation="tanh", initializer="he_normal", regularizer=None):
        super().__init__()
        self.activation = keras.activations.get(activation)
        self.initializer = initializers.get(initializer)
        self.conv = layers.Conv1D(
            2 * filters,
            3,
            padding="causal",
            kernel_initializer=self.initializer,
            kernel_regularizer=regularizers.get(regularizer),
        )

    def call(self, inputs):
        x = self.conv(inputs)
        n = x.shape[-1] // 2
        return self.activation(x[..., :n]) * keras.activations.get("sigmoid")(x[..., n:])


x = keras.Input((None, 6))
y = Gated(4)(x)
y = Gated(8, activation=None, regularizer="l2")(y)
y = Gated(3, keras.activations.relu, initializers.RandomNormal(stddev=0.1))(y)
model = keras.Model(x, layers.Dense(2, activation=keras.activations.get("softmax"))(y))
