"""Multi-scale dense network: one classifier after every block."""
from tensorflow import keras
from tensorflow.keras import layers

from utils.blocks import conv_bn, Exit


class Scale(object):
    def __init__(self, channels, growth):
        self.channels, self.growth = channels, growth

    def first(self, x, down):
        return conv_bn(x, self.channels, 2 if down else 1)

    def grow(self, same, finer=None):
        parts = [same, conv_bn(same, self.growth)]
        if finer is not None:
            parts.append(conv_bn(finer, self.growth, 2))
        return layers.Concatenate()(parts)


def msd(shape=(32, 32, 3), classes=10, scales=3, base=16, growth=8, n_blocks=2, per_block=2):
    inp = keras.layers.Input(shape)
    pyramid = [Scale(base * 2 ** s, growth) for s in range(scales)]
    maps = []
    x = inp
    for s, scale in enumerate(pyramid):
        x = scale.first(x, down=s > 0)
        maps.append(x)
    exits = []
    for b in range(n_blocks):
        for l in range(per_block):
            maps = [scale.grow(maps[s], maps[s - 1] if s else None) for s, scale in enumerate(pyramid)]
        exits.append(Exit(classes, 'exit%d' % b)(maps[-1]))
    return keras.Model(inp, exits, name='msd')
