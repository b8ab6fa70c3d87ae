from keras import Sequential
from keras.layers import (Activation, BatchNormalization, Conv2D, Conv2DTranspose, Dense, Dropout, Flatten, Input,
                          LeakyReLU, Reshape, ReLU)


def Generator(opt):
    side = opt.steps[0]
    g = Sequential(name="G")
    g.add(Input((opt.nz,)))
    g.add(Dense(side * side * opt.ngf * 8, use_bias=False))
    g.add(Reshape((side, side, opt.ngf * 8)))
    for k, step in enumerate(opt.steps[1:]):
        g.add(BatchNormalization())
        g.add(ReLU())
        g.add(Conv2DTranspose(opt.ngf * 4 // 2 ** k, 5, strides=2, padding="same", use_bias=False))
        assert g.output_shape[1] == step, (g.output_shape, step)
    g.add(BatchNormalization())
    g.add(ReLU())
    g.add(Conv2DTranspose(opt.nc, 5, strides=2, padding="same", activation="tanh"))
    return g


def Discriminator(opt):
    d = Sequential(name="D")
    for k, f in enumerate([1, 2, 4, 8]):
        extra = {"input_shape": (opt.image_size, opt.image_size, opt.nc)} if k == 0 else {}
        d.add(Conv2D(opt.ndf * f, 5, strides=2, padding="same", **extra))
        if k:
            d.add(BatchNormalization())
        d.add(LeakyReLU(0.2))
        d.add(Dropout(0.25))
    d.add(Flatten())
    d.add(Dense(1))
    if not opt.spectral:
        d.add(Activation("sigmoid"))
    return d
