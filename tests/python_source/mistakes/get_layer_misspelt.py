import keras
from keras import layers

base = keras.applications.VGG16(include_top=False, weights=None, input_shape=(64, 64, 3))
features = base.get_layer("block5_conv_3").output
model = keras.Model(base.input, layers.GlobalAveragePooling2D()(features))
