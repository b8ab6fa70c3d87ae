import tensorflow as tf
from tensorflow.keras import layers, Model

inputs = layers.Input((64, 64, 3))
x = layers.Conv2D(16, 3, padding="same")(inputs)
x = tf.nn.relu(x)
x = layers.GlobalAveragePooling2D()(x)
model = Model(inputs, layers.Dense(5)(x))
