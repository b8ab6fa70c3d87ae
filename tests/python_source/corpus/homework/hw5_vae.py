# HW5 - Variational autoencoder on Fashion-MNIST
# Student: see submission sheet
import numpy as np
import tensorflow as tf
from tensorflow import keras
import matplotlib.pyplot as plt

latent_dim = 8


class Sampling(keras.layers.Layer):
    def __init__(self, **kw):
        super().__init__(**kw)
        self.gen = keras.random.SeedGenerator(42)

    def call(self, inputs):
        mu, log_var = inputs
        eps = keras.random.normal(keras.ops.shape(mu), seed=self.gen)
        return mu + keras.ops.exp(0.5 * log_var) * eps


enc_in = keras.Input(shape=(28, 28, 1), name="image")
h = enc_in
for nf in [32, 64]:
    h = keras.layers.Conv2D(nf, 4, strides=2, padding="same")(h)
    h = keras.layers.LeakyReLU(negative_slope=0.2)(h)
h = keras.layers.Flatten()(h)
h = keras.layers.Dense(128, "relu")(h)
z_mean = keras.layers.Dense(latent_dim, name="mu")(h)
z_log_var = keras.layers.Dense(latent_dim, name="logvar")(h)
z = Sampling()([z_mean, z_log_var])
encoder = keras.Model(enc_in, [z_mean, z_log_var, z], name="enc")
encoder.summary()

dec = keras.Sequential(name="dec")
dec.add(keras.Input((latent_dim,)))
dec.add(keras.layers.Dense(7 * 7 * 64, activation="relu"))
dec.add(keras.layers.Reshape((7, 7, 64)))
dec.add(keras.layers.Conv2DTranspose(64, 4, strides=2, padding="same", activation="relu"))
dec.add(keras.layers.Conv2DTranspose(32, 4, strides=2, padding="same", activation="relu"))
dec.add(keras.layers.Conv2D(1, 3, padding="same", activation="sigmoid"))
dec.summary()


class VAE(keras.Model):
    def __init__(self, e, d, beta=1.0, **kwargs):
        super(VAE, self).__init__(**kwargs)
        self.e = e
        self.d = d
        self.beta = beta
        self.total = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.total]

    def call(self, x):
        return self.d(self.e(x)[2])

    def train_step(self, data):
        with tf.GradientTape() as tape:
            m, lv, zz = self.e(data)
            rec = self.d(zz)
            rl = tf.reduce_mean(tf.reduce_sum(keras.losses.binary_crossentropy(data, rec), axis=(1, 2)))
            kl = -0.5 * (1 + lv - tf.square(m) - tf.exp(lv))
            kl = tf.reduce_mean(tf.reduce_sum(kl, axis=1))
            loss = rl + self.beta * kl
        g = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(g, self.trainable_weights))
        self.total.update_state(loss)
        return {"loss": self.total.result()}


(xtr, _), (xte, _) = keras.datasets.fashion_mnist.load_data()
xtr = np.expand_dims(xtr, -1).astype("float32") / 255
vae = VAE(encoder, dec, beta=2.0)
vae.compile(optimizer=keras.optimizers.Adam(1e-3))
vae.fit(xtr, epochs=10, batch_size=128)

# Q3: latent walk
grid = np.random.normal(size=(16, latent_dim))
out = dec.predict(grid)
fig, ax = plt.subplots(4, 4)
for i in range(16):
    ax[i // 4, i % 4].imshow(out[i, :, :, 0], cmap="gray")
plt.savefig("walk.png")
