"""Weight standardisation + group norm, with absl flags."""
from absl import app, flags
import keras
from keras import layers, ops

FLAGS = flags.FLAGS
flags.DEFINE_integer("width", 32, "base width")
flags.DEFINE_integer("num_blocks", 3, "blocks per stage")
flags.DEFINE_list("stages", ["1", "2", "4"], "multipliers")
flags.DEFINE_enum("norm", "gn", ["bn", "gn"], "normalisation")
flags.DEFINE_bool("weight_standardization", True, "standardise the kernels")


class WSConv2D(layers.Conv2D):
    """Convolution whose kernels have zero mean and unit variance."""

    def __init__(self, *args, eps=1e-4, **kwargs):
        super().__init__(*args, **kwargs)
        self.eps = eps

    def call(self, inputs):
        mean = ops.mean(self.kernel, axis=(0, 1, 2), keepdims=True)
        std = ops.std(self.kernel, axis=(0, 1, 2), keepdims=True)
        kernel = (self.kernel - mean) / (std + self.eps)
        return ops.conv(inputs, kernel, strides=self.strides, padding=self.padding)


def conv(filters, kernel=3, strides=1):
    cls = WSConv2D if FLAGS.weight_standardization else layers.Conv2D
    return cls(filters, kernel, strides=strides, padding="same", use_bias=False)


def norm():
    return {"bn": lambda: layers.BatchNormalization(), "gn": lambda: layers.GroupNormalization(8)}[FLAGS.norm]()


def preact_block(x, filters, strides):
    h = layers.ReLU()(norm()(x))
    shortcut = x if strides == 1 and x.shape[-1] == filters else conv(filters, 1, strides)(h)
    h = conv(filters, 3, strides)(h)
    h = layers.ReLU()(norm()(h))
    h = conv(filters)(h)
    return layers.Add()([shortcut, h])


def make_net(shape, classes):
    inputs = layers.Input(shape)
    x = conv(FLAGS.width)(inputs)
    for i, mult in enumerate(FLAGS.stages):
        for b in range(FLAGS.num_blocks):
            x = preact_block(x, FLAGS.width * int(mult), strides=2 if b == 0 and i > 0 else 1)
    x = layers.ReLU()(norm()(x))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes)(x))


def main(_):
    net = make_net((32, 32, 3), 100)
    net.compile(
        optimizer=keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 100_000), momentum=0.9, nesterov=True),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    (x, y), _ = keras.datasets.cifar100.load_data()
    net.fit(x / 255.0, y, batch_size=128, epochs=200)


if __name__ == "__main__":
    app.run(main)
