"""Momentum encoders: an online network and its slow copy, with a projector and a predictor (BYOL)."""
import copy
import keras
import tensorflow as tf
from keras import layers

SIZE, FEATURES = 64, 128


def encoder(name):
    return keras.Sequential(
        [
            keras.Input((SIZE, SIZE, 3)),
            layers.Conv2D(32, 5, strides=2, padding="same"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2D(64, 3, strides=2, padding="same"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.GlobalAveragePooling2D(),
        ],
        name=name,
    )


def mlp(inp, hidden, out, name):
    return keras.Sequential(
        [layers.Input((inp,)), layers.Dense(hidden, use_bias=False), layers.BatchNormalization(), layers.ReLU(), layers.Dense(out)],
        name=name,
    )


class BYOL(keras.Model):
    def __init__(self, tau=0.99):
        super().__init__()
        self.tau = tau
        self.online = keras.Sequential([encoder("online"), mlp(64, 256, FEATURES, "projector")])
        self.target = keras.models.clone_model(self.online)
        self.predictor = mlp(FEATURES, 256, FEATURES, "predictor")
        self.target.trainable = False
        self.aug = keras.Sequential([layers.RandomFlip(), layers.RandomContrast(0.4)])

    def call(self, x, training=False):
        return self.predictor(self.online(x, training=training), training=training)

    def train_step(self, x):
        a, b = self.aug(x), self.aug(x)
        with tf.GradientTape() as tape:
            pa, pb = self(a, training=True), self(b, training=True)
            ta, tb = self.target(a), self.target(b)
            loss = -tf.reduce_mean(keras.losses.cosine_similarity(pa, tb) + keras.losses.cosine_similarity(pb, ta))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        for w, t in zip(self.online.weights, self.target.weights):
            t.assign(self.tau * t + (1 - self.tau) * w)
        return {"loss": loss}


byol = BYOL()
byol.build((None, SIZE, SIZE, 3))
byol.compile(optimizer="adam")

probe_in = keras.Input((SIZE, SIZE, 3))
frozen = byol.online.layers[0]
frozen.trainable = False
probe = keras.Model(probe_in, layers.Dense(10, activation="softmax")(frozen(probe_in, training=False)))
probe.compile("sgd", "sparse_categorical_crossentropy")
