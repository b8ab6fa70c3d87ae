import os
import numpy as np
import pandas as pd
import keras
from keras.layers import Input, Conv2D, Dense, Flatten, MaxPooling2D, Concatenate, BatchNormalization, Embedding
from keras.models import Model

meta = pd.read_csv('../input/train_metadata.csv')
breeds = meta['breed'].nunique()
tab_cols = [c for c in meta.columns if c.startswith('pixel')][:20]

img_in = Input((100, 100, 3), name='img')
tab_in = Input((len(tab_cols),), name='tab')
x = img_in
for f in [32, 32, 64]:
    x = Conv2D(f, 3, activation='relu')(x)
    x = MaxPooling2D()(x)
x = Flatten()(x)
t = Dense(16, activation='relu')(BatchNormalization()(tab_in))
both = Concatenate()([x, t])
out = Dense(breeds, activation='softmax')(both)
model = Model([img_in, tab_in], out)
model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
encoder = Model(img_in, x)
