import re, math
import numpy as np
import pandas as pd
import tensorflow as tf
import tensorflow.keras.layers as L
from kaggle_datasets import KaggleDatasets
from sklearn.model_selection import KFold

DEVICE = "TPU"
SEED = 42
FOLDS = 3
IMG_SIZES = [128, 192, 256]
EFF_NETS = [0, 2, 3]
BATCH_SIZES = [32] * FOLDS
TTA = 11

if DEVICE == "TPU":
    print("connecting to TPU...")
    try:
        tpu = tf.distribute.cluster_resolver.TPUClusterResolver()
        print('Running on TPU ', tpu.master())
    except Exception:
        print("Could not connect to TPU")
        tpu = None
    if tpu:
        try:
            tf.config.experimental_connect_to_cluster(tpu)
            tf.tpu.experimental.initialize_tpu_system(tpu)
            strategy = tf.distribute.TPUStrategy(tpu)
        except Exception:
            DEVICE = "GPU"
    else:
        DEVICE = "GPU"

if DEVICE != "TPU":
    strategy = tf.distribute.get_strategy()

AUTO = tf.data.AUTOTUNE
REPLICAS = strategy.num_replicas_in_sync

EFNS = [tf.keras.applications.EfficientNetB0, tf.keras.applications.EfficientNetB1,
        tf.keras.applications.EfficientNetB2, tf.keras.applications.EfficientNetB3]

def build_model(dim=128, ef=0):
    inp = L.Input(shape=(dim, dim, 3))
    base = EFNS[ef](input_shape=(dim, dim, 3), weights='imagenet', include_top=False)
    x = base(inp)
    x = L.GlobalAveragePooling2D()(x)
    x = L.Dense(1, activation='sigmoid')(x)
    model = tf.keras.Model(inputs=inp, outputs=x)
    opt = tf.keras.optimizers.Adam(learning_rate=0.001)
    loss = tf.keras.losses.BinaryCrossentropy(label_smoothing=0.05)
    model.compile(optimizer=opt, loss=loss, metrics=['AUC'])
    return model

def get_lr_callback(batch_size=8):
    lr_start, lr_max, lr_min = 0.000005, 0.00000125 * REPLICAS * batch_size, 0.000001
    def lrfn(epoch):
        if epoch < 5:
            return (lr_max - lr_start) / 5 * epoch + lr_start
        return (lr_max - lr_min) * 0.8 ** (epoch - 5) + lr_min
    return tf.keras.callbacks.LearningRateScheduler(lrfn, verbose=False)

skf = KFold(n_splits=FOLDS, shuffle=True, random_state=SEED)
oof_pred = []
for fold, (idxT, idxV) in enumerate(skf.split(np.arange(15))):
    print('#### FOLD', fold + 1, 'size', IMG_SIZES[fold], 'EfficientNet', EFF_NETS[fold])
    tf.keras.backend.clear_session()
    with strategy.scope():
        model = build_model(dim=IMG_SIZES[fold], ef=EFF_NETS[fold])
    sv = tf.keras.callbacks.ModelCheckpoint('fold-%i.weights.h5' % fold, monitor='val_loss', save_best_only=True, save_weights_only=True)
    model.load_weights('fold-%i.weights.h5' % fold)
