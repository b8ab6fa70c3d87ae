# HRNet-like multi-resolution network, configuration by ml_collections
import ml_collections
from keras import layers, Model, Input
import keras


def get_config():
    config = ml_collections.ConfigDict()
    config.input_size = (128, 128)
    config.width = 18
    config.num_keypoints = 17
    config.stages = 3
    config.blocks_per_stage = 2
    config.fuse = 'sum'
    return config


class ConvBNReLU:
    def __init__(self, filters, kernel_size=3, strides=1, relu=True, name=None):
        self.layers = [
            layers.Conv2D(filters, kernel_size, strides=strides, padding='same', use_bias=False, name=name),
            layers.BatchNormalization(momentum=0.9),
        ]
        if relu:
            self.layers.append(layers.ReLU())

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


def residual_unit(x, filters):
    skip = x
    x = ConvBNReLU(filters)(x)
    x = ConvBNReLU(filters, relu=False)(x)
    return layers.ReLU()(layers.Add()([x, skip]))


def exchange(branches, width):
    """Every branch gets the sum of all, brought to its resolution."""
    fused = []
    for to in range(len(branches)):
        parts = []
        for frm, b in enumerate(branches):
            if frm == to:
                parts.append(b)
            elif frm > to:
                y = ConvBNReLU(width * 2 ** to, 1, relu=False)(b)
                parts.append(layers.UpSampling2D(2 ** (frm - to), interpolation='bilinear')(y))
            else:
                y = b
                for step in range(to - frm):
                    last = step == to - frm - 1
                    y = ConvBNReLU(width * 2 ** (to if last else frm), strides=2, relu=not last)(y)
                parts.append(y)
        fused.append(layers.ReLU()(layers.Add()(parts)))
    return fused


def create(config):
    image = Input(config.input_size + (3,))
    x = ConvBNReLU(64, strides=2)(image)
    x = ConvBNReLU(64, strides=2)(x)
    branches = [ConvBNReLU(config.width)(x)]
    for stage in range(1, config.stages):
        branches += [ConvBNReLU(config.width * 2 ** stage, strides=2)(branches[-1])]
        for _ in range(config.blocks_per_stage):
            branches = [residual_unit(b, config.width * 2 ** i) for i, b in enumerate(branches)]
        branches = exchange(branches, config.width)
    top, *rest = branches
    rest = [layers.Resizing(*top.shape[1:3])(b) for b in rest]
    y = layers.Concatenate()([top, *rest])
    heat = layers.Conv2D(config.num_keypoints, 1, name='heatmaps')(y)
    return Model(image, heat, name=f'hrnet_w{config.width}')


cfg = get_config()
w18 = create(cfg)
cfg.width = 32
cfg.update({'num_keypoints': 21})
w32 = create(cfg)
