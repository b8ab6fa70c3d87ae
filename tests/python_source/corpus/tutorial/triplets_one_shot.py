"""
One-shot recognition with triplets, explained.

    anchor, positive, negative --> one encoder --> distances --> loss
"""
from pathlib import Path
import numpy as np
import tensorflow as tf
from tensorflow.keras import applications, layers, losses, metrics, Model, optimizers
from tensorflow.keras.applications import resnet

target_shape = (105, 105)
cache_dir = Path(Path.home()) / ".keras"

# --- The encoder, part one: our own
def make_encoder(embedding=64, filters=(32, 64, 128, 128), kernels=(10, 7, 4, 4)):
    inp = layers.Input(target_shape + (1,), name="glyph")
    x = inp
    for i, (f, k) in enumerate(zip(filters, kernels)):
        x = layers.Conv2D(f, k, activation="relu")(x)
        if i < len(filters) - 1:
            x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(embedding)(x)
    x = layers.UnitNormalization()(x)
    return Model(inp, x, name="encoder")

# --- Part two: a pretrained one, of which only the last block learns
base_cnn = resnet.ResNet50(weights="imagenet", input_shape=(200, 200, 3), include_top=False)
flatten = layers.Flatten()(base_cnn.output)
dense1 = layers.Dense(512, activation="relu")(flatten)
dense1 = layers.BatchNormalization()(dense1)
dense2 = layers.Dense(256, activation="relu")(dense1)
dense2 = layers.BatchNormalization()(dense2)
output = layers.Dense(256)(dense2)
embedding = Model(base_cnn.input, output, name="Embedding")

trainable = False
for layer in base_cnn.layers:
    if layer.name == "conv5_block1_out":
        trainable = True
    layer.trainable = trainable

# --- Distances as a layer
class DistanceLayer(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)

    def call(self, anchor, positive, negative):
        ap_distance = tf.reduce_sum(tf.square(anchor - positive), -1)
        an_distance = tf.reduce_sum(tf.square(anchor - negative), -1)
        return (ap_distance, an_distance)

def siamese(encoder):
    shape = encoder.input_shape[1:]
    a, p, n = (layers.Input(name=name, shape=shape) for name in ("anchor", "positive", "negative"))
    distances = DistanceLayer()(encoder(a), encoder(p), encoder(n))
    return Model(inputs=[a, p, n], outputs=distances)

encoder = make_encoder()
siamese_network = siamese(encoder)
encoder.summary()

# --- A model that knows its loss
class SiameseModel(Model):
    def __init__(self, siamese_network, margin=0.5):
        super().__init__()
        self.siamese_network = siamese_network
        self.margin = margin
        self.loss_tracker = metrics.Mean(name="loss")

    def call(self, inputs):
        return self.siamese_network(inputs)

    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = self._compute_loss(data)
        gradients = tape.gradient(loss, self.siamese_network.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.siamese_network.trainable_weights))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}

    def _compute_loss(self, data):
        ap_distance, an_distance = self.siamese_network(data)
        return tf.maximum(ap_distance - an_distance + self.margin, 0.0)

    @property
    def metrics(self):
        return [self.loss_tracker]

siamese_model = SiameseModel(siamese_network)
siamese_model.compile(optimizer=optimizers.Adam(0.0001), weighted_metrics=[])

# --- Similarity of two glyphs
a = layers.Input(encoder.input_shape[1:])
b = layers.Input(encoder.input_shape[1:])
cosine = layers.Dot(axes=-1, normalize=True)([encoder(a), encoder(b)])
matcher = Model([a, b], cosine, name="matcher")
