"""
Title: Conditional DCGAN on Fashion-MNIST
"""
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

batch_size = 64
num_channels = 1
num_classes = 10
image_size = 28
latent_dim = 128
embedding_dim = 16

(train_images, train_labels), _ = keras.datasets.fashion_mnist.load_data()
all_digits = train_images.astype("float32") / 127.5 - 1.0

"""
## Critic: the label becomes one more channel
"""


def build_discriminator():
    image = keras.Input((image_size, image_size, num_channels))
    label = keras.Input((1,), dtype="int32")
    e = layers.Embedding(num_classes, embedding_dim)(label)
    e = layers.Dense(image_size * image_size)(e)
    e = layers.Reshape((image_size, image_size, 1))(e)
    x = layers.Concatenate()([image, e])
    for filters in (64, 128):
        x = layers.Conv2D(filters, (3, 3), strides=(2, 2), padding="same")(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.GlobalMaxPooling2D()(x)
    return keras.Model([image, label], layers.Dense(1)(x), name="discriminator")


def build_generator():
    noise = keras.Input((latent_dim,))
    label = keras.Input((1,), dtype="int32")
    e = layers.Flatten()(layers.Embedding(num_classes, embedding_dim)(label))
    x = layers.Concatenate()([noise, e])
    side = image_size // 4
    x = layers.Dense(side * side * x.shape[-1])(x)
    x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Reshape((side, side, -1))(x)
    for _ in range(2):
        x = layers.Conv2DTranspose(128, 4, strides=2, padding="same")(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Conv2D(num_channels, 7, padding="same", activation="tanh")(x)
    return keras.Model([noise, label], x, name="generator")


class ConditionalGAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim
        self.seed_generator = keras.random.SeedGenerator(1337)
        self.gen_loss_tracker = keras.metrics.Mean(name="generator_loss")
        self.disc_loss_tracker = keras.metrics.Mean(name="discriminator_loss")

    @property
    def metrics(self):
        return [self.gen_loss_tracker, self.disc_loss_tracker]

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.loss_fn = loss_fn

    def train_step(self, data):
        real_images, labels = data
        n = tf.shape(real_images)[0]
        noise = tf.random.normal((n, self.latent_dim))
        fakes = self.generator([noise, labels])
        with tf.GradientTape() as tape:
            predictions = self.discriminator([tf.concat([fakes, real_images], 0), tf.concat([labels, labels], 0)])
            d_loss = self.loss_fn(tf.concat([tf.ones((n, 1)), tf.zeros((n, 1))], 0), predictions)
        grads = tape.gradient(d_loss, self.discriminator.trainable_weights)
        self.d_optimizer.apply_gradients(zip(grads, self.discriminator.trainable_weights))
        return {"d_loss": d_loss}


cond_gan = ConditionalGAN(discriminator=build_discriminator(), generator=build_generator(), latent_dim=latent_dim)
cond_gan.compile(
    d_optimizer=keras.optimizers.Adam(learning_rate=0.0003),
    g_optimizer=keras.optimizers.Adam(learning_rate=0.0003),
    loss_fn=keras.losses.BinaryCrossentropy(from_logits=True),
)
trained_gen = cond_gan.generator
print(trained_gen.output_shape)
