"""ResNeXt, Wide ResNet and ResNet-D from one builder."""
from functools import partial

from keras import Input, Model
from keras import layers as kl
from keras import utils

__all__ = ['ResNeXt26', 'WideResNet16', 'ResNet26D', 'SEResNeXt26']


def norm_act(x, act=True, gamma='ones', name=None):
    x = kl.BatchNormalization(epsilon=1.001e-5, gamma_initializer=gamma, name=f'{name}_bn')(x)
    return kl.Activation('relu', name=f'{name}_relu')(x) if act else x


def bottleneck(x, filters, stride=1, groups=1, base_width=64, name='block', avg_down=False, se=False):
    width = int(filters * base_width / 64) * groups
    expansion = 4
    shortcut = x
    if stride != 1 or x.shape[-1] != filters * expansion:
        if avg_down:
            if stride != 1:
                shortcut = kl.AveragePooling2D(2, stride, padding='same', name=name + '_down_pool')(shortcut)
            shortcut = kl.Conv2D(filters * expansion, 1, use_bias=False, name=name + '_down')(shortcut)
        else:
            shortcut = kl.Conv2D(filters * expansion, 1, stride, use_bias=False, name=name + '_down')(shortcut)
        shortcut = norm_act(shortcut, act=False, name=name + '_0')
    y = norm_act(kl.Conv2D(width, 1, use_bias=False, name=name + '_1')(x), name=name + '_1')
    y = kl.Conv2D(width, 3, stride, padding='same', groups=groups, use_bias=False, name=name + '_2')(y)
    y = norm_act(y, name=name + '_2')
    y = kl.Conv2D(filters * expansion, 1, use_bias=False, name=name + '_3')(y)
    y = norm_act(y, False, gamma='zeros', name=name + '_3')
    if se:
        w = kl.GlobalAveragePooling2D(keepdims=True, name=name + '_se_pool')(y)
        w = kl.Conv2D(filters * expansion // 16, 1, activation='relu', name=name + '_se1')(w)
        w = kl.Conv2D(filters * expansion, 1, activation='sigmoid', name=name + '_se2')(w)
        y = kl.Multiply(name=name + '_se')([y, w])
    y = kl.Add(name=name + '_add')([shortcut, y])
    return kl.Activation('relu', name=name + '_out')(y)


def wide(x, filters, stride=1, drop=0.3, name='block'):
    y = norm_act(x, name=name + '_1')
    shortcut = x if x.shape[-1] == filters and stride == 1 else kl.Conv2D(filters, 1, stride, use_bias=False, name=name + '_0')(y)
    y = kl.Conv2D(filters, 3, stride, padding='same', use_bias=False, name=name + '_1')(y)
    y = norm_act(y, name=name + '_2')
    y = kl.Dropout(drop)(y)
    y = kl.Conv2D(filters, 3, padding='same', use_bias=False, name=name + '_2')(y)
    return kl.Add(name=name + '_add')([shortcut, y])


def deep_stem(x):
    for i, (f, s) in enumerate([(32, 2), (32, 1), (64, 1)]):
        x = norm_act(kl.Conv2D(f, 3, s, padding='same', use_bias=False, name=f'stem{i}')(x), name=f'stem{i}')
    return kl.MaxPooling2D(3, 2, padding='same')(x)


def stem7(x):
    x = kl.ZeroPadding2D(3)(x)
    x = norm_act(kl.Conv2D(64, 7, 2, use_bias=False, name='stem')(x), name='stem')
    x = kl.ZeroPadding2D(1)(x)
    return kl.MaxPooling2D(3, 2)(x)


def _resnet(name, stem, block, widths, depths, final_act=False, shape=(224, 224, 3), classes=1000, include_top=True, pooling=None):
    inputs = Input(shape, name='images')
    x = stem(inputs)
    for i, (w, d) in enumerate(zip(widths, depths)):
        for j in range(d):
            x = block(x, w, stride=2 if i > 0 and j == 0 else 1, name=f'stage{i + 1}_{j + 1}')
    if final_act:
        x = norm_act(x, name='post')
    if include_top:
        x = kl.GlobalAveragePooling2D(name='pool')(x)
        x = kl.Dense(classes, activation='softmax', name='predictions')(x)
    elif pooling == 'avg':
        x = kl.GlobalAveragePooling2D(name='pool')(x)
    elif pooling == 'max':
        x = kl.GlobalMaxPooling2D(name='pool')(x)
    return Model(inputs, x, name=name)


ResNeXt26 = partial(_resnet, 'resnext26_32x4d', stem7, partial(bottleneck, groups=32, base_width=4), [64, 128, 256, 512], [2] * 4)
SEResNeXt26 = partial(ResNeXt26.func, 'seresnext26', stem7, partial(bottleneck, groups=32, base_width=4, se=True),
                      [64, 128, 256, 512], [2, 2, 2, 2])
ResNet26D = partial(_resnet, 'resnet26d', deep_stem, partial(bottleneck, avg_down=True), [64, 128, 256, 512], [2] * 4)
WideResNet16 = partial(_resnet, 'wrn_16_4', lambda x: kl.Conv2D(16, 3, padding='same', use_bias=False, name='stem')(x), wide,
                       [16 * 4 * 2 ** i for i in range(3)], [2] * 3, final_act=True, shape=(32, 32, 3), classes=10)

if __name__ == '__main__':
    for ctor in (ResNeXt26, SEResNeXt26, ResNet26D, WideResNet16):
        net = ctor()
        print(net.name, f'{net.count_params():,}')
    features = ResNet26D(include_top=False, pooling='max', shape=(None, None, 3))
    print(features.output_shape)
