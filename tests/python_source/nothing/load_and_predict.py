import sys
import numpy as np
from tensorflow import keras
from tensorflow.keras.utils import load_img, img_to_array

model = keras.models.load_model("best.keras")
image = img_to_array(load_img("cat.jpg", target_size=(180, 180)))
scores = model.predict(image[np.newaxis])
model.summary()
print(scores)
