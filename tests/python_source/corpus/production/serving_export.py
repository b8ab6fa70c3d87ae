"""Wrap a trained classifier with its preprocessing for serving."""
import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import tensorflow as tf
import keras

LABELS = ("cat", "dog", "bird", "fish")
TARGET = int(os.getenv("TARGET_SIZE", 128))
MEAN = [0.485, 0.456, 0.406]
STD = [0.229, 0.224, 0.225]


def classifier(size: int = 128) -> keras.Model:
    base = keras.applications.EfficientNetB0(include_top=False, weights=None, input_shape=(size, size, 3), pooling="avg")
    x = keras.layers.Dropout(0.2)(base.output)
    y = keras.layers.Dense(len(LABELS), activation="softmax", name="probs")(x)
    return keras.Model(base.input, y, name="classifier")


class ServingModel(keras.Model):
    """uint8 pictures of any size in, label and score out."""

    def __init__(self, inner, size):
        super().__init__()
        self.resize = keras.layers.Resizing(size, size)
        self.inner = inner

    def call(self, images):
        x = self.resize(keras.ops.cast(images, "float32") / 255.0)
        return self.inner((x - keras.ops.array(MEAN)) / keras.ops.array(STD))


def wrap(inner: keras.Model, size: int) -> keras.Model:
    raw = keras.Input(shape=(None, None, 3), dtype="uint8", name="raw")
    x = keras.layers.Resizing(size, size, interpolation="bicubic", crop_to_aspect_ratio=True)(raw)
    x = keras.layers.Rescaling(1.0 / 255)(x)
    x = keras.layers.Normalization(mean=MEAN, variance=[s * s for s in STD])(x)
    probs = inner(x)
    return keras.Model(raw, {"probs": probs, "best": keras.ops.argmax(probs, axis=-1)}, name="serving")


if __name__ == "__main__":
    inner = classifier()
    serving = wrap(inner, 128)
    serving.export("export/1")
    custom = ServingModel(inner, 128)
    custom(tf.zeros((1, 300, 200, 3), tf.uint8))
    tuned = wrap(classifier(TARGET), TARGET)
