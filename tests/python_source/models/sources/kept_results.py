from functools import cache, cached_property

import keras
from keras import layers


class Reader:
    @cached_property
    def network(self):
        image = keras.Input((16, 16, 1), name="image")
        x = layers.Conv2D(4, 3, activation="relu")(image)
        return keras.Model(image, layers.Flatten()(x))


@cache
def backbone(width):
    return keras.Sequential([keras.Input((16, 16, 1)), layers.Conv2D(width, 3), layers.GlobalAveragePooling2D()])


reader = Reader()
label = keras.Input((3,), name="label")
whole = keras.Model([reader.network.input, label], layers.concatenate([reader.network.output, label]))

left, right = keras.Input((16, 16, 1)), keras.Input((16, 16, 1))
shared = keras.Model([left, right], layers.subtract([backbone(8)(left), backbone(8)(right)]))
apart = keras.Model([left, right], layers.concatenate([backbone(8)(left), backbone(4)(right)]))
