import tensorflow as tf

CIFAR = (24, 24, 3)
base = tf.keras.applications.MobileNetV2(input_shape=CIFAR, include_top=False, weights=None)
model = tf.keras.Sequential([
    base,
    tf.keras.layers.GlobalAveragePooling2D(),
    tf.keras.layers.Dense(10, activation="softmax"),
])
