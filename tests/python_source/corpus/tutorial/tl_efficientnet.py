# Fine-tuning EfficientNet on your own images -- code of the blog post, part 2
import tensorflow as tf
import tensorflow.keras.layers as L
import tensorflow.keras.models as M
from tensorflow.keras.applications import EfficientNetB0
from tensorflow.keras.callbacks import EarlyStopping
import matplotlib.pyplot as plt

IMG_SIZE = 224
NUM_CLASSES = 120
size = (IMG_SIZE, IMG_SIZE)

img_augmentation_layers = [
    L.RandomRotation(factor=0.15),
    L.RandomTranslation(height_factor=0.1, width_factor=0.1),
    L.RandomFlip(),
    L.RandomContrast(factor=0.1),
]


def img_augmentation(images):
    for layer in img_augmentation_layers:
        images = layer(images)
    return images


def build_model(num_classes):
    inputs = L.Input(shape=(IMG_SIZE, IMG_SIZE, 3))
    model = EfficientNetB0(include_top=False, input_tensor=inputs, weights="imagenet")

    # Freeze the pretrained weights
    model.trainable = False

    # Rebuild top
    x = L.GlobalAveragePooling2D(name="avg_pool")(model.output)
    x = L.BatchNormalization()(x)

    top_dropout_rate = 0.2
    x = L.Dropout(top_dropout_rate, name="top_dropout")(x)
    outputs = L.Dense(num_classes, activation="softmax", name="pred")(x)

    # Compile
    model = M.Model(inputs, outputs, name="EfficientNet")
    optimizer = tf.keras.optimizers.Adam(learning_rate=1e-2)
    model.compile(optimizer=optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def unfreeze_model(model):
    # We unfreeze the top 20 layers while leaving BatchNorm layers frozen
    for layer in model.layers[-20:]:
        if not isinstance(layer, L.BatchNormalization):
            layer.trainable = True

    optimizer = tf.keras.optimizers.Adam(learning_rate=1e-5)
    model.compile(optimizer=optimizer, loss="categorical_crossentropy", metrics=["accuracy"])


model = build_model(num_classes=NUM_CLASSES)
unfreeze_model(model)
model.summary()
