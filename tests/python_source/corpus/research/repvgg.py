"""RepVGG: training-time branches and their reparameterisation into one 3x3 convolution."""
import numpy as np
import tensorflow as tf


class RepVGGBlock(tf.keras.layers.Layer):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=1, groups=1, deploy=False):
        super(RepVGGBlock, self).__init__()
        self.deploy = deploy
        self.groups = groups
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.nonlinearity = tf.keras.layers.ReLU()
        assert kernel_size == 3
        assert padding == 1
        if deploy:
            self.rbr_reparam = tf.keras.Sequential([
                tf.keras.layers.ZeroPadding2D(padding=padding),
                tf.keras.layers.Conv2D(out_channels, kernel_size, strides=stride, padding="valid", groups=groups, use_bias=True),
            ])
        else:
            self.rbr_identity = (
                tf.keras.layers.BatchNormalization() if out_channels == in_channels and stride == 1 else None
            )
            self.rbr_dense = self.conv_bn(kernel_size, stride, padding)
            self.rbr_1x1 = self.conv_bn(1, stride, 0)
            print("RepVGG Block, identity =", self.rbr_identity)

    def conv_bn(self, kernel_size, stride, padding):
        return tf.keras.Sequential([
            tf.keras.layers.ZeroPadding2D(padding=padding),
            tf.keras.layers.Conv2D(self.out_channels, kernel_size, strides=stride, padding="valid",
                                   groups=self.groups, use_bias=False),
            tf.keras.layers.BatchNormalization(),
        ])

    def call(self, inputs):
        if hasattr(self, "rbr_reparam"):
            return self.nonlinearity(self.rbr_reparam(inputs))
        if self.rbr_identity is None:
            id_out = 0
        else:
            id_out = self.rbr_identity(inputs)
        return self.nonlinearity(self.rbr_dense(inputs) + self.rbr_1x1(inputs) + id_out)


class RepVGG(tf.keras.Model):
    def __init__(self, num_blocks, num_classes=1000, width_multiplier=None, deploy=False):
        super(RepVGG, self).__init__()
        assert len(width_multiplier) == 4
        self.deploy = deploy
        self.in_planes = min(64, int(64 * width_multiplier[0]))
        self.stage0 = RepVGGBlock(3, self.in_planes, kernel_size=3, stride=2, padding=1, deploy=self.deploy)
        self.stage1 = self._make_stage(int(64 * width_multiplier[0]), num_blocks[0], stride=2)
        self.stage2 = self._make_stage(int(128 * width_multiplier[1]), num_blocks[1], stride=2)
        self.stage3 = self._make_stage(int(256 * width_multiplier[2]), num_blocks[2], stride=2)
        self.stage4 = self._make_stage(int(512 * width_multiplier[3]), num_blocks[3], stride=2)
        self.gap = tf.keras.layers.GlobalAveragePooling2D()
        self.linear = tf.keras.layers.Dense(num_classes)

    def _make_stage(self, planes, num_blocks, stride):
        strides = [stride] + [1] * (num_blocks - 1)
        blocks = []
        for stride in strides:
            blocks.append(RepVGGBlock(self.in_planes, planes, kernel_size=3, stride=stride, padding=1, deploy=self.deploy))
            self.in_planes = planes
        return tf.keras.Sequential(blocks)

    def call(self, x):
        out = self.stage0(x)
        out = self.stage1(out)
        out = self.stage2(out)
        out = self.stage3(out)
        out = self.stage4(out)
        out = self.gap(out)
        return self.linear(out)


def create_RepVGG_A0(deploy=False):
    return RepVGG(num_blocks=[2, 4, 14, 1], num_classes=1000, width_multiplier=[0.75, 0.75, 0.75, 2.5], deploy=deploy)


func_dict = {"RepVGG-A0": create_RepVGG_A0}

if __name__ == "__main__":
    train = func_dict["RepVGG-A0"](deploy=False)
    train.build(input_shape=(None, 64, 64, 3))
    deployed = func_dict["RepVGG-A0"](deploy=True)
    deployed.build((None, 64, 64, 3))
    print(train.count_params(), deployed.count_params())
