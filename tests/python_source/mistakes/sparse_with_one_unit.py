# cats vs dogs
import keras
from keras import layers

train_ds = keras.utils.image_dataset_from_directory("pets/train", image_size=(128, 128), label_mode="int")

model = keras.Sequential([
    layers.Input((128, 128, 3)),
    layers.Rescaling(1 / 255),
    layers.Conv2D(32, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
