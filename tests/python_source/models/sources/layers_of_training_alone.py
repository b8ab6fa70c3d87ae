import keras
from keras import layers, ops


class IfTraining(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv2D(4, 3)
        self.drop = layers.Dropout(0.5)
        self.head = layers.Dense(2)

    def call(self, x, training=False):
        x = self.conv(x)
        if training:
            x = self.drop(x, training=training)
        return self.head(x)


class Conditional(IfTraining):
    def call(self, x, training=None):
        x = self.conv(x)
        return self.head(self.drop(x) if training else x)


class EarlyReturn(IfTraining):
    def call(self, x, *, training=None):
        x = self.conv(x)
        if training is not True:
            return self.head(x)
        return self.head(self.drop(x, training=True))


class SecondHead(IfTraining):
    def call(self, x, training=False):
        x = self.conv(x)
        return (self.head(x), self.drop(x)) if training else self.head(x)


class Noisy(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.dense = layers.Dense(units)
        self.noise = layers.GaussianNoise(0.1)

    def call(self, x, training=False):
        if training:
            x = self.noise(x)
        return self.dense(x)


class DropPath(layers.Layer):
    def call(self, x, training=False):
        if training:
            keep = keras.random.uniform((ops.shape(x)[0], 1, 1, 1))
            return x * ops.floor(0.9 + keep)
        return x


class Outer(keras.Model):
    def __init__(self):
        super().__init__()
        self.inner = Noisy(3)
        self.drop = layers.Dropout(0.1)

    def call(self, x, training=False):
        x = self.inner(x, training=training)
        if training:
            x = self.drop(x)
        return x


images = ops.zeros((2, 8, 8, 3))
by_if, by_condition, by_return, with_two = IfTraining(), Conditional(), EarlyReturn(), SecondHead()
by_if(images, training=False)
by_condition(images)
by_return(images)
with_two(images)
outer = Outer()
outer(images)
inputs = keras.Input((8, 8, 3))
functional = keras.Model(inputs, Noisy(5)(DropPath()(layers.Conv2D(4, 3)(inputs))))
outputs = len(functional.outputs)
