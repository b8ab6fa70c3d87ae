#!/usr/bin/env python
"""Multi-scale context aggregation by dilated convolutions: front end + context module, in Keras.

usage: dilated_context.py [--classes N] [--large]
"""
import argparse
import keras
from keras.layers import (Conv2D, Input, MaxPooling2D, ZeroPadding2D, Dropout, Conv2DTranspose, Permute, Reshape,
                          Activation, UpSampling2D, Cropping2D)
from keras.models import Sequential, Model


def get_frontend(input_width, input_height, classes):
    model = Sequential()
    model.add(Input(shape=(input_height, input_width, 3)))
    for block, (n, filters) in enumerate([(2, 64), (2, 128), (3, 256)], start=1):
        for c in range(1, n + 1):
            model.add(Conv2D(filters, (3, 3), activation='relu', name='conv%d_%d' % (block, c)))
        model.add(MaxPooling2D((2, 2), strides=(2, 2)))
    for c in (1, 2, 3):
        model.add(Conv2D(512, (3, 3), activation='relu', name='conv4_{}'.format(c)))
    # no pooling: dilation instead
    for c in (1, 2, 3):
        model.add(Conv2D(512, (3, 3), dilation_rate=(2, 2), activation='relu', name='conv5_{}'.format(c)))
    model.add(Conv2D(1024, (7, 7), dilation_rate=(4, 4), activation='relu', name='fc6'))
    model.add(Dropout(0.5))
    model.add(Conv2D(1024, (1, 1), activation='relu', name='fc7'))
    model.add(Dropout(0.5))
    model.add(Conv2D(classes, (1, 1), activation='linear', name='fc-final'))
    return model


def add_softmax(model):
    """Appends the softmax over all positions."""
    _, curr_width, curr_height, curr_channels = model.layers[-1].output.shape
    model.add(Reshape((curr_width * curr_height, curr_channels)))
    model.add(Activation('softmax'))
    model.add(Reshape((curr_width, curr_height, curr_channels)))
    return model


def add_context(model, classes, large=False):
    mult = [2, 2, 4, 8, 16, 32, 32] if large else [1] * 7
    dil = [1, 1, 2, 4, 8, 16, 1]
    model.add(ZeroPadding2D(padding=(33, 33)))
    for i, (m, d) in enumerate(zip(mult, dil)):
        model.add(Conv2D(classes * m, 3, dilation_rate=d, activation='relu', name=f'ct_conv{i}'))
    model.add(Conv2D(classes, (1, 1), name='ct_final'))
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--classes', type=int, default=21)
    parser.add_argument('--size', nargs=2, type=int, default=[560, 500])
    parser.add_argument('--large', action='store_true')
    opts = parser.parse_args()
    frontend = add_softmax(get_frontend(*opts.size, classes=opts.classes))
    full = get_frontend(500, 500, opts.classes)
    full = add_context(full, opts.classes, large=opts.large)
    add_softmax(full)
    print(frontend.output_shape, full.output_shape)


if __name__ == '__main__':
    main()
