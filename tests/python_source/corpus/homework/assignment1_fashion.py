import tensorflow as tf
from tensorflow import keras
import numpy as np

# Question 1 - MLP
fashion_mnist = keras.datasets.fashion_mnist
(train_images, train_labels), (test_images, test_labels) = fashion_mnist.load_data()

train_images = train_images / 255.0
test_images = test_images / 255.0

model1 = keras.Sequential([
    keras.layers.Flatten(input_shape=(28, 28)),
    keras.layers.Dense(128, activation='relu'),
    keras.layers.Dense(10)
])

model1.compile(optimizer='adam',
              loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
              metrics=['accuracy'])
model1.fit(train_images, train_labels, epochs=10)

test_loss, test_acc = model1.evaluate(test_images, test_labels, verbose=2)
print('\nTest accuracy:', test_acc)

# Question 2 - CNN
train_images = train_images.reshape(-1, 28, 28, 1)
test_images = test_images.reshape(-1, 28, 28, 1)

model2 = keras.Sequential([
    keras.layers.Conv2D(16, 5, activation='relu', padding='same', input_shape=(28, 28, 1)),
    keras.layers.MaxPool2D(),
    keras.layers.Conv2D(32, 5, activation='relu', padding='same'),
    keras.layers.MaxPool2D(),
    keras.layers.Flatten(),
    keras.layers.Dense(64, activation=tf.nn.relu),
    keras.layers.Dense(10)
])
model2.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01, momentum=0.9),
              loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
              metrics=['accuracy'])
model2.fit(train_images, train_labels, epochs=10, batch_size=64)

# Question 3 - add a softmax so that outputs are probabilities
probability_model = tf.keras.Sequential([model2, tf.keras.layers.Softmax()])
predictions = probability_model.predict(test_images)
print(np.argmax(predictions[0]))
