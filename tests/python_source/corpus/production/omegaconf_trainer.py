"""Training entry point; settings are OmegaConf, overridden on the command line."""
import sys
import keras
from omegaconf import OmegaConf

DEFAULTS = OmegaConf.create(
    {
        "data": {"height": 96, "width": 96, "channels": 3, "classes": 7},
        "model": {
            "stem": {"filters": 24, "kernel": 3, "stride": 2},
            "blocks": [
                {"type": "inverted", "filters": 24, "expand": 2, "stride": 1, "n": 1},
                {"type": "inverted", "filters": 40, "expand": 4, "stride": 2, "n": 2},
                {"type": "plain", "filters": 80, "stride": 2, "n": 1},
            ],
            "dropout": 0.2,
        },
        "train": {"lr": 0.001, "epochs": 20, "loss": "categorical_crossentropy"},
    }
)


def inverted(x, spec):
    inp = x.shape[-1]
    for i in range(spec["n"]):
        stride = spec["stride"] if i == 0 else 1
        y = keras.layers.Conv2D(inp * spec["expand"], 1, use_bias=False)(x)
        y = keras.layers.BatchNormalization()(y)
        y = keras.layers.Activation("swish")(y)
        y = keras.layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(y)
        y = keras.layers.BatchNormalization()(y)
        y = keras.layers.Activation("swish")(y)
        y = keras.layers.Conv2D(spec["filters"], 1, use_bias=False)(y)
        y = keras.layers.BatchNormalization()(y)
        x = keras.layers.Add()([x, y]) if stride == 1 and inp == spec["filters"] else y
        inp = spec["filters"]
    return x


def plain(x, spec):
    for i in range(spec["n"]):
        x = keras.layers.Conv2D(spec["filters"], 3, strides=spec["stride"], padding="same", activation="relu")(x)
    return x


BLOCKS = {"inverted": inverted, "plain": plain}


def build_model(cfg):
    d, m = cfg.data, cfg.model
    inputs = keras.Input(shape=(d.height, d.width, d.channels))
    x = keras.layers.Conv2D(m.stem.filters, m.stem.kernel, strides=m.stem.stride, padding="same")(inputs)
    for spec in m.blocks:
        x = BLOCKS[spec["type"]](x, spec)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(m.dropout)(x)
    outputs = keras.layers.Dense(d.classes, activation="softmax")(x)
    return keras.Model(inputs, outputs)


def main(argv):
    cfg = DEFAULTS
    model = build_model(cfg)
    model.compile(
        optimizer=keras.optimizers.Adam(cfg.train.lr), loss=cfg.train.loss, metrics=["accuracy"], jit_compile=False
    )
    wide = build_model(OmegaConf.merge(DEFAULTS, {"model": {"stem": {"filters": 32}}}))
    print(model.count_params(), wide.count_params())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
