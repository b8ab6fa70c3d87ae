import keras
from keras import layers

inputs = keras.Input(shap=(28, 28, 1))
model = keras.Model(inputs, layers.Flatten()(inputs))
