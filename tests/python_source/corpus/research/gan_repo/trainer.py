import keras
import numpy as np
from keras import Input, Model
from keras.optimizers import Adam


class Trainer:
    def __init__(self, opt, generator, discriminator):
        self.opt = opt
        self.g, self.d = generator, discriminator
        self.d.compile(loss="binary_crossentropy", optimizer=Adam(2e-4, 0.5), metrics=["accuracy"])
        self.d.trainable = False
        z = Input(shape=(opt.nz,))
        self.combined = Model(z, self.d(self.g(z)), name="combined")
        self.combined.compile(loss="binary_crossentropy", optimizer=Adam(2e-4, 0.5))

    def train(self, steps, batch=32):
        real, fake = np.ones((batch, 1)), np.zeros((batch, 1))
        for step in range(steps):
            noise = np.random.normal(0, 1, (batch, self.opt.nz))
            images = self.g.predict(noise)
            d_loss = self.d.train_on_batch(images, fake)
            g_loss = self.combined.train_on_batch(noise, real)
            print("%d [D loss: %f] [G loss: %f]" % (step, d_loss[0], g_loss[0]))
