"""Stacked hourglass networks for pose estimation."""
from keras.layers import Conv2D, MaxPool2D, UpSampling2D, Add, BatchNormalization, Activation, SeparableConv2D
from keras import Model, Input


def bottleneck(bottom, num_out_channels, block_name, mobile=False):
    C = SeparableConv2D if mobile else Conv2D
    if bottom.shape[-1] == num_out_channels:
        skip = bottom
    else:
        skip = C(num_out_channels, kernel_size=(1, 1), activation='relu', padding='same', name=block_name + 'skip')(bottom)
    x = C(num_out_channels // 2, (1, 1), activation='relu', padding='same', name=block_name + '_conv_1x1_x1')(bottom)
    x = BatchNormalization()(x)
    x = C(num_out_channels // 2, (3, 3), activation='relu', padding='same', name=block_name + '_conv_3x3_x2')(x)
    x = BatchNormalization()(x)
    x = C(num_out_channels, (1, 1), activation='relu', padding='same', name=block_name + '_conv_1x1_x3')(x)
    x = BatchNormalization()(x)
    return Add(name=block_name + '_residual')([skip, x])


def hourglass(x, depth, ch, name, block):
    """Recursive: the inner-most level is one more block."""
    up = block(x, ch, f'{name}_up{depth}')
    low = MaxPool2D()(x)
    low = block(low, ch, f'{name}_low{depth}a')
    low = hourglass(low, depth - 1, ch, name, block) if depth > 1 else block(low, ch, f'{name}_mid')
    low = block(low, ch, f'{name}_low{depth}b')
    low = UpSampling2D()(low)
    return Add()([up, low])


class HourglassNet(object):

    def __init__(self, num_classes, num_stacks, num_channels, inres, outres):
        self.num_classes = num_classes
        self.num_stacks = num_stacks
        self.num_channels = num_channels
        self.inres = inres
        self.outres = outres

    def build_model(self, mobile=False):
        block = (lambda b, n, s: bottleneck(b, n, s, mobile=True)) if mobile else bottleneck
        input = Input(shape=(self.inres[0], self.inres[1], 3))
        x = Conv2D(64, kernel_size=(7, 7), strides=(2, 2), padding='same', activation='relu', name='front_conv')(input)
        x = BatchNormalization()(x)
        x = block(x, self.num_channels // 2, 'front_residual_x1')
        x = MaxPool2D(pool_size=(2, 2), strides=(2, 2))(x)
        x = block(x, self.num_channels, 'front_residual_x2')
        outputs = []
        for i in range(self.num_stacks):
            y = hourglass(x, 4, self.num_channels, f'hg{i}', block)
            y = Conv2D(self.num_channels, 1, activation='relu', padding='same', name=f'hg{i}_lin')(y)
            head = Conv2D(self.num_classes, (1, 1), activation='linear', padding='same', name=f'hg{i}_parts')(y)
            outputs.append(head)
            if i < self.num_stacks - 1:
                x = Add()([x, Conv2D(self.num_channels, 1, padding='same')(y), Conv2D(self.num_channels, 1)(head)])
        self.model = Model(inputs=input, outputs=outputs)
        assert tuple(self.model.outputs[0].shape[1:3]) == self.outres
        return self.model


xnet = HourglassNet(num_classes=16, num_stacks=2, num_channels=128, inres=(256, 256), outres=(64, 64))
xnet.build_model()
mobile = HourglassNet(14, 1, 64, [128, 128], (32, 32)).build_model(mobile=True)
