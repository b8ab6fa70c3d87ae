import os
import numpy as np, pandas as pd
import tensorflow as tf
from tensorflow.keras import mixed_precision
from tensorflow.keras import layers, Model, Sequential
from tensorflow.keras.applications import densenet, DenseNet121
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.callbacks import Callback, ModelCheckpoint

try:
    tpu = tf.distribute.cluster_resolver.TPUClusterResolver()
    tf.config.experimental_connect_to_cluster(tpu)
    tf.tpu.experimental.initialize_tpu_system(tpu)
    strategy = tf.distribute.TPUStrategy(tpu)
except Exception:
    strategy = tf.distribute.MirroredStrategy() if len(tf.config.list_physical_devices('GPU')) > 1 else tf.distribute.get_strategy()

if os.environ.get('KAGGLE_KERNEL_RUN_TYPE', '') == 'Batch':
    EPOCHS = 30
else:
    EPOCHS = 1

HEIGHT = WIDTH = 320
CANAL = 3
N_CLASSES = 5
BATCH_SIZE = 32
WARMUP, LR = 2e-3, 1e-4

train_df = pd.read_csv('../input/aptos2019-blindness-detection/train.csv')
train_df['id_code'] = train_df['id_code'].astype(str)

datagen = ImageDataGenerator(preprocessing_function=densenet.preprocess_input, zoom_range=0.15, fill_mode='constant',
                             cval=0., horizontal_flip=True, vertical_flip=True)
flow = datagen.flow_from_dataframe(train_df, x_col='id_code', y_col='diagnosis', target_size=(HEIGHT, WIDTH), batch_size=BATCH_SIZE)


def build_model():
    base = DenseNet121(weights='imagenet', include_top=False, input_shape=(HEIGHT, WIDTH, CANAL))
    model = Sequential()
    model.add(base)
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dropout(0.5))
    model.add(layers.Dense(2048, activation='relu'))
    model.add(layers.Dropout(0.5))
    model.add(layers.Dense(N_CLASSES, activation='sigmoid'))   # ordinal: 1 1 1 0 0
    return model


with strategy.scope():
    model = build_model()
    for layer in model.layers:
        layer.trainable = False
    for i in range(-5, 0):
        model.layers[i].trainable = True
    model.compile(loss='binary_crossentropy', optimizer=tf.keras.optimizers.Adam(WARMUP), metrics=['accuracy'])
model.summary()
history_warmup = model.fit(flow, epochs=2, steps_per_epoch=flow.n // BATCH_SIZE).history

for layer in model.layers:
    layer.trainable = True
model.compile(loss='binary_crossentropy', optimizer=tf.keras.optimizers.Adam(LR), metrics=['accuracy'])
history = model.fit(flow, epochs=EPOCHS).history


class QWKCallback(Callback):
    def __init__(self, validation_data):
        super(QWKCallback, self).__init__()
        self.X, self.Y = validation_data
        self.history = []

    def on_epoch_end(self, epoch, logs={}):
        pred = self.model.predict(self.X)
        self.history.append((pred > 0.5).sum(axis=1))


# --- regression on the same trunk, for the blend
mixed_precision.set_global_policy('mixed_float16')
aug = Sequential([layers.RandomFlip(), layers.RandomRotation(0.5), layers.RandomContrast(0.1)], name='aug')
inputs = layers.Input(shape=(HEIGHT, WIDTH, CANAL))
x = aug(inputs)
x = DenseNet121(weights=None, include_top=False, pooling='avg')(x)
x = layers.Dense(64, activation='selu', kernel_initializer='lecun_normal')(x)
x = layers.AlphaDropout(0.2)(x)
reg = Model(inputs, layers.Dense(1, dtype='float32', name='grade')(x))
reg.compile('adam', loss={'grade': 'huber'}, metrics={'grade': ['mae']})
