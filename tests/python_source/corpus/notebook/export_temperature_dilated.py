#!/usr/bin/env python
# coding: utf-8

# # Forecasting temperature with dilated causal convolutions

# In[1]:


get_ipython().run_line_magic('matplotlib', 'inline')
get_ipython().system('pip install -U tensorflow')

import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras.models import Sequential
from keras import layers


# In[2]:


lookback = 10 * 24 * 6 // 10
n_features = 14
delay = 24
dilations = [2 ** i for i in range(5)]
float_data = np.zeros((5000, n_features))
mean = float_data[:2000].mean(axis=0)
float_data -= mean


# ## Sequential, as in the WaveNet paper but without gates

# In[3]:


model = Sequential()
model.add(layers.InputLayer(shape=[lookback, n_features]))
for rate in dilations * 2:
    model.add(layers.Conv1D(filters=20, kernel_size=2, padding="causal", activation="relu", dilation_rate=rate))
model.add(layers.Conv1D(filters=delay, kernel_size=1))
model.compile(loss="mse", optimizer="nadam", metrics=["mae"])
model.summary()


# In[4]:


class GatedActivationUnit(keras.layers.Layer):
    def __init__(self, activation="tanh", **kwargs):
        super().__init__(**kwargs)
        self.activation = keras.activations.get(activation)

    def call(self, inputs):
        n_filters = inputs.shape[-1] // 2
        linear_output = self.activation(inputs[..., :n_filters])
        gate = keras.activations.sigmoid(inputs[..., n_filters:])
        return linear_output * gate


def wavenet_residual_block(inputs, n_filters, dilation_rate):
    z = layers.Conv1D(2 * n_filters, kernel_size=2, padding="causal", dilation_rate=dilation_rate)(inputs)
    z = GatedActivationUnit()(z)
    z = layers.Conv1D(n_filters, kernel_size=1)(z)
    return layers.Add()([z, inputs]), z


# In[5]:


n_layers_per_block, n_blocks, n_filters = 4, 2, 32
inputs = layers.Input(shape=[None, n_features])
z = layers.Conv1D(n_filters, kernel_size=2, padding="causal")(inputs)
skip_to_last = []
for dilation_rate in [2**i for i in range(n_layers_per_block)] * n_blocks:
    z, skip = wavenet_residual_block(z, n_filters, dilation_rate)
    skip_to_last.append(skip)
z = keras.activations.relu(layers.Add()(skip_to_last))
z = layers.Conv1D(n_filters, kernel_size=1, activation="relu")(z)
Y_preds = layers.Conv1D(delay, kernel_size=1)(z)
full = keras.Model(inputs, Y_preds)
full.compile("adam", "huber")


# In[6]:


baseline = Sequential([layers.Input((lookback, n_features)), layers.Flatten(), layers.Dense(32, activation='relu'), layers.Dense(1)])
conv_gru = Sequential([
    layers.Input((None, n_features)),
    layers.Conv1D(32, 5, activation='relu'),
    layers.MaxPooling1D(3),
    layers.Conv1D(32, 5, activation='relu'),
    layers.GRU(32, dropout=.1, recurrent_dropout=.5),
    layers.Dense(1),
])
for m in baseline, conv_gru:
    m.compile(optimizer=keras.optimizers.RMSprop(), loss='mae')
    history = m.fit(np.zeros((4, lookback, n_features)), np.zeros(4), epochs=1)
