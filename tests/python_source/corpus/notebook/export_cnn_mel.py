# In[1]:
# Urban sounds: mel spectrograms -> CNN
import os, glob
import librosa
import librosa.display
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt

# In[2]:
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, Dropout, Activation, Conv2D, MaxPooling2D, GlobalAveragePooling2D, InputLayer
from tensorflow.keras.callbacks import ModelCheckpoint

# In[3]:
num_rows = 40
num_columns = 174
num_channels = 1
num_labels = 10
filter_size = 2

# In[7]:
# Construct model 
model = Sequential()
model.add(InputLayer(shape=(num_rows, num_columns, num_channels)))
model.add(Conv2D(filters=16, kernel_size=filter_size, activation='relu'))
model.add(MaxPooling2D(pool_size=2))
model.add(Dropout(0.2))
for k in 32, 64, 128:
    model.add(Conv2D(filters=k, kernel_size=filter_size, activation='relu'))
    model.add(MaxPooling2D(pool_size=2))
    model.add(Dropout(0.2))
model.add(GlobalAveragePooling2D())
model.add(Dense(num_labels, activation='softmax'))

# In[8]:
model.compile(loss='categorical_crossentropy', metrics=['accuracy'], optimizer='adam')
model.summary()

# In[12]:
X = np.load('features/mels.npy')
print(X.shape)

# In[13]:
# other set of features, whatever shape they have
model2 = Sequential()
model2.add(Conv2D(16, 3, activation='relu', input_shape=X.shape[1:]))
model2.add(GlobalAveragePooling2D())
model2.add(Dense(num_labels, activation='softmax'))
model2.summary()
