import os, gc, random, warnings
warnings.filterwarnings('ignore')
import numpy as np
import pandas as pd
import cv2
from tqdm import tqdm
from sklearn.model_selection import StratifiedKFold
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.models import Model
from tensorflow.keras.layers import (Input, Conv2D, BatchNormalization, ReLU, MaxPooling2D,
                                     GlobalAveragePooling2D, GlobalMaxPooling2D, Concatenate, Dense, Dropout)

class CFG:
    seed = 42
    img_size = 96
    n_fold = 3
    batch = 64
    filters = (32, 64, 128)
    labels = ['Black-grass', 'Charlock', 'Cleavers', 'Common Chickweed', 'Common wheat', 'Fat Hen',
              'Loose Silky-bent', 'Maize', 'Scentless Mayweed', 'Shepherds Purse', 'Small-flowered Cranesbill', 'Sugar beet']
    debug = True

def seed_everything(seed):
    random.seed(seed)
    os.environ['PYTHONHASHSEED'] = str(seed)
    np.random.seed(seed)
    tf.random.set_seed(seed)

seed_everything(CFG.seed)

X, y = [], []
for i in tqdm(range(30)):
    img = cv2.imread(f'../input/train/{i}.png')
    img = cv2.cvtColor(img, cv2.COLOR_BGR2RGB)
    X.append(cv2.resize(img, (CFG.img_size, CFG.img_size)))
    y.append(i % len(CFG.labels))
X, y = np.array(X), np.array(y)

def get_model():
    inp = Input((CFG.img_size, CFG.img_size, 3))
    x = inp
    for i, f in enumerate(CFG.filters):
        for k in range(2):
            x = Conv2D(f, 3, padding='same', use_bias=False, name=f'conv{i}_{k}')(x)
            x = BatchNormalization(name=f'bn{i}_{k}')(x)
            x = ReLU()(x)
        x = MaxPooling2D()(x) if i < len(CFG.filters) - 1 else x
    x = Concatenate()([GlobalAveragePooling2D()(x), GlobalMaxPooling2D()(x)])
    x = Dropout(0.5)(x)
    out = Dense(len(CFG.labels), activation='softmax')(x)
    model = Model(inp, out)
    model.compile('adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    return model

skf = StratifiedKFold(n_splits=CFG.n_fold, shuffle=True, random_state=CFG.seed)
oof = np.zeros((len(X), len(CFG.labels)))
for fold, (trn_idx, val_idx) in enumerate(skf.split(X, y)):
    print(f'========== fold {fold} ==========')
    K.clear_session()
    model = get_model()
    model.fit(X[trn_idx], y[trn_idx], batch_size=CFG.batch, epochs=2,
              validation_data=(X[val_idx], y[val_idx]))
    oof[val_idx] = model.predict(X[val_idx])
    gc.collect()
