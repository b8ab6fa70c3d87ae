from keras import layers
from keras.models import Sequential

model = Sequential([layers.Conv2D(4, 3), layers.GlobalAveragePooling2D(), layers.Dense(2)])
before = model.built
model.build((None, 9, 9, 1))
after, shape = model.built, model.output_shape
