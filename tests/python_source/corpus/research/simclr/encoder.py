from keras import Sequential, layers


def get_encoder(size, channels, width, depth, kernel=3):
    return Sequential(
        [layers.Input(shape=(size, size, channels))]
        + [layers.Conv2D(width, kernel_size=kernel, strides=2, activation="relu") for _ in range(depth)]
        + [layers.Flatten(), layers.Dense(width, activation="relu")],
        name="encoder",
    )
