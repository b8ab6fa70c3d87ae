"""Look inside a CNN: filters, feature maps, saliency."""
# pip install keras matplotlib
import keras
from keras import layers
from keras.applications.vgg16 import VGG16, preprocess_input
from keras.utils import load_img, img_to_array
import numpy as np
from matplotlib import pyplot

# load the model
model = VGG16()
model.summary()
for i, layer in enumerate(model.layers):
    # check for convolutional layer
    if 'conv' not in layer.name:
        continue
    print(i, layer.name, layer.output.shape)

# redefine model to output right after the first hidden layer
ixs = [2, 5, 9, 13, 17]
outputs = [model.layers[i].output for i in ixs]
maps_model = keras.Model(inputs=model.inputs, outputs=outputs)
img = load_img('bird.jpg', target_size=(224, 224))
img = np.expand_dims(img_to_array(img), axis=0)
img = preprocess_input(img)

# our own small network, the same way
own = keras.Sequential([
    layers.Input((64, 64, 3)),
    layers.Conv2D(8, 3, activation='relu', name='first'),
    layers.Conv2D(16, 3, activation='relu', name='second'),
    layers.MaxPooling2D(name='pool'),
    layers.Flatten(),
    layers.Dense(2, activation='softmax'),
])
activations = keras.Model(own.inputs, [l.output for l in own.layers if isinstance(l, layers.Conv2D)])
upto = keras.models.Model(inputs=own.inputs, outputs=own.get_layer(name='pool').output)
head = keras.Sequential(own.layers[3:])
chopped = keras.Model(own.inputs, own.layers[-2].output)
filters, biases = own.layers[0].get_weights()
f_min, f_max = filters.min(), filters.max()
for k in range(6):
    ax = pyplot.subplot(6, 3, k + 1)
    ax.set_xticks([])
pyplot.show()
