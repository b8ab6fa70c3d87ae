"""MBConv nets from block strings ('r2_k3_s22_e6_i16_o24_se0.25'), and what each part is worth."""
import collections
import math
import re

import tensorflow as tf
from tensorflow.keras import layers

BlockArgs = collections.namedtuple('BlockArgs', [
    'kernel_size', 'num_repeat', 'input_filters', 'output_filters', 'expand_ratio', 'id_skip', 'strides', 'se_ratio'])
BlockArgs.__new__.__defaults__ = (None,) * len(BlockArgs._fields)

GlobalParams = collections.namedtuple('GlobalParams', 'width depth size dropout drop_connect act divisor classes')

NET = [
    'r1_k3_s11_e1_i32_o16_se0.25',
    'r2_k3_s22_e6_i16_o24_se0.25',
    'r2_k5_s22_e6_i24_o40_se0.25',
    'r2_k3_s22_e6_i40_o80_se0.25',
]


def decode_block_string(block_string):
    assert isinstance(block_string, str)
    ops = block_string.split('_')
    options = {}
    for op in ops:
        splits = re.split(r'(\d.*)', op)
        if len(splits) >= 2:
            key, value = splits[:2]
            options[key] = value
    if 's' not in options or len(options['s']) != 2:
        raise ValueError('Strides options should be a pair of integers.')
    return BlockArgs(
        kernel_size=int(options['k']),
        num_repeat=int(options['r']),
        input_filters=int(options['i']),
        output_filters=int(options['o']),
        expand_ratio=int(options['e']),
        id_skip=('noskip' not in block_string),
        se_ratio=float(options['se']) if 'se' in options else None,
        strides=[int(options['s'][0]), int(options['s'][1])])


def round_filters(filters, g):
    if g.width == 1.0:
        return filters
    filters *= g.width
    new = max(g.divisor, int(filters + g.divisor / 2) // g.divisor * g.divisor)
    if new < 0.9 * filters:
        new += g.divisor
    return int(new)


def round_repeats(repeats, g):
    return int(math.ceil(g.depth * repeats))


def mb_conv_block(inputs, args, g, drop_rate=None, prefix=''):
    has_se = args.se_ratio is not None and 0 < args.se_ratio <= 1
    filters = args.input_filters * args.expand_ratio
    x = inputs
    if args.expand_ratio != 1:
        x = layers.Conv2D(filters, 1, padding='same', use_bias=False, name=prefix + 'expand_conv')(x)
        x = layers.BatchNormalization(name=prefix + 'expand_bn')(x)
        x = layers.Activation(g.act, name=prefix + 'expand_activation')(x)
    x = layers.DepthwiseConv2D(args.kernel_size, strides=args.strides, padding='same', use_bias=False, name=prefix + 'dwconv')(x)
    x = layers.BatchNormalization(name=prefix + 'bn')(x)
    x = layers.Activation(g.act, name=prefix + 'activation')(x)
    if has_se:
        reduced = max(1, int(args.input_filters * args.se_ratio))
        se = layers.GlobalAveragePooling2D(name=prefix + 'se_squeeze')(x)
        se = layers.Reshape((1, 1, filters), name=prefix + 'se_reshape')(se)
        se = layers.Conv2D(reduced, 1, activation=g.act, name=prefix + 'se_reduce')(se)
        se = layers.Conv2D(filters, 1, activation='sigmoid', name=prefix + 'se_expand')(se)
        x = layers.multiply([x, se], name=prefix + 'se_excite')
    x = layers.Conv2D(args.output_filters, 1, padding='same', use_bias=False, name=prefix + 'project_conv')(x)
    x = layers.BatchNormalization(name=prefix + 'project_bn')(x)
    if args.id_skip and all(s == 1 for s in args.strides) and args.input_filters == args.output_filters:
        if drop_rate and (drop_rate > 0):
            x = layers.Dropout(drop_rate, noise_shape=(None, 1, 1, 1), name=prefix + 'drop')(x)
        x = layers.add([x, inputs], name=prefix + 'add')
    return x


def net(blocks_args, g, name=None):
    img = layers.Input((g.size, g.size, 3))
    x = layers.Conv2D(round_filters(32, g), 3, strides=(2, 2), padding='same', use_bias=False, name='stem_conv')(img)
    x = layers.BatchNormalization(name='stem_bn')(x)
    x = layers.Activation(g.act, name='stem_activation')(x)
    total = sum(round_repeats(a.num_repeat, g) for a in blocks_args)
    num = 0
    for idx, a in enumerate(blocks_args):
        a = a._replace(input_filters=round_filters(a.input_filters, g), output_filters=round_filters(a.output_filters, g),
                       num_repeat=round_repeats(a.num_repeat, g))
        x = mb_conv_block(x, a, g, g.drop_connect * num / total, 'block{}a_'.format(idx + 1))
        num += 1
        if a.num_repeat > 1:
            a = a._replace(input_filters=a.output_filters, strides=[1, 1])
            for b in range(a.num_repeat - 1):
                x = mb_conv_block(x, a, g, g.drop_connect * num / total, 'block{}{}_'.format(idx + 1, chr(ord('b') + b)))
                num += 1
    x = layers.GlobalAveragePooling2D(name='avg_pool')(x)
    if g.dropout:
        x = layers.Dropout(g.dropout, name='top_dropout')(x)
    return tf.keras.Model(img, layers.Dense(g.classes, activation='softmax', name='probs')(x), name=name)


if __name__ == '__main__':
    base = GlobalParams(1.0, 1.0, 64, 0.2, 0.2, 'swish', 8, 200)
    blocks = [decode_block_string(s) for s in NET]
    ablation = collections.OrderedDict()
    ablation['full'] = net(blocks, base, 'full')
    ablation['no_se'] = net([b._replace(se_ratio=None) for b in blocks], base, 'no_se')
    ablation['relu'] = net(blocks, base._replace(act='relu', drop_connect=0.0), 'relu')
    ablation['k3'] = net([b._replace(kernel_size=3) for b in blocks], base, 'k3')
    ablation['b1'] = net(blocks, base._replace(width=1.1, depth=1.2, size=80), 'scaled')
    for key, model in ablation.items():
        model.compile('rmsprop', 'categorical_crossentropy')
        print(key, model.count_params())
