import tensorflow as tf
from tensorflow.keras import layers

AUTO = tf.data.AUTOTUNE
resize = layers.Resizing(64, 64)
flip = layers.RandomFlip("horizontal")


def prepare(path, batch=32, shuffle=False):
    ds = tf.keras.utils.image_dataset_from_directory(path, image_size=(72, 72), batch_size=batch)
    ds = ds.map(lambda x, y: (resize(x) / 255.0, y), num_parallel_calls=AUTO)
    if shuffle:
        ds = ds.map(lambda x, y: (flip(x, training=True), y))
    return ds.prefetch(AUTO)


if __name__ == "__main__":
    train, val = prepare("data/train", shuffle=True), prepare("data/val")
    print(train.element_spec)
