# coding: utf-8
# In[1]:

import numpy as np
import keras
from keras.datasets import imdb
from keras.utils import pad_sequences
from keras import layers, models

# In[2]:

max_features = 10000
max_len = 500

# In[3]:

print('Loading data...')
(x_train, y_train), (x_test, y_test) = imdb.load_data(num_words=max_features)
x_train = pad_sequences(x_train, maxlen=max_len)
x_test = pad_sequences(x_test, maxlen=max_len)
print('x_train shape:', x_train.shape)

# In[4]:

model = models.Sequential()
model.add(layers.Embedding(max_features, 128))
model.add(layers.Conv1D(32, 7, activation='relu'))
model.add(layers.MaxPooling1D(5))
model.add(layers.Conv1D(32, 7, activation='relu'))
model.add(layers.GlobalMaxPooling1D())
model.add(layers.Dense(1))

# In[5]:

model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=1e-4),
              loss=keras.losses.BinaryCrossentropy(from_logits=True),
              metrics=['accuracy'])
history = model.fit(x_train, y_train, epochs=10, batch_size=128, validation_split=0.2)
model.summary()

# In[6]:

# with a GRU on top
model = models.Sequential()
model.add(layers.Input(shape=(max_len,), dtype='int32'))
model.add(layers.Embedding(max_features, 128))
model.add(layers.Conv1D(32, 5, activation='relu'))
model.add(layers.MaxPooling1D(3))
model.add(layers.Conv1D(32, 5, activation='relu'))
model.add(layers.GRU(32, dropout=0.1, recurrent_dropout=0.5))
model.add(layers.Dense(1, activation='sigmoid'))
model.compile('rmsprop', 'binary_crossentropy', metrics=['acc'])
