"""How to: mixed precision, several GPUs and a training loop by hand."""
import functools
import tensorflow as tf
from tensorflow.keras import layers

tf.random.set_seed(1)
GLOBAL_BATCH = 64
AUTO = tf.data.experimental.AUTOTUNE

# 1. The strategy and the policy come first
strategy = tf.distribute.MirroredStrategy()
print("Number of devices: {}".format(strategy.num_replicas_in_sync))
tf.keras.mixed_precision.set_global_policy("mixed_float16" if tf.config.list_physical_devices("GPU") else "float32")

# 2. A pipeline
(train_x, train_y), _ = tf.keras.datasets.cifar10.load_data()


def parse(image, label, size=40):
    image = tf.image.convert_image_dtype(image, tf.float32)
    image = tf.image.resize_with_crop_or_pad(image, size, size)
    return image, tf.squeeze(label, -1)


@tf.function
def augment(image, label):
    return tf.image.random_flip_left_right(image), label


dataset = tf.data.Dataset.from_tensor_slices((train_x[:256], train_y[:256]))
dataset = dataset.map(functools.partial(parse, size=48), num_parallel_calls=AUTO).map(augment).shuffle(256).batch(GLOBAL_BATCH, drop_remainder=True).prefetch(AUTO)
image_shape = dataset.element_spec[0].shape[1:]

# 3. A model as a class
class Block(tf.keras.layers.Layer):
    def __init__(self, filters, downsample=False):
        super().__init__()
        s = 2 if downsample else 1
        self.a = layers.Conv2D(filters, 3, strides=s, padding="same")
        self.na = layers.BatchNormalization()
        self.b = layers.Conv2D(filters, 3, padding="same")
        self.nb = layers.BatchNormalization()
        self.short = tf.keras.Sequential([layers.Conv2D(filters, 1, strides=s), layers.BatchNormalization()]) if downsample else (lambda x, **kw: x)

    def call(self, x, training=False):
        h = tf.nn.relu(self.na(self.a(x), training=training))
        h = self.nb(self.b(h), training=training)
        return tf.nn.relu(h + self.short(x, training=training))


class SmallResNet(tf.keras.Model):
    def __init__(self, num_classes, repeats=(1, 1, 1)):
        super().__init__()
        self.stem = layers.Conv2D(32, 3, padding="same", activation="relu")
        self.blocks = []
        for i, r in enumerate(repeats):
            for j in range(r):
                self.blocks.append(Block(32 * 2 ** i, downsample=(j == 0 and i > 0)))
        self.pool = layers.GlobalAveragePooling2D()
        self.fc = layers.Dense(num_classes)
        self.out = layers.Activation("softmax", dtype="float32")

    def call(self, images, training=False):
        x = self.stem(images)
        for block in self.blocks:
            x = block(x, training=training)
        return self.out(self.fc(self.pool(x)))


# 4. Everything with variables inside the scope
with strategy.scope():
    model = SmallResNet(10, repeats=[1, 2, 1])
    model(tf.zeros([1, *image_shape]))  # a first call, so that the variables are made here
    optimizer = tf.keras.optimizers.Adam()
    loss_object = tf.keras.losses.SparseCategoricalCrossentropy(reduction="none")
    train_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="train_accuracy")
model.summary()


def compute_loss(labels, predictions):
    return tf.nn.compute_average_loss(loss_object(labels, predictions), global_batch_size=GLOBAL_BATCH)


def train_step(inputs):
    images, labels = inputs
    with tf.GradientTape() as tape:
        predictions = model(images, training=True)
        loss = compute_loss(labels, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    train_accuracy.update_state(labels, predictions)
    return loss


@tf.function
def distributed_train_step(dataset_inputs):
    per_replica_losses = strategy.run(train_step, args=(dataset_inputs,))
    return strategy.reduce(tf.distribute.ReduceOp.SUM, per_replica_losses, axis=None)


# 5. For comparison, the same thing with fit
with strategy.scope():
    simple = tf.keras.Sequential([
        layers.Input(image_shape),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ])
    simple.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
simple.fit(dataset, epochs=2)
