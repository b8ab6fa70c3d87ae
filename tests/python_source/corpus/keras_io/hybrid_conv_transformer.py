"""
Title: A hybrid of a convolutional stem and a Transformer
"""

import keras
import numpy as np
from keras import layers
from keras import ops

"""
## Hyperparameters
"""

num_classes = 100
input_shape = (32, 32, 3)
image_size = 48
stem_filters = [32, 64]
projection_dim = 96
num_heads = 4
transformer_units = [projection_dim * 2, projection_dim]
transformer_layers = 3
mlp_head_units = [256, 128]

(x_train, y_train), (x_test, y_test) = keras.datasets.cifar100.load_data()
print(f"x_train shape: {x_train.shape} - y_train shape: {y_train.shape}")

data_augmentation = keras.Sequential(
    [
        layers.Normalization(mean=[0.5, 0.5, 0.5], variance=[0.06, 0.06, 0.06]),
        layers.Resizing(image_size, image_size),
        layers.RandomFlip("horizontal"),
        layers.RandomRotation(factor=0.02),
        layers.RandomZoom(height_factor=0.2, width_factor=0.2),
    ],
    name="data_augmentation",
)

"""
## Building blocks
"""


def mlp(x, hidden_units, dropout_rate):
    for units in hidden_units:
        x = layers.Dense(units, activation=keras.activations.gelu)(x)
        x = layers.Dropout(dropout_rate)(x)
    return x


class ConvTokenizer(layers.Layer):
    def __init__(self, filters, dim, **kwargs):
        super().__init__(**kwargs)
        self.stem = keras.Sequential()
        for f in filters:
            self.stem.add(layers.Conv2D(f, 3, padding="same", use_bias=False))
            self.stem.add(layers.BatchNormalization())
            self.stem.add(layers.ReLU())
            self.stem.add(layers.MaxPooling2D(3, 2, "same"))
        self.project = layers.Conv2D(dim, 1)
        self.dim = dim

    def call(self, images):
        x = self.project(self.stem(images))
        return ops.reshape(x, (-1, x.shape[1] * x.shape[2], self.dim))


class AddPosition(layers.Layer):
    def build(self, input_shape):
        self.position = self.add_weight(
            shape=(1, input_shape[1], input_shape[2]), initializer=keras.initializers.RandomNormal(stddev=0.02), name="position"
        )
        self.built = True

    def call(self, tokens):
        return tokens + self.position


def create_hybrid_classifier():
    inputs = keras.Input(shape=input_shape)
    augmented = data_augmentation(inputs)
    encoded = AddPosition()(ConvTokenizer(stem_filters, projection_dim)(augmented))
    for _ in range(transformer_layers):
        x1 = layers.LayerNormalization(epsilon=1e-6)(encoded)
        attention = layers.MultiHeadAttention(num_heads=num_heads, key_dim=projection_dim // num_heads, dropout=0.1)(x1, x1)
        x2 = layers.Add()([attention, encoded])
        x3 = layers.LayerNormalization(epsilon=1e-6)(x2)
        x3 = mlp(x3, hidden_units=transformer_units, dropout_rate=0.1)
        encoded = layers.Add()([x3, x2])
    representation = layers.LayerNormalization(epsilon=1e-6)(encoded)
    representation = layers.GlobalAveragePooling1D()(representation)
    representation = layers.Dropout(0.5)(representation)
    features = mlp(representation, hidden_units=mlp_head_units, dropout_rate=0.5)
    logits = layers.Dense(num_classes)(features)
    return keras.Model(inputs=inputs, outputs=logits)


def run_experiment(model):
    model.compile(
        optimizer=keras.optimizers.AdamW(learning_rate=1e-3, weight_decay=1e-4),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[keras.metrics.SparseTopKCategoricalAccuracy(5, name="top-5-accuracy")],
    )
    return model.fit(x=x_train, y=y_train, batch_size=256, epochs=10, validation_split=0.1)


history = run_experiment(create_hybrid_classifier())
