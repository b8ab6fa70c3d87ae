#!/usr/bin/env python
# coding: utf-8

# # Video classification with CNN + LSTM
# 
# We use `TimeDistributed`.

# In[1]:


import numpy as np
import keras
from keras.models import Sequential
from keras.layers import TimeDistributed, Conv2D, MaxPooling2D, Flatten, LSTM, Dense, Dropout


# In[2]:


SEQUENCE_LENGTH = 20
IMAGE_HEIGHT, IMAGE_WIDTH = 64, 64
CLASSES_LIST = ["WalkingWithDog", "TaiChi", "Swing", "HorseRace"]


# In[3]:


def create_LRCN_model():
    '''
    Builds the LRCN model.
    Returns:
        model: It is the required constructed LRCN model.
    '''
    model = Sequential()

    model.add(TimeDistributed(Conv2D(16, (3, 3), padding='same', activation='relu'),
                              input_shape=(SEQUENCE_LENGTH, IMAGE_HEIGHT, IMAGE_WIDTH, 3)))

    model.add(TimeDistributed(MaxPooling2D((4, 4))))
    model.add(TimeDistributed(Dropout(0.25)))

    model.add(TimeDistributed(Conv2D(32, (3, 3), padding='same', activation='relu')))
    model.add(TimeDistributed(MaxPooling2D((4, 4))))
    model.add(TimeDistributed(Dropout(0.25)))

    model.add(TimeDistributed(Conv2D(64, (3, 3), padding='same', activation='relu')))
    model.add(TimeDistributed(MaxPooling2D((2, 2))))
    model.add(TimeDistributed(Flatten()))

    model.add(LSTM(32))
    model.add(Dense(len(CLASSES_LIST), activation='softmax'))

    model.summary()
    return model


# In[4]:


LRCN_model = create_LRCN_model()
print("Model Created Successfully!")


# In[ ]:


get_ipython().run_line_magic('matplotlib', 'inline')
from keras.utils import plot_model
plot_model(LRCN_model, to_file='LRCN_model_structure_plot.png', show_shapes=True)


# In[5]:


early_stopping_callback = keras.callbacks.EarlyStopping(monitor='val_loss', patience=15, mode='min', restore_best_weights=True)
LRCN_model.compile(loss='categorical_crossentropy', optimizer='Adam', metrics=["accuracy"])

features_train = np.zeros((4, SEQUENCE_LENGTH, IMAGE_HEIGHT, IMAGE_WIDTH, 3), dtype='float32')
labels_train = np.zeros((4, 4))
LRCN_model_training_history = LRCN_model.fit(x=features_train, y=labels_train, epochs=70, batch_size=4,
                                             shuffle=True, callbacks=[early_stopping_callback])


# In[ ]:
