import keras
from keras import layers
from keras.models import Model, Sequential


class Net(Model):
    def __init__(self):
        super().__init__()
        self.features = Sequential([layers.Conv2D(4, 3), layers.Flatten()])
        self.out = layers.Dense(2)

    def call(self, x):
        return self.out(self.features(x))


model = Net()
start = keras.Input((7, 7, 2))
end = model(start)
shape = end.shape
whole = Model(start, end)
