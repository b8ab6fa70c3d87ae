#!/usr/bin/env python
# coding: utf-8

# # Anomaly detection with a convolutional autoencoder

# In[1]:


import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, losses
from tensorflow.keras.models import Model
get_ipython().run_line_magic('matplotlib', 'inline')


# In[2]:


(x_train, _), (x_test, _) = tf.keras.datasets.fashion_mnist.load_data()
x_train = x_train.astype('float32') / 255.
x_train = x_train[..., tf.newaxis]
print(x_train.shape)


# In[3]:


class Denoise(Model):
    def __init__(self):
        super(Denoise, self).__init__()
        self.encoder = tf.keras.Sequential([
            layers.Input(shape=(28, 28, 1)),
            layers.Conv2D(16, (3, 3), activation='relu', padding='same', strides=2),
            layers.Conv2D(8, (3, 3), activation='relu', padding='same', strides=2)])

        self.decoder = tf.keras.Sequential([
            layers.Conv2DTranspose(8, kernel_size=3, strides=2, activation='relu', padding='same'),
            layers.Conv2DTranspose(16, kernel_size=3, strides=2, activation='relu', padding='same'),
            layers.Conv2D(1, kernel_size=(3, 3), activation='sigmoid', padding='same')])

    def call(self, x):
        encoded = self.encoder(x)
        decoded = self.decoder(encoded)
        return decoded

autoencoder = Denoise()


# In[4]:


autoencoder.compile(optimizer='adam', loss=losses.MeanSquaredError())
autoencoder.fit(x_train, x_train, epochs=10, shuffle=True)
autoencoder.encoder.summary()


# In[5]:


class AnomalyDetector(Model):
  def __init__(self, n=140):
    super().__init__()
    self.encoder = tf.keras.Sequential()
    for u in [32, 16, 8]:
      self.encoder.add(layers.Dense(u, activation="relu"))
    self.decoder = tf.keras.Sequential([
      layers.Dense(16, activation="relu"),
      layers.Dense(32, activation="relu"),
      layers.Dense(n, activation="sigmoid")])

  def call(self, x):
    return self.decoder(self.encoder(x))

detector = AnomalyDetector()
detector.compile(optimizer='adam', loss='mae')
normal_train_data = np.zeros((200, 140), 'float32')
history = detector.fit(normal_train_data, normal_train_data, epochs=20, batch_size=512)
