from keras import layers
from keras.models import Sequential

model = Sequential([layers.Dense(5, input_dim=7), layers.Dense(2)])
