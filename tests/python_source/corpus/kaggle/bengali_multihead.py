import numpy as np, pandas as pd, gc, os
import tensorflow as tf
import tensorflow.keras.backend as K
from tensorflow.keras.layers import Layer, Dense, Input, Dropout, Conv2D, Lambda, Concatenate
from tensorflow.keras.models import Model
from tensorflow.keras.applications import EfficientNetB1
from tensorflow.keras.optimizers import Adam
from sklearn.model_selection import train_test_split
from tqdm.auto import tqdm

HEIGHT, WIDTH = 137, 236
SIZE = 128
N_ROOT, N_VOWEL, N_CONS = 168, 11, 7
train = pd.read_csv('/kaggle/input/bengaliai-cv19/train.csv')

class GeM(Layer):
    def __init__(self, pool_size=4, init_norm=3.0, normalize=False, **kwargs):
        self.pool_size = pool_size
        self.init_norm = init_norm
        self.normalize = normalize
        super(GeM, self).__init__(**kwargs)

    def get_config(self):
        config = super().get_config().copy()
        config.update({'pool_size': self.pool_size, 'init_norm': self.init_norm, 'normalize': self.normalize})
        return config

    def build(self, input_shape):
        feature_size = input_shape[-1]
        self.p = self.add_weight(name='norms', shape=(feature_size,),
                                 initializer=tf.keras.initializers.Constant(self.init_norm), trainable=True)
        super(GeM, self).build(input_shape)

    def call(self, inputs):
        x = tf.math.maximum(inputs, 1e-6)
        x = tf.pow(x, self.p)
        x = tf.nn.avg_pool(x, self.pool_size, self.pool_size, 'VALID')
        x = tf.pow(x, 1.0 / self.p)
        return x

def build_model(weights='imagenet'):
    x_in = Input((SIZE, SIZE, 1))
    x = Conv2D(3, (3, 3), padding='same')(x_in)
    base = EfficientNetB1(include_top=False, weights=weights, input_shape=(SIZE, SIZE, 3))
    x = base(x)
    x = GeM(4)(x)
    x = tf.keras.layers.Flatten()(x)
    x = Dropout(0.3)(x)
    head_root = Dense(N_ROOT, activation='softmax', name='head_root')(x)
    head_vowel = Dense(N_VOWEL, activation='softmax', name='head_vowel')(x)
    head_cons = Dense(N_CONS, activation='softmax', name='head_cons')(x)
    return Model(inputs=x_in, outputs=[head_root, head_vowel, head_cons])

model = build_model()
model.compile(optimizer=Adam(learning_rate=1.6e-4),
              loss={'head_root': 'sparse_categorical_crossentropy', 'head_vowel': 'sparse_categorical_crossentropy',
                    'head_cons': 'sparse_categorical_crossentropy'},
              loss_weights={'head_root': 0.4, 'head_vowel': 0.3, 'head_cons': 0.3},
              metrics={'head_root': ['accuracy'], 'head_vowel': ['accuracy'], 'head_cons': ['accuracy']})
print(model.summary())

x = np.zeros((40, SIZE, SIZE, 1), dtype='float32')
y = [np.zeros(40), np.zeros(40), np.zeros(40)]
for ep in tqdm(range(2)):
    model.fit(x, y, batch_size=16, epochs=1)
    gc.collect()
