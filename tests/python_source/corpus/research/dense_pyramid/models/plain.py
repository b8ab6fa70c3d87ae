from tensorflow.keras import layers, models


def build(shape, classes, widths=(32, 64), **_):
    m = models.Sequential(name='plain')
    m.add(layers.InputLayer(input_shape=shape))
    for i, w in enumerate(widths):
        m.add(layers.Conv2D(w, 3, activation='relu', name='c%d' % i))
        m.add(layers.MaxPooling2D(name='p%d' % i))
    m.add(layers.Flatten())
    m.add(layers.Dense(classes))
    return m
