from keras.layers import Conv2D, BatchNormalization, Activation, MaxPooling2D, UpSampling2D, ZeroPadding2D

IMAGE_ORDERING = 'channels_last'


def cbr(x, filters, n=1, size=3):
    """n times conv, bn, relu"""
    for _ in range(n):
        x = Conv2D(filters, (size, size), data_format=IMAGE_ORDERING, padding='same')(x)
        x = BatchNormalization()(x)
        x = Activation('relu')(x)
    return x


def vanilla_encoder(x, widths=(32, 64, 128, 128), reps=(1, 1, 2, 2)):
    levels = []
    for w, r in zip(widths, reps):
        x = cbr(x, w, r)
        x = MaxPooling2D((2, 2), data_format=IMAGE_ORDERING)(x)
        levels.append(x)
    return levels
