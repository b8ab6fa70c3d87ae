from keras import layers
from keras.models import Sequential

model = Sequential([layers.Conv2D(4, 3, input_shape=(8, 8, 3)), layers.Flatten(), layers.Dense(2)])
shapes = model.input_shape, model.output_shape
count, kinds = model.count_params(), len(model.layers)
