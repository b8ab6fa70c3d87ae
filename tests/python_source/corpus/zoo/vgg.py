# VGG 11/13/16/19 with the letter tables of the paper
import keras
from keras.layers import Conv2D, MaxPooling2D, Dense, Dropout, Flatten, Input, BatchNormalization, Activation
from keras.models import Sequential

cfg = {
    'A': [64, 'M', 128, 'M', 256, 256, 'M', 512, 512, 'M', 512, 512, 'M'],
    'B': [64, 64, 'M', 128, 128, 'M', 256, 256, 'M', 512, 512, 'M', 512, 512, 'M'],
    'D': [64, 64, 'M', 128, 128, 'M', 256, 256, 256, 'M', 512, 512, 512, 'M', 512, 512, 512, 'M'],
    'E': [64, 64, 'M', 128, 128, 'M', 256, 256, 256, 256, 'M', 512, 512, 512, 512, 'M', 512, 512, 512, 512, 'M'],
}


def make_layers(cfg, batch_norm=False):
    layers = []
    for v in cfg:
        if v == 'M':
            layers += [MaxPooling2D(pool_size=2, strides=2)]
        else:
            conv = Conv2D(v, kernel_size=3, padding='same')
            if batch_norm:
                layers += [conv, BatchNormalization(), Activation('relu')]
            else:
                layers += [conv, Activation('relu')]
    return layers


def vgg(kind, size=32, num_classes=10, hidden=512, batch_norm=True):
    return Sequential([
        Input(shape=(size, size, 3)),
        *make_layers(cfg[kind], batch_norm),
        Flatten(),
        Dense(hidden, activation='relu'),
        Dropout(0.5),
        Dense(hidden, activation='relu'),
        Dropout(0.5),
        Dense(num_classes, activation='softmax'),
    ], name=f'vgg_{kind.lower()}{"_bn" if batch_norm else ""}')


def vgg11(**kw): return vgg('A', **kw)
def vgg13(**kw): return vgg('B', **kw)
def vgg16(**kw): return vgg('D', **kw)
def vgg19(**kw): return vgg('E', **kw)


if __name__ == '__main__':
    for f in (vgg11, vgg13, vgg16, vgg19):
        m = f()
        print(f'{m.name:12s} {m.count_params():,}')
    vgg16(size=64, num_classes=200, batch_norm=False, hidden=1024).summary()
