import tensorflow as tf
from tensorflow.keras import layers


class Classifier(tf.keras.Model):
    def __init__(self, classes=10):
        super().__init__()
        self.conv1 = layers.Conv2D(32, 3, activation="relu")
        self.pool = layers.MaxPooling2D()
        self.conv2 = layers.Conv2D(64, 3, activation="relu")
        self.gap = layers.GlobalAveragePooling2D()
        self.fc = layers.Dense(classes)

    def call(self, x):
        x = self.pool(self.conv1(x))
        x = self.gap(self.conv2(x))
        x = self.pool(x)
        return self.fc(x)


model = Classifier()
logits = model(tf.zeros((1, 28, 28, 1)))
print(logits.shape)
