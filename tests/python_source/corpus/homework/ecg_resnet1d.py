# biomedical signal processing, exercise sheet 6
from tensorflow.keras import layers, models, regularizers, Input, callbacks
import numpy as np

FS = 360            # Hz
SECONDS = 2
LEADS = 2
beats = ['N', 'S', 'V', 'F', 'Q']


class ResNet1D:
    def __init__(self, n_classes, stages=((32, 2), (64, 2), (128, 2)), k=15):
        self.n_classes = n_classes
        self.stages = stages
        self.k = k
        self.model = None

    def _block(self, x, f, first_stride):
        short = x
        y = layers.Conv1D(f, self.k, strides=first_stride, padding='same', kernel_regularizer=regularizers.l2(1e-4))(x)
        y = layers.BatchNormalization()(y)
        y = layers.Activation('relu')(y)
        y = layers.SpatialDropout1D(0.1)(y)
        y = layers.Conv1D(f, self.k, padding='same', kernel_regularizer=regularizers.l2(1e-4))(y)
        y = layers.BatchNormalization()(y)
        if first_stride != 1 or x.shape[-1] != f:
            short = layers.Conv1D(f, 1, strides=first_stride, padding='same')(x)
        return layers.Activation('relu')(layers.add([short, y]))

    def build(self, length, leads):
        inp = Input(shape=(length, leads))
        x = layers.Conv1D(32, self.k, padding='same', activation='relu')(inp)
        for s, (f, n) in enumerate(self.stages):
            for b in range(n):
                x = self._block(x, f, 2 if (b == 0 and s > 0) else 1)
        x = layers.GlobalMaxPooling1D()(x)
        out = layers.Dense(self.n_classes, activation='softmax')(x)
        self.model = models.Model(inp, out, name='ecg_resnet')
        return self

    def train(self, X, y):
        cb = [callbacks.EarlyStopping(patience=5, restore_best_weights=True),
              callbacks.ReduceLROnPlateau(factor=0.5)]
        self.model.compile(loss='sparse_categorical_crossentropy', optimizer='adam', metrics=['acc'])
        return self.model.fit(X, y, epochs=30, batch_size=64, validation_split=.2, callbacks=cb)


net = ResNet1D(len(beats)).build(FS * SECONDS, LEADS)
X = np.zeros((128, FS * SECONDS, LEADS)); y = np.zeros(128)
net.train(X, y)
net.model.save('ecg.keras')

small = ResNet1D(n_classes=2, stages=[(16, 1)], k=7).build(FS, 1).model
print(small.output_shape)
