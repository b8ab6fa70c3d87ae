import keras
from keras import layers


class Net:
    def __init__(self, shape, classes):
        self.shape = shape
        self.classes = classes

    def build(self):
        model = keras.Sequential(name="net")
        model.add(keras.Input(self.shape))
        model.add(layers.Conv2D(32, 3, activation="relu"))
        model.add(layers.Conv2D(64, activation="relu"))
        model.add(layers.GlobalMaxPooling2D())
        model.add(layers.Dense(self.classes))
        return model


net = Net((40, 40, 3), 5).build()
