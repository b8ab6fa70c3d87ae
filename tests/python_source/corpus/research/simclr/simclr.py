import keras
import tensorflow as tf
from keras import layers, ops


class ContrastiveModel(keras.Model):
    def __init__(self, encoder, contrastive_augmenter, width, temperature, classes=10):
        super().__init__()
        self.temperature = temperature
        self.contrastive_augmenter = contrastive_augmenter
        self.encoder = encoder
        # Non-linear MLP as projection head
        self.projection_head = keras.Sequential(
            [
                layers.Input(shape=(width,)),
                layers.Dense(width, activation="relu"),
                layers.Dense(width),
            ],
            name="projection_head",
        )
        # Single dense layer for linear probing
        self.linear_probe = keras.Sequential([layers.Input(shape=(width,)), layers.Dense(classes)], name="linear_probe")

    def compile(self, contrastive_optimizer, probe_optimizer, **kwargs):
        super().compile(**kwargs)
        self.contrastive_optimizer = contrastive_optimizer
        self.probe_optimizer = probe_optimizer
        self.contrastive_loss_tracker = keras.metrics.Mean(name="c_loss")

    def contrastive_loss(self, projections_1, projections_2):
        projections_1 = ops.normalize(projections_1, axis=1)
        projections_2 = ops.normalize(projections_2, axis=1)
        similarities = ops.matmul(projections_1, ops.transpose(projections_2)) / self.temperature
        batch_size = ops.shape(projections_1)[0]
        labels = ops.arange(batch_size)
        return keras.losses.sparse_categorical_crossentropy(labels, similarities, from_logits=True)

    def train_step(self, data):
        (unlabeled_images, _), (labeled_images, labels) = data
        images = tf.concat((unlabeled_images, labeled_images), axis=0)
        with tf.GradientTape() as tape:
            p1 = self.projection_head(self.encoder(self.contrastive_augmenter(images)))
            p2 = self.projection_head(self.encoder(self.contrastive_augmenter(images)))
            loss = self.contrastive_loss(p1, p2)
        return {"loss": loss}
