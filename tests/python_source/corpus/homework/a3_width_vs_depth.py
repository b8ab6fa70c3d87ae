import numpy as np
import matplotlib.pyplot as plt
import pandas as pd
from tensorflow import keras
from tensorflow.keras import layers as L, models as M, callbacks

# Assignment 3: width vs depth under one budget of parameters
(xtr, ytr), (xte, yte) = keras.datasets.cifar10.load_data()
xtr, xte = xtr / 255.0, xte / 255.0
N_CLASSES = 10

settings = [
    dict(name='narrow_deep', widths=[16] * 3, reps=3, bn=True),
    dict(name='wide_shallow', widths=[64, 128], reps=1),
    dict(name='pyramid', widths=[24, 48, 96], reps=2, bn=True, drop=0.3),
    dict(name='vgg_like', widths=[32, 64, 128], reps=2, head=(256, 128), act='elu'),
]

def cnn(name, widths, reps, bn=False, drop=0.0, head=(64,), act='relu', shape=(32, 32, 3)):
    net = M.Sequential(name=name)
    net.add(L.Input(shape))
    for w in widths:
        for _ in range(reps):
            net.add(L.Conv2D(w, 3, padding='same', use_bias=not bn))
            if bn:
                net.add(L.BatchNormalization())
            net.add(L.Activation(act))
        net.add(L.MaxPool2D())
        if drop:
            net.add(L.Dropout(drop))
    net.add(L.Flatten())
    [net.add(L.Dense(u, activation=act)) for u in head]
    net.add(L.Dense(N_CLASSES))
    return net

def budget(m):
    return sum(int(np.prod(w.shape)) for w in m.trainable_weights)

rows = []
for s in settings:
    net = cnn(**s)
    net.compile('sgd', keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=['accuracy'])
    stop = callbacks.EarlyStopping(patience=3, restore_best_weights=True)
    h = net.fit(xtr, ytr, validation_split=0.2, epochs=30, batch_size=256, callbacks=[stop], verbose=2)
    rows.append((s['name'], budget(net), max(h.history['val_accuracy'])))
    plt.plot(h.history['val_loss'], label=s['name'])
plt.legend(); plt.savefig('a3.png')
print(pd.DataFrame(rows, columns=['net', 'params', 'acc']))

# bonus: take the widest and cut its head
wide = cnn('wide', [64, 128, 256], 1, head=())
trunk = M.Sequential(wide.layers[:-2] + [L.GlobalMaxPool2D(), L.Dense(N_CLASSES, 'softmax')], name='cut')
trunk.build((None, 32, 32, 3))
print(wide.count_params(), '->', trunk.count_params())
