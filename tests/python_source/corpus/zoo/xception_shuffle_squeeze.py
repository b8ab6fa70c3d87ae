# three small ones: SqueezeNet, ShuffleNet (channel shuffle by Reshape/Permute), a short Xception
from keras import layers as kl, models as km
import keras.ops as ops


def fire(x, squeeze, expand):
    s = kl.Conv2D(squeeze, 1, activation='relu')(x)
    return kl.concatenate([
        kl.Conv2D(expand, 1, activation='relu')(s),
        kl.Conv2D(expand, 3, padding='same', activation='relu')(s),
    ])


def squeezenet(classes=1000, size=227):
    inp = kl.Input((size, size, 3))
    x = kl.Conv2D(64, 3, strides=2, activation='relu')(inp)
    x = kl.MaxPool2D(3, 2)(x)
    for i, (s, e) in enumerate(zip([16, 16, 32, 32, 48, 48, 64, 64], [64, 64, 128, 128, 192, 192, 256, 256]), start=2):
        x = fire(x, s, e)
        if i in {3, 5}:
            x = kl.MaxPool2D(3, 2)(x)
    x = kl.Dropout(.5)(x)
    x = kl.Conv2D(classes, 1, activation='relu')(x)
    return km.Model(inp, kl.Activation('softmax')(kl.GlobalAveragePooling2D()(x)), name='squeezenet')


def channel_shuffle(x, groups):
    height, width, channels = x.shape[1:]
    x = kl.Reshape([height, width, groups, channels // groups])(x)
    x = kl.Permute((1, 2, 4, 3))(x)
    return kl.Reshape([height, width, channels])(x)


def shuffle_unit(x, out_channels, groups, strides):
    residual = x
    bottleneck = out_channels // 4
    x = kl.Conv2D(bottleneck, 1, groups=1 if residual.shape[-1] == 24 else groups, use_bias=False)(x)
    x = kl.ReLU()(kl.BatchNormalization()(x))
    x = channel_shuffle(x, groups)
    x = kl.DepthwiseConv2D(3, strides=strides, padding='same', use_bias=False)(x)
    x = kl.BatchNormalization()(x)
    if strides == 1:
        x = kl.Conv2D(out_channels, 1, groups=groups, use_bias=False)(x)
        x = kl.BatchNormalization()(x)
        x = kl.Add()([x, residual])
    else:
        x = kl.Conv2D(out_channels - residual.shape[-1], 1, groups=groups, use_bias=False)(x)
        x = kl.BatchNormalization()(x)
        residual = kl.AveragePooling2D(3, strides=2, padding='same')(residual)
        x = kl.Concatenate()([x, residual])
    return kl.ReLU()(x)


def shufflenet(groups=3, classes=100, repeats=(1, 2, 1)):
    channels = {1: 144, 2: 200, 3: 240, 4: 272, 8: 384}[groups]
    inp = kl.Input((96, 96, 3))
    x = kl.Conv2D(24, 3, strides=2, padding='same', activation='relu')(inp)
    x = kl.MaxPooling2D(3, 2, padding='same')(x)
    for n in repeats:
        x = shuffle_unit(x, channels, groups, 2)
        for _ in range(n):
            x = shuffle_unit(x, channels, groups, 1)
        channels *= 2
    return km.Model(inp, kl.Dense(classes)(kl.GlobalAveragePooling2D()(x)), name='shufflenet')


def sep(x, f, first_relu=True):
    x = kl.ReLU()(x) if first_relu else x
    return kl.BatchNormalization()(kl.SeparableConv2D(f, 3, padding='same', use_bias=False)(x))


def xception_short(classes=20):
    x = inp = kl.Input((150, 150, 3))
    for f in 32, 64:
        x = kl.Conv2D(f, 3, strides=2 if f == 32 else 1, use_bias=False)(x)
        x = kl.BatchNormalization()(x)
        x = kl.ReLU()(x)
    first = True
    for f in (128, 256, 728):
        r = kl.BatchNormalization()(kl.Conv2D(f, 1, strides=2, padding='same', use_bias=False)(x))
        x = sep(sep(x, f, not first), f)
        x = kl.MaxPooling2D(3, strides=2, padding='same')(x) + r
        first = False
    n = 0
    while n < 2:
        r, n = x, n + 1
        for _ in range(3):
            x = sep(x, 728)
        x = x + r
    return km.Model(inp, kl.Dense(classes, 'softmax')(kl.GlobalAvgPool2D()(x)), name='xception_short')


nets = [make() for make in (squeezenet, shufflenet, xception_short)]
for n in nets:
    n.summary(line_length=110)
