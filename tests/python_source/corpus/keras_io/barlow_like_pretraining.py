"""
Title: Redundancy reduction on CIFAR-10
Description: Self-supervised pretraining with two augmented views, then a linear probe.
"""

import tensorflow as tf
import keras
from keras import layers

AUTO = tf.data.AUTOTUNE
BATCH_SIZE = 256
CROP_TO = 32
PROJECT_DIM = 512
EPOCHS = 5
LAMBDA = 5e-3

(x_train, y_train), _ = keras.datasets.cifar10.load_data()

"""
## Encoder
"""


def residual(x, width, downsample=False):
    shortcut = x
    strides = 2 if downsample else 1
    x = layers.Conv2D(width, 3, strides, "same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    if downsample or shortcut.shape[-1] != width:
        shortcut = layers.Conv2D(width, 1, strides, use_bias=False)(shortcut)
        shortcut = layers.BatchNormalization()(shortcut)
    return layers.ReLU()(x + shortcut)


def get_encoder(widths=(32, 64, 128), n=2):
    inputs = keras.Input((CROP_TO, CROP_TO, 3))
    x = layers.Rescaling(scale=1.0 / 127.5, offset=-1)(inputs)
    x = layers.Conv2D(widths[0], 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    for i, width in enumerate(widths):
        for j in range(n):
            x = residual(x, width, downsample=(i > 0 and j == 0))
    trunk_output = layers.GlobalAveragePooling2D(name="trunk")(x)
    # projector
    x = layers.Dense(PROJECT_DIM, use_bias=False)(trunk_output)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    outputs = layers.Dense(PROJECT_DIM, use_bias=False)(x)
    return keras.Model(inputs, outputs, name="encoder")


def off_diagonal(x):
    n = tf.shape(x)[0]
    flattened = tf.reshape(x, [-1])[:-1]
    return tf.reshape(tf.reshape(flattened, (n - 1, n + 1))[:, 1:], [-1])


class TwoViews(keras.Model):
    def __init__(self, encoder, lambd=LAMBDA):
        super().__init__()
        self.encoder = encoder
        self.lambd = lambd
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]

    def call(self, x):
        return self.encoder(x)

    def train_step(self, data):
        a, b = data
        with tf.GradientTape() as tape:
            za, zb = self.encoder(a, training=True), self.encoder(b, training=True)
            c = tf.matmul(za, zb, transpose_a=True)
            on = tf.reduce_sum(tf.square(tf.linalg.diag_part(c) - 1))
            loss = on + self.lambd * tf.reduce_sum(tf.square(off_diagonal(c)))
        grads = tape.gradient(loss, self.encoder.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.encoder.trainable_variables))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}


augment = keras.Sequential([layers.RandomFlip(), layers.RandomTranslation(0.1, 0.1), layers.RandomContrast(0.3)])
encoder = get_encoder()
two = TwoViews(encoder)
two.compile(optimizer=keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.05, 1000), momentum=0.9))

"""
## Linear probe
"""

backbone = keras.Model(encoder.input, encoder.get_layer("trunk").output)
backbone.trainable = False
inputs = keras.Input((CROP_TO, CROP_TO, 3))
x = backbone(inputs, training=False)
outputs = layers.Dense(10, activation="softmax")(x)
linear_model = keras.Model(inputs, outputs, name="linear_model")
linear_model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"], optimizer="sgd")
linear_model.fit(x_train, y_train, epochs=EPOCHS, batch_size=BATCH_SIZE)
