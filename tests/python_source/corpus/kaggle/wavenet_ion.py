import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow.keras.layers import *
from tensorflow.keras import Model, losses, models
from tensorflow.keras.callbacks import Callback, LearningRateScheduler
from tensorflow.keras.optimizers import Adam
from sklearn.model_selection import GroupKFold
import random

EPOCHS = 110
NNBATCHSIZE = 16
GROUP_BATCH_SIZE = 4000
SEED = 321
LR = 0.001
SPLITS = 5
N_FEATURES = 21

def seed_everything(seed):
    random.seed(seed)
    np.random.seed(seed)
    tf.random.set_seed(seed)

def Classifier(shape_):

    def cbr(x, out_layer, kernel, stride, dilation):
        x = Conv1D(out_layer, kernel_size=kernel, dilation_rate=dilation, strides=stride, padding="same")(x)
        x = BatchNormalization()(x)
        x = Activation("relu")(x)
        return x

    def wave_block(x, filters, kernel_size, n):
        dilation_rates = [2**i for i in range(n)]
        x = Conv1D(filters=filters, kernel_size=1, padding='same')(x)
        res_x = x
        for dilation_rate in dilation_rates:
            tanh_out = Conv1D(filters=filters, kernel_size=kernel_size, padding='same',
                              activation='tanh', dilation_rate=dilation_rate)(x)
            sigm_out = Conv1D(filters=filters, kernel_size=kernel_size, padding='same',
                              activation='sigmoid', dilation_rate=dilation_rate)(x)
            x = Multiply()([tanh_out, sigm_out])
            x = Conv1D(filters=filters, kernel_size=1, padding='same')(x)
            res_x = Add()([res_x, x])
        return res_x

    inp = Input(shape=(shape_))
    x = cbr(inp, 64, 7, 1, 1)
    x = BatchNormalization()(x)
    x = wave_block(x, 16, 3, 12)
    x = BatchNormalization()(x)
    x = wave_block(x, 32, 3, 8)
    x = BatchNormalization()(x)
    x = wave_block(x, 64, 3, 4)
    x = BatchNormalization()(x)
    x = wave_block(x, 128, 3, 1)
    x = cbr(x, 32, 7, 1, 1)
    x = BatchNormalization()(x)
    x = Dropout(0.2)(x)
    out = Dense(11, activation='softmax', name='out')(x)
    model = models.Model(inputs=inp, outputs=out)
    opt = Adam(learning_rate=LR)
    model.compile(loss=losses.CategoricalCrossentropy(), optimizer=opt, metrics=['accuracy'])
    return model

def lr_schedule(epoch):
    if epoch < 30:
        lr = LR
    elif epoch < 60:
        lr = LR / 3
    else:
        lr = LR / 10
    return lr

def run_everything():
    seed_everything(SEED)
    train = np.zeros((10, GROUP_BATCH_SIZE, N_FEATURES))
    target = np.zeros((10, GROUP_BATCH_SIZE, 11))
    shape_ = (None, train.shape[2])
    model = Classifier(shape_)
    cb_lr_schedule = LearningRateScheduler(lr_schedule)
    model.fit(train, target, epochs=EPOCHS, callbacks=[cb_lr_schedule], batch_size=NNBATCHSIZE, verbose=2)
    return model

run_everything()
