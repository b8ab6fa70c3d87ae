# EEGNet-like, with channels first (chans x samples), and a shallow net to compare
import os
os.environ['CUDA_VISIBLE_DEVICES'] = '0'
import numpy as np
import pandas as pd
from sklearn.model_selection import KFold
import tensorflow as tf
from tensorflow.keras.models import Model
from tensorflow.keras.layers import (Dense, Activation, Permute, Dropout, Conv2D, MaxPooling2D, AveragePooling2D,
    SeparableConv2D, DepthwiseConv2D, BatchNormalization, SpatialDropout2D, Input, Flatten, Lambda)
from tensorflow.keras.constraints import max_norm
from tensorflow.keras import backend as K

nb_classes, Chans, Samples = 4, 32, 128

def EEGNet(nb_classes, Chans=64, Samples=128, dropoutRate=0.5, kernLength=64, F1=8, D=2, F2=16, norm_rate=0.25, dropoutType='Dropout'):
    if dropoutType == 'SpatialDropout2D':
        dropoutType = SpatialDropout2D
    elif dropoutType == 'Dropout':
        dropoutType = Dropout
    else:
        raise ValueError('dropoutType must be one of SpatialDropout2D or Dropout, passed as a string.')

    input1 = Input(shape=(Chans, Samples, 1))
    block1 = Conv2D(F1, (1, kernLength), padding='same', input_shape=(Chans, Samples, 1), use_bias=False)(input1)
    block1 = BatchNormalization()(block1)
    block1 = DepthwiseConv2D((Chans, 1), use_bias=False, depth_multiplier=D, depthwise_constraint=max_norm(1.))(block1)
    block1 = BatchNormalization()(block1)
    block1 = Activation('elu')(block1)
    block1 = AveragePooling2D((1, 4))(block1)
    block1 = dropoutType(dropoutRate)(block1)

    block2 = SeparableConv2D(F2, (1, 16), use_bias=False, padding='same')(block1)
    block2 = BatchNormalization()(block2)
    block2 = Activation('elu')(block2)
    block2 = AveragePooling2D((1, 8))(block2)
    block2 = dropoutType(dropoutRate)(block2)

    flatten = Flatten(name='flatten')(block2)
    dense = Dense(nb_classes, name='dense', kernel_constraint=max_norm(norm_rate))(flatten)
    softmax = Activation('softmax', name='softmax')(dense)
    return Model(inputs=input1, outputs=softmax)

def square(x):
    return tf.square(x)

def log(x):
    return tf.math.log(tf.clip_by_value(x, 1e-7, 10000))

def ShallowFirst(nb_classes, chans, samples):
    inp = Input((1, chans, samples))
    h = Permute((2, 3, 1))(inp)
    h = Conv2D(40, (1, 13), kernel_constraint=max_norm(2., axis=(0, 1, 2)))(h)
    h = Conv2D(40, (chans, 1), use_bias=False)(h)
    h = BatchNormalization(epsilon=1e-05, momentum=0.9)(h)
    h = Activation(square)(h)
    h = AveragePooling2D(pool_size=(1, 35), strides=(1, 7))(h)
    h = Activation(log)(h)
    h = Dropout(0.5)(h)
    return Model(inp, Dense(nb_classes, activation='softmax')(Flatten()(h)))

model = EEGNet(nb_classes=nb_classes, Chans=Chans, Samples=Samples, dropoutRate=0.5, kernLength=32, F1=8, D=2, F2=16)
spatial = EEGNet(nb_classes, Chans, Samples, dropoutType='SpatialDropout2D')
shallow = ShallowFirst(nb_classes, Chans, Samples)
for m in (model, spatial, shallow):
    m.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
class_weights = {i: 1 for i in range(nb_classes)}
X = np.zeros((16, Chans, Samples, 1)); Y = np.eye(nb_classes)[np.arange(16) % nb_classes]
for tr, va in KFold(4).split(X):
    model.fit(X[tr], Y[tr], batch_size=16, epochs=2, class_weight=class_weights)
