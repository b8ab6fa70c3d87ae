#!/usr/bin/env python
# coding: utf-8

# In[1]:
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras import mixed_precision

# In[2]:
policy = mixed_precision.Policy('mixed_float16')
mixed_precision.set_global_policy(policy)
print('Compute dtype: %s' % policy.compute_dtype)

# In[3]:
inputs = keras.Input(shape=(784,), name='digits')
if tf.config.list_physical_devices('GPU'):
  print('The model will run with 4096 units on a GPU')
  num_units = 4096
else:
  print('The model will run with 64 units on a CPU')
  num_units = 64
dense1 = layers.Dense(num_units, activation='relu', name='dense_1')
x = dense1(inputs)
dense2 = layers.Dense(num_units, activation='relu', name='dense_2')
x = dense2(x)

# In[4]:
x = layers.Dense(10, name='dense_logits')(x)
outputs = layers.Activation('softmax', dtype='float32', name='predictions')(x)
model = keras.Model(inputs=inputs, outputs=outputs)
model.compile(loss='sparse_categorical_crossentropy', optimizer=keras.optimizers.RMSprop(), metrics=['accuracy'])
(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train = x_train.reshape(60000, 784).astype('float32') / 255

# In[5]:
history = model.fit(x_train, y_train, batch_size=8192, epochs=5, validation_split=0.2)

# In[6]:
def cnn(act):
  i = keras.Input((28, 28, 1))
  h = layers.Conv2D(32, 3, activation=act)(i)
  h = layers.Conv2D(32, 3, 2, activation=act)(h)
  h = layers.Flatten()(h)
  return keras.Model(i, layers.Dense(10, dtype='float32')(h))
for a in (tf.nn.relu, keras.activations.gelu, 'mish'):
  m = cnn(a)
