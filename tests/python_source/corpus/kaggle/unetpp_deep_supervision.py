# UNet++ for nuclei, DSB 2018
import os, sys, random
import numpy as np
from keras.models import Model
from keras.layers import Input, concatenate, Conv2D, MaxPooling2D, Conv2DTranspose, Dropout, BatchNormalization, Activation, LeakyReLU
from keras.callbacks import EarlyStopping, ModelCheckpoint
from keras import backend as K
import keras
import tensorflow as tf

IMG_WIDTH = 96
IMG_HEIGHT = 96
IMG_CHANNELS = 3
X_train = np.zeros((20, IMG_HEIGHT, IMG_WIDTH, IMG_CHANNELS), dtype=np.uint8)
Y_train = np.zeros((20, IMG_HEIGHT, IMG_WIDTH, 1), dtype=bool)

def dice_coef(y_true, y_pred):
    smooth = 1.
    y_true_f = tf.reshape(y_true, [-1])
    y_pred_f = tf.reshape(y_pred, [-1])
    intersection = tf.reduce_sum(y_true_f * y_pred_f)
    return (2. * intersection + smooth) / (tf.reduce_sum(y_true_f) + tf.reduce_sum(y_pred_f) + smooth)

def bce_dice_loss(y_true, y_pred):
    return 0.5 * keras.losses.binary_crossentropy(y_true, y_pred) - dice_coef(y_true, y_pred)

number_of_filters = 2
def conv2d(filters: int):
    return Conv2D(filters=filters, kernel_size=(3, 3), padding='same')

def conv2dtranspose(filters: int):
    return Conv2DTranspose(filters=filters, kernel_size=(2, 2), strides=(2, 2), padding='same')

model_input = Input((IMG_HEIGHT, IMG_WIDTH, IMG_CHANNELS))
nodes = {}
depth = 4
for j in range(depth):
    for i in range(depth - j):
        if j == 0:
            x = model_input if i == 0 else MaxPooling2D(pool_size=(2, 2), strides=(2, 2))(nodes[(i - 1, 0)])
        else:
            up = conv2dtranspose(2 ** i * 8 * number_of_filters)(nodes[(i + 1, j - 1)])
            x = concatenate([nodes[(i, k)] for k in range(j)] + [up], axis=3)
        for _ in range(2):
            x = conv2d(2 ** i * 8 * number_of_filters)(x)
            x = BatchNormalization()(x)
            x = LeakyReLU(0.2)(x)
            x = Dropout(0.2)(x)
        nodes[(i, j)] = x

outputs = [Conv2D(1, (1, 1), activation='sigmoid', name='output%d' % j)(nodes[(0, j)]) for j in range(1, depth)]
model = Model(inputs=[model_input], outputs=outputs)
model.compile(optimizer=keras.optimizers.Adam(5e-4), loss=[bce_dice_loss] * len(outputs),
              metrics=[[dice_coef]] * len(outputs))
model.fit(X_train, [Y_train] * (depth - 1), batch_size=4, epochs=5, validation_split=0.1,
          callbacks=[EarlyStopping(patience=5), ModelCheckpoint('nuclei.keras', save_best_only=True)])

# prune for inference
fast = Model(model_input, model.get_layer('output2').output)
fast.summary()
