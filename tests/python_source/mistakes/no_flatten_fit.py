import tensorflow as tf
from tensorflow.keras import layers, models, datasets

(train_images, train_labels), _ = datasets.mnist.load_data()
train_images = train_images.reshape((60000, 28, 28, 1)) / 255.0

model = models.Sequential()
model.add(layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation='relu'))
model.add(layers.Dense(64, activation='relu'))
model.add(layers.Dense(10, activation='softmax'))

model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(train_images, tf.keras.utils.to_categorical(train_labels, 10), epochs=5)
