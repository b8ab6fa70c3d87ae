import keras
from keras import layers


def classifier(features, classes):
    x = layers.Dense(128, activation="relu")(features)
    x = layers.Dense(classes, activation="softmax")(x)
    return x


inputs = keras.Input((96, 96, 3))
base = keras.applications.MobileNetV2(include_top=False, weights="imagenet", input_shape=(96, 96, 3), pooling="avg")
x = classifier(base(inputs), 12)
outputs = layers.Softmax()(x)
model = keras.Model(inputs, outputs)
model.compile("adam", "categorical_crossentropy")
