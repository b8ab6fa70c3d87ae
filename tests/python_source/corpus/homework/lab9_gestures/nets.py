from tensorflow.keras import Sequential, Model, Input
from tensorflow.keras.layers import (TimeDistributed, Conv2D, Conv3D, MaxPooling2D, MaxPooling3D, Flatten, LSTM, GRU,
                                     Dense, Dropout, Bidirectional, BatchNormalization, GlobalAveragePooling3D,
                                     average)

CLASSES = ['swipe', 'pinch', 'rotate', 'fist', 'none']


def cnn_lstm(args):
    ch = 1 if args.gray else 3
    m = Sequential()
    m.add(TimeDistributed(Conv2D(16, (3, 3), activation='relu'), input_shape=(args.frames, args.size, args.size, ch)))
    m.add(TimeDistributed(MaxPooling2D(2, 2)))
    m.add(TimeDistributed(Conv2D(32, (3, 3), activation='relu')))
    m.add(TimeDistributed(MaxPooling2D(2, 2)))
    m.add(TimeDistributed(Flatten()))
    for i, u in enumerate(args.units):
        last = i == len(args.units) - 1
        cell = LSTM(u, return_sequences=not last)
        m.add(Bidirectional(cell) if args.bidirectional else cell)
    m.add(Dense(len(CLASSES), activation='softmax'))
    return m


def conv3d(args):
    ch = 1 if args.gray else 3
    x = inp = Input((args.frames, args.size, args.size, ch))
    for f, pool in ((16, (1, 2, 2)), (32, (2, 2, 2)), (64, (2, 2, 2))):
        x = Conv3D(f, 3, padding='same', activation='relu')(x)
        x = MaxPooling3D(pool)(x)
        x = BatchNormalization()(x)
    x = GlobalAveragePooling3D()(x)
    return Model(inp, Dense(len(CLASSES), activation='softmax')(Dropout(0.4)(x)))


def two_stream(args):
    def stream(channels, name):
        i = Input((args.frames, args.size, args.size, channels), name=name)
        t = TimeDistributed(Sequential([Conv2D(16, 5, strides=2, activation='relu'), MaxPooling2D(), Flatten()]))(i)
        return i, Dense(len(CLASSES), activation='softmax')(GRU(32)(t))
    (rgb, p), (flow, q) = stream(3, 'rgb'), stream(2, 'flow')
    return Model([rgb, flow], average([p, q]))
