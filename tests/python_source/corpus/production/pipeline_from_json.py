"""A pipeline whose models stand in JSON; templates are methods of builders."""
import abc
import json
from typing import Any, Mapping, Sequence, Union

import tensorflow as tf

CONFIG = json.loads("""
{
  "experiment": "vehicles",
  "input": {"height": 96, "width": 96, "channels": 3},
  "models": [
    {"builder": "vgg", "classes": 12, "blocks": [[32, 2], [64, 2], [128, 3]], "dense": [256]},
    {"builder": "mobile", "classes": 12, "alpha": 0.5,
     "layers": ["c32/2", "d64/1", "d128/2", "d128/1", "d256/2"]},
    {"builder": "tower", "classes": 4, "towers": 3, "filters": 24, "activation": null}
  ],
  "training": {"optimizer": {"class_name": "Adam", "config": {"learning_rate": 0.0005}}, "epochs": 20}
}
""")

layers = tf.keras.layers


class ModelBuilder(abc.ABC):
    """Template: stem, body, head."""

    known: dict = {}

    def __init_subclass__(cls, key: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if key:
            ModelBuilder.known[key] = cls

    def __init__(self, shape: Sequence[int], classes: int, activation: Union[str, None] = "softmax", **options: Any):
        self.shape = tuple(shape)
        self.classes = classes
        self.activation = activation
        self.options = options

    @classmethod
    def from_config(cls, shape: Sequence[int], config: Mapping[str, Any]) -> "ModelBuilder":
        config = dict(config)
        return cls.known[config.pop("builder")](shape, **config)

    def build(self) -> tf.keras.Model:
        image = layers.Input(shape=self.shape)
        x = self.head(self.body(self.stem(image)))
        return tf.keras.Model(image, x, name=type(self).__name__.lower())

    def stem(self, x):
        return layers.Rescaling(1 / 127.5, offset=-1.0)(x)

    @abc.abstractmethod
    def body(self, x): ...

    def head(self, x):
        x = layers.GlobalAveragePooling2D()(x)
        return layers.Dense(self.classes, activation=self.activation)(x)


class Vgg(ModelBuilder, key="vgg"):
    def body(self, x):
        for filters, count in self.options["blocks"]:
            for _ in range(count):
                x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
            x = layers.MaxPool2D()(x)
        return x

    def head(self, x):
        x = layers.Flatten()(x)
        for units in self.options.get("dense", ()):
            x = layers.Dense(units, activation="relu")(x)
        return layers.Dense(self.classes, activation=self.activation)(x)


class Mobile(ModelBuilder, key="mobile"):
    def body(self, x):
        alpha = self.options.get("alpha", 1.0)
        for word in self.options["layers"]:
            filters, stride = map(int, word[1:].split("/"))
            filters = int(filters * alpha)
            match word[0]:
                case "c":
                    x = layers.Conv2D(filters, 3, stride, "same", use_bias=False)(x)
                case "d":
                    x = layers.DepthwiseConv2D(3, stride, "same", use_bias=False)(x)
                    x = layers.BatchNormalization()(x)
                    x = layers.ReLU(6.0)(x)
                    x = layers.Conv2D(filters, 1, use_bias=False)(x)
                case other:
                    raise ValueError(f"no layer {other!r}")
            x = layers.BatchNormalization()(x)
            x = layers.ReLU(max_value=6.0)(x)
        return x


class Tower(Mobile, key="tower"):
    def stem(self, x):
        x = super().stem(x)
        return layers.Conv2D(self.options["filters"], 7, strides=4, padding="same")(x)

    def body(self, x):
        f = self.options["filters"]
        towers = [layers.Conv2D(f * (i + 1), 2 * i + 1, padding="same", activation="swish")(x) for i in range(self.options["towers"])]
        return layers.Concatenate()(towers)


def main() -> None:
    shape = [CONFIG["input"][key] for key in ("height", "width", "channels")]
    for model_config in CONFIG["models"]:
        model = ModelBuilder.from_config(shape, model_config).build()
        optimizer = tf.keras.optimizers.get(CONFIG["training"]["optimizer"])
        model.compile(optimizer=optimizer, loss=tf.keras.losses.CategoricalCrossentropy(from_logits=model_config.get("activation", "") is None))
        model.summary(print_fn=print)


if __name__ == "__main__":
    main()
