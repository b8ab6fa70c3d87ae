"""Distributed training with Keras and tf.data."""
import os
import tensorflow as tf

IMAGE = 72
PATHS = tf.constant(["a.jpg", "b.jpg", "c.jpg", "d.jpg"])
LABELS = tf.constant([0, 1, 2, 0])
num_classes = int(3)


def decode(path, label):
    image = tf.io.read_file(path)
    image = tf.io.decode_jpeg(image, channels=3)
    image = tf.image.resize(image, [IMAGE, IMAGE])
    return image / 255.0, tf.one_hot(label, num_classes)


def augment(image, label):
    image = tf.image.random_flip_left_right(image)
    image = tf.image.random_crop(image, (64, 64, 3))
    return image, label


ds = (tf.data.Dataset.from_tensor_slices((PATHS, LABELS))
      .map(decode, num_parallel_calls=tf.data.AUTOTUNE)
      .map(augment)
      .cache()
      .shuffle(100)
      .batch(2)
      .prefetch(tf.data.AUTOTUNE))
print(ds.element_spec)

strategy = tf.distribute.MirroredStrategy(["/cpu:0"])
print(f"Number of devices: {strategy.num_replicas_in_sync}")

with strategy.scope():
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(32, 3, activation="relu"),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Conv2D(64, 3, activation="relu"),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(64, activation="relu"),
        tf.keras.layers.Dense(num_classes),
    ])
    model.compile(
        loss=tf.keras.losses.CategoricalCrossentropy(from_logits=True),
        optimizer=tf.keras.optimizers.Adam(),
        metrics=["accuracy"],
    )


def decay(epoch):
    return 1e-3 if epoch < 3 else 1e-4


class PrintLR(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(f"\nLearning rate for epoch {epoch + 1} is {self.model.optimizer.learning_rate}")


callbacks = [
    tf.keras.callbacks.TensorBoard(log_dir="./logs"),
    tf.keras.callbacks.LearningRateScheduler(decay),
    PrintLR(),
]
model.fit(ds, epochs=12, callbacks=callbacks)
