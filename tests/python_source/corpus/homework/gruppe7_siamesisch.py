# Übung 6, Gruppe 7: Siamesisches Netz -- sind zwei Ziffern gleich?
import random
import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.layers import *
from tensorflow.keras.models import *
from tensorflow.keras.optimizers import Adam

(bilder, ziffern), (test_bilder, test_ziffern) = tf.keras.datasets.mnist.load_data()
bilder = np.expand_dims(bilder, axis=-1) / 255.0
test_bilder = np.expand_dims(test_bilder, axis=-1) / 255.0
FORM = bilder.shape[1:]
EINBETTUNG = 48


def paare(x, y, anzahl=1000):
    links, rechts, gleich = [], [], []
    for _ in range(anzahl):
        i, j = random.randrange(len(x)), random.randrange(len(x))
        links.append(i)
        rechts.append(j)
        gleich.append(float(y[i] == y[j]))
    return x[np.array(links)], x[np.array(rechts)], np.array(gleich)


def euklid(vektoren):
    a, b = vektoren
    summe = K.sum(K.square(a - b), axis=1, keepdims=True)
    return K.sqrt(K.maximum(summe, K.epsilon()))


def form_des_abstands(formen):
    f1, f2 = formen
    return (f1[0], 1)


def kontrastiv(y_wahr, abstand, rand=1.0):
    y_wahr = tf.cast(y_wahr, abstand.dtype)
    return K.mean(y_wahr * K.square(abstand) + (1 - y_wahr) * K.square(K.maximum(rand - abstand, 0)))


def basisnetz(form):
    netz = Sequential(name="basis")
    netz.add(InputLayer(shape=form))
    netz.add(Conv2D(24, 5, activation="tanh"))
    netz.add(AveragePooling2D(2))
    netz.add(Conv2D(48, 5, activation="tanh"))
    netz.add(AveragePooling2D(2))
    netz.add(Flatten())
    netz.add(Dropout(.1))
    netz.add(Dense(EINBETTUNG))
    return netz


basis = basisnetz(FORM)
a, b = Input(FORM), Input(FORM)
abstand = Lambda(euklid, output_shape=form_des_abstands)([basis(a), basis(b)])
siam = Model([a, b], abstand)
siam.compile(loss=kontrastiv, optimizer=Adam(1e-3))
siam.summary()

l, r, g = paare(bilder, ziffern)
siam.fit([l, r], g, epochs=10, batch_size=64)

# Variante: Betrag der Differenz und ein Neuron
basis2 = basisnetz(FORM)
c, d = Input(FORM, name="links"), Input(FORM, name="rechts")
diff = Subtract()([basis2(c), basis2(d)])
diff = Lambda(lambda t: K.abs(t))(diff)
aehnlich = Dense(1, activation="sigmoid")(diff)
siam2 = Model(inputs=[c, d], outputs=[aehnlich])
siam2.compile("rmsprop", "binary_crossentropy", metrics=["acc"])
siam2.fit([l, r], g, epochs=10, batch_size=64)
