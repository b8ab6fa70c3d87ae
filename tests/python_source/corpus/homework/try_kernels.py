# Lab 3: which kernel sizes fit? (28x28 images, no padding)
import keras
from keras import layers
from keras.backend import clear_session

kernels = (3, 5, 9, 11, 13)
params = {}
model = None

def build(k, depth=2):
    global model
    clear_session()
    model = keras.Sequential()
    model.add(keras.Input((28, 28, 1)))
    for d in range(depth):
        model.add(layers.Conv2D(8 * (d + 1), k, activation='relu'))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(10, activation='softmax'))
    return model

for k in kernels:
    try:
        build(k)
        params[k] = model.count_params()
    except ValueError as err:
        print('kernel', k, 'does not fit:', str(err)[:60])
        params[k] = None
        del model

print(params)
fitting = [k for k, v in params.items() if v]
largest = build(max(fitting))
largest.compile('adam', loss='sparse_categorical_crossentropy')
