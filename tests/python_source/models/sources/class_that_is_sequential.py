import keras
from keras import layers


class Net(keras.Sequential):
    def __init__(self):
        super().__init__()
        self.add(layers.Input((6,)))
        self.add(layers.Dense(3))


model = Net()
shape = model.output_shape
