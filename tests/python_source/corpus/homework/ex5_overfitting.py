# Exercise 5: compare a big and a small network, then with L2 and dropout
import keras
from keras import regularizers
from keras.layers import Conv2D, MaxPooling2D, Dense, Flatten, Dropout, Input
from keras.models import Sequential, Model
import matplotlib.pyplot as plt

(x, y), (x_val, y_val) = keras.datasets.cifar10.load_data()
x = x.astype("float32") / 255
x_val = x_val.astype("float32") / 255

def small_net():
    model = Sequential()
    model.add(Input((32, 32, 3)))
    model.add(Conv2D(8, (3, 3), activation="relu"))
    model.add(MaxPooling2D((2, 2)))
    model.add(Flatten())
    model.add(Dense(10, activation="softmax"))
    return model

def big_net(weight_decay=0.0, drop=0.0):
    reg = regularizers.l2(weight_decay) if weight_decay > 0 else None
    model = Sequential()
    model.add(Input((32, 32, 3)))
    for n in [64, 128, 256]:
        model.add(Conv2D(n, (3, 3), activation="relu", padding="same", kernel_regularizer=reg))
        model.add(MaxPooling2D((2, 2)))
        if drop:
            model.add(Dropout(drop))
    model.add(Flatten())
    model.add(Dense(512, activation="relu", kernel_regularizer=reg))
    model.add(Dense(10, activation="softmax"))
    return model

experiments = {
    "small": small_net(),
    "big": big_net(),
    "big+l2": big_net(weight_decay=1e-4),
    "big+dropout": big_net(drop=0.3),
}

results = {}
for name, net in experiments.items():
    print("=" * 20, name)
    net.compile("rmsprop", loss="sparse_categorical_crossentropy", metrics=["acc"])
    h = net.fit(x, y, 64, epochs=15, validation_data=(x_val, y_val))
    results[name] = h.history

for name in results:
    plt.plot(results[name]["val_loss"], label=name)
plt.legend()
plt.show()
