import keras
from models import factory
from settings import SETTINGS

model = factory(SETTINGS["model"])(SETTINGS["shape"], SETTINGS["classes"])
model.compile(
    optimizer=keras.optimizers.Adam(SETTINGS["lr"]),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
