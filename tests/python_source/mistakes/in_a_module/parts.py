from keras import layers


def conv(x, filters):
    # valid padding, as in the paper
    return layers.Conv2D(filters, 3, activation="relu")(x)


def encoder(x, widths):
    levels = []
    for w in widths:
        x = conv(x, w)
        levels.append(x)
        x = layers.MaxPooling2D()(x)
    return levels


def decoder(levels, widths):
    x = levels[-1]
    for skip, w in zip(levels[-2::-1], widths[1:]):
        x = layers.UpSampling2D()(x)
        x = layers.Concatenate()([x, skip])
        x = conv(x, w)
    return x
