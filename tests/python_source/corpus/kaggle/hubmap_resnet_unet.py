import os, glob, json
import numpy as np
import cv2
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
from tqdm.notebook import tqdm

IMG = 256
CLASSES = ['kidney']
BACKBONE_LAYERS = ['conv1_relu', 'conv2_block3_out', 'conv3_block4_out', 'conv4_block6_out']
DEC = [256, 128, 64, 32]

strategy = tf.distribute.get_strategy()
REPLICAS = strategy.num_replicas_in_sync
print(f'REPLICAS: {REPLICAS}')
BATCH = 8 * REPLICAS


def dice_coe(y_true, y_pred, smooth=1.):
    inter = tf.reduce_sum(y_true * y_pred, axis=(1, 2, 3))
    union = tf.reduce_sum(y_true, axis=(1, 2, 3)) + tf.reduce_sum(y_pred, axis=(1, 2, 3))
    return tf.reduce_mean((2. * inter + smooth) / (union + smooth))


def bce_dice(y_true, y_pred):
    return keras.losses.binary_crossentropy(y_true, y_pred) + 1 - dice_coe(y_true, y_pred)


def cbr(x, f, k=3, name=None):
    x = layers.Conv2D(f, k, padding='same', use_bias=False, kernel_initializer='he_uniform', name=name and name + '_conv')(x)
    x = layers.BatchNormalization(name=name and name + '_bn')(x)
    return layers.Activation('relu', name=name and name + '_relu')(x)


def up_block(x, skip, f, i):
    x = layers.UpSampling2D(2, name=f'dec{i}_up')(x)
    if skip is not None:
        x = layers.Concatenate(name=f'dec{i}_cat')([x, skip])
    x = cbr(x, f, name=f'dec{i}a')
    return cbr(x, f, name=f'dec{i}b')


def res_unet(weights='imagenet'):
    base = keras.applications.ResNet50(include_top=False, weights=weights, input_shape=(IMG, IMG, 3))
    skips = [base.get_layer(n).output for n in BACKBONE_LAYERS][::-1]
    x = base.output
    for i, f in enumerate(DEC):
        x = up_block(x, skips[i], f, i)
    x = up_block(x, None, 16, len(DEC))
    x = layers.Conv2D(len(CLASSES), 3, padding='same')(x)
    return keras.Model(base.input, layers.Activation('sigmoid', dtype='float32')(x))


with strategy.scope():
    model = res_unet()
    model.compile(optimizer=keras.optimizers.Adam(5e-4), loss=bce_dice, metrics=[dice_coe])

files = sorted(glob.glob('../input/hubmap-256/train/*.png'))


def gen():
    for f in files:
        im = cv2.imread(f)
        yield im / 255., cv2.imread(f.replace('train', 'masks'))[..., :1]


ds = tf.data.Dataset.from_generator(gen, output_signature=(tf.TensorSpec((IMG, IMG, 3)), tf.TensorSpec((IMG, IMG, 1))))
ds = ds.batch(BATCH).prefetch(tf.data.AUTOTUNE)
model.fit(ds, epochs=30, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=4, factor=.3)])


# small one, without the encoder, for the second stage of the pseudo labels
def light_unet(start=8, depth=4, drop=0.1):
    x = inp = layers.Input((IMG, IMG, 3))
    x = layers.Lambda(lambda z: z / 255)(x)
    stack = []
    for d in range(depth):
        x = cbr(cbr(x, start * 2 ** d), start * 2 ** d)
        stack.append(x)
        x = layers.MaxPooling2D()(x)
        x = layers.SpatialDropout2D(drop * (d + 1))(x)
    x = cbr(x, start * 2 ** depth)
    while stack:
        s = stack.pop()
        f = s.shape[-1]
        x = layers.Conv2DTranspose(f, 2, strides=2, padding='same')(x)
        x = layers.concatenate([x, s])
        x = cbr(x, f)
    return keras.Model(inp, layers.Conv2D(1, 1, activation='sigmoid')(x))


student = light_unet()
student.compile('adam', bce_dice, metrics=[dice_coe])
