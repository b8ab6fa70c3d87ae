from tensorflow.keras import layers as L


def conv_bn(x, f, s=1):
    for layer in [L.Conv2D(f, 3, strides=s, padding='same', use_bias=False), L.BatchNormalization(), L.ReLU()]:
        x = layer(x)
    return x


class Exit:
    def __init__(self, classes, name):
        self.classes, self.name = classes, name

    def __call__(self, x):
        x = conv_bn(x, 32, 2)
        x = L.GlobalAveragePooling2D()(x)
        return L.Dense(self.classes, name=self.name)(x)
