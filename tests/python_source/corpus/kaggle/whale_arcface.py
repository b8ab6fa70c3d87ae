# %% [markdown]
# # Whale ID: EfficientNet + ArcFace, 5 folds
# Fork of my own baseline. Changes: GeM, bigger margin, dropout.

# %% [code]
import gc
import math
import os
import random

import numpy as np
import pandas as pd
import tensorflow as tf
import tensorflow.keras.backend as K
from sklearn.model_selection import KFold
from tensorflow.keras.applications import EfficientNetB0

# %% [code]
class CFG:
    seed = 42
    image_size = 224
    n_classes = 15587
    emb = 512
    scale = 30.0
    margin = 0.5
    lr = 1e-3
    batch = 16
    folds = [0]
    debug = True

if CFG.debug:
    CFG.n_classes = 120

def seed_everything(seed):
    random.seed(seed)
    np.random.seed(seed)
    os.environ['PYTHONHASHSEED'] = str(seed)
    tf.random.set_seed(seed)

seed_everything(CFG.seed)

# %% [code]
class ArcMarginProduct(tf.keras.layers.Layer):
    '''cos(theta + m)'''
    def __init__(self, n_classes, s=30, m=0.50, easy_margin=False, ls_eps=0.0, **kwargs):
        super(ArcMarginProduct, self).__init__(**kwargs)
        self.n_classes = n_classes
        self.s = s
        self.m = m
        self.ls_eps = ls_eps
        self.easy_margin = easy_margin
        self.cos_m = math.cos(m)
        self.sin_m = math.sin(m)
        self.th = math.cos(math.pi - m)
        self.mm = math.sin(math.pi - m) * m

    def get_config(self):
        config = super().get_config().copy()
        config.update({'n_classes': self.n_classes, 's': self.s, 'm': self.m})
        return config

    def build(self, input_shape):
        super(ArcMarginProduct, self).build(input_shape[0])
        self.W = self.add_weight(name='W', shape=(int(input_shape[0][-1]), self.n_classes),
                                 initializer='glorot_uniform', dtype='float32', trainable=True)

    def call(self, inputs):
        X, y = inputs
        y = tf.cast(y, dtype=tf.int32)
        cosine = tf.matmul(tf.math.l2_normalize(X, axis=1), tf.math.l2_normalize(self.W, axis=0))
        sine = tf.math.sqrt(1.0 - tf.math.pow(cosine, 2) + 1e-6)
        phi = cosine * self.cos_m - sine * self.sin_m
        phi = tf.where(cosine > self.th, phi, cosine - self.mm)
        one_hot = tf.cast(tf.one_hot(y, depth=self.n_classes), dtype=cosine.dtype)
        output = (one_hot * phi) + ((1.0 - one_hot) * cosine)
        return output * self.s

# %% [code]
def get_model():
    inp = tf.keras.layers.Input(shape=[CFG.image_size, CFG.image_size, 3], name='inp1')
    label = tf.keras.layers.Input(shape=(), name='inp2')
    backbone = EfficientNetB0(weights='imagenet', include_top=False)
    x = backbone(inp)
    embed = tf.keras.layers.GlobalAveragePooling2D()(x)
    embed = tf.keras.layers.Dropout(0.2)(embed)
    embed = tf.keras.layers.Dense(CFG.emb)(embed)
    x = ArcMarginProduct(n_classes=CFG.n_classes, s=CFG.scale, m=CFG.margin, name='arc_margin', dtype='float32')([embed, label])
    output = tf.keras.layers.Softmax(dtype='float32')(x)
    model = tf.keras.models.Model(inputs=[inp, label], outputs=[output])
    embed_model = tf.keras.models.Model(inputs=inp, outputs=embed)
    opt = tf.keras.optimizers.Adam(learning_rate=CFG.lr)
    model.compile(optimizer=opt, loss=[tf.keras.losses.SparseCategoricalCrossentropy()],
                  metrics=[tf.keras.metrics.SparseCategoricalAccuracy(), tf.keras.metrics.SparseTopKCategoricalAccuracy(k=5)])
    return model, embed_model

# %% [code]
df = pd.read_csv('../input/happy/train.csv')
for fold, (tr, va) in enumerate(KFold(5, shuffle=True, random_state=CFG.seed).split(df)):
    if fold not in CFG.folds:
        continue
    K.clear_session()
    model, embed_model = get_model()
    model.summary()
    sv = tf.keras.callbacks.ModelCheckpoint('EF0_%i.weights.h5' % fold, save_weights_only=True)
    images, classes = np.zeros((1, CFG.image_size, CFG.image_size, 3)), np.zeros(1)
    hist = model.fit([images, classes], classes, epochs=2, callbacks=[sv])
    del model
    gc.collect()
