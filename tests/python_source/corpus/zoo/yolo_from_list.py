"""Detectors from lists in the manner of YOLO: [from, number, module, args]."""
import copy
import math
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

anchors = [[10, 13, 16, 30, 33, 23], [30, 61, 62, 45, 59, 119]]

TINY = dict(
    nc=20, depth_multiple=0.33, width_multiple=0.25, anchors=anchors,
    backbone=[
        [-1, 1, 'Conv', [64, 6, 2]],        # 0-P1/2
        [-1, 1, 'Conv', [128, 3, 2]],       # 1-P2/4
        [-1, 3, 'C3', [128]],
        [-1, 1, 'Conv', [256, 3, 2]],       # 3-P3/8
        [-1, 6, 'C3', [256]],
        [-1, 1, 'Conv', [512, 3, 2]],       # 5-P4/16
        [-1, 3, 'C3', [512]],
        [-1, 1, 'SPPF', [512, 5]],          # 7
    ],
    head=[
        [-1, 1, 'Conv', [256, 1, 1]],       # 8
        [-1, 1, 'Upsample', [2]],
        [[-1, 4], 1, 'Concat', [3]],
        [-1, 3, 'C3', [256, False]],        # 11 (P3/8)
        [-1, 1, 'Conv', [256, 3, 2]],
        [[-1, 8], 1, 'Concat', [3]],
        [-1, 3, 'C3', [512, False]],        # 14 (P4/16)
        [[11, 14], 1, 'Detect', ['nc', 'anchors']],
    ],
)


def make_divisible(x, divisor):
    return math.ceil(x / divisor) * divisor


class Conv(keras.layers.Layer):
    def __init__(self, c2, k=1, s=1, act=True):
        super().__init__()
        self.conv = layers.Conv2D(c2, k, s, 'same', use_bias=False)
        self.bn = layers.BatchNormalization(momentum=0.03)
        self.act = keras.activations.swish if act else tf.identity

    def call(self, x):
        return self.act(self.bn(self.conv(x)))


class Bottleneck(keras.layers.Layer):
    def __init__(self, c2, shortcut=True, e=0.5):
        super().__init__()
        self.cv1 = Conv(int(c2 * e), 1, 1)
        self.cv2 = Conv(c2, 3, 1)
        self.shortcut = shortcut

    def call(self, x):
        y = self.cv2(self.cv1(x))
        return x + y if self.shortcut and x.shape[-1] == y.shape[-1] else y


class C3(keras.layers.Layer):
    def __init__(self, c2, n=1, shortcut=True, e=0.5):
        super().__init__()
        c_ = int(c2 * e)
        self.cv1 = Conv(c_, 1, 1)
        self.cv2 = Conv(c_, 1, 1)
        self.cv3 = Conv(c2, 1, 1)
        self.m = keras.Sequential([Bottleneck(c_, shortcut, e=1.0) for j in range(n)])

    def call(self, x):
        return self.cv3(tf.concat((self.m(self.cv1(x)), self.cv2(x)), axis=3))


class SPPF(keras.layers.Layer):
    def __init__(self, c2, k=5):
        super().__init__()
        self.cv1 = Conv(c2 // 2, 1, 1)
        self.cv2 = Conv(c2, 1, 1)
        self.m = layers.MaxPool2D(pool_size=k, strides=1, padding='same')

    def call(self, x):
        x = self.cv1(x)
        y1 = self.m(x)
        y2 = self.m(y1)
        return self.cv2(tf.concat([x, y1, y2, self.m(y2)], 3))


class Detect(keras.layers.Layer):
    def __init__(self, nc, anchors):
        super().__init__()
        self.nc, self.no, self.na = nc, nc + 5, len(anchors[0]) // 2
        self.m = [layers.Conv2D(self.no * self.na, 1) for _ in anchors]

    def call(self, inputs):
        out = []
        for x, conv in zip(inputs, self.m):
            y = conv(x)
            ny, nx = y.shape[1:3]
            out.append(tf.reshape(y, [-1, ny * nx, self.na, self.no]))
        return out


MODULES = {c.__name__: c for c in (Conv, C3, SPPF, Detect)}


def parse_model(d, imgsz=(320, 320), ch=3):
    d = copy.deepcopy(d)
    nc, gd, gw = d['nc'], d['depth_multiple'], d['width_multiple']
    no = (len(d['anchors'][0]) // 2) * (nc + 5)
    inputs = keras.Input((*imgsz, ch))
    y, x = [], inputs
    for i, (f, n, m, args) in enumerate(d['backbone'] + d['head']):
        for j, a in enumerate(args):
            args[j] = d[a] if isinstance(a, str) else a
        n = max(round(n * gd), 1) if n > 1 else n
        if m in ('Conv', 'C3', 'SPPF'):
            c2 = args[0]
            c2 = make_divisible(c2 * gw, 8) if c2 != no else c2
            args = [c2, *args[1:]]
            if m == 'C3':
                args.insert(1, n)
                n = 1
        if f != -1:
            x = y[f] if isinstance(f, int) else [x if j == -1 else y[j] for j in f]
        if m == 'Concat':
            x = layers.Concatenate(axis=args[0])(x)
        elif m == 'Upsample':
            x = layers.UpSampling2D(*args, interpolation='nearest')(x)
        else:
            x = MODULES[m](*args)(x)
        y.append(x)
    return keras.Model(inputs, x)


class Zoo:
    def __getitem__(self, size):
        depth, width = {'n': (0.33, 0.25), 's': (0.33, 0.50)}[size]
        return parse_model(dict(TINY, depth_multiple=depth, width_multiple=width))


if __name__ == '__main__':
    zoo = Zoo()
    for size in 'ns':
        print(size, zoo[size].count_params())
    one = parse_model({**TINY, 'nc': 1}, imgsz=(256, 448), ch=1)
    print([o.shape for o in one.outputs])
