# Getting started with preprocessing layers inside the model
import tensorflow as tf
from tensorflow import keras
import tensorflow.keras.layers as tfl

(x_train, y_train), _ = keras.datasets.cifar10.load_data()
input_shape = x_train.shape[1:]
classes = 10

data_augmentation = keras.Sequential([
    tfl.RandomFlip("horizontal"),
    tfl.RandomRotation(0.1),
    tfl.RandomZoom(0.1),
])

inputs = keras.Input(shape=input_shape)
x = data_augmentation(inputs)
x = tfl.Rescaling(1.0 / 255)(x)
x = tfl.Resizing(64, 64)(x)
x = tfl.CenterCrop(56, 56)(x)
x = tfl.Conv2D(16, (3, 3), activation=tfl.ReLU(), name="stem")(x)
x = tfl.MaxPool2D(pool_size=(2, 2))(x)
outputs = tfl.Dense(classes)(tfl.GlobalAveragePooling2D()(x))
model = keras.Model(inputs, outputs)
model.compile(optimizer="rmsprop", loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(x_train, y_train, steps_per_epoch=5)

inference_model = keras.Sequential([model, tfl.Softmax()])
inference_model.build((None,) + input_shape)
