import keras
from keras.applications import MobileNetV2


def make_backbone(name, size):
    if name == "mobile":
        base = MobileNetV2(input_shape=(size, size, 3), include_top=False, weights=None)
        ends = ["block_5_add", "block_12_add", "out_relu"]
    else:
        raise ValueError("no such backbone: " + name)
    return keras.Model(base.input, [base.get_layer(n).output for n in ends], name="backbone")
