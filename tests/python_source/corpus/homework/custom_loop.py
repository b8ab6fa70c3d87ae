import tensorflow as tf
import numpy as np

(x_train, y_train), (x_test, y_test) = tf.keras.datasets.mnist.load_data()
x_train, x_test = x_train[..., np.newaxis] / 255.0, x_test[..., np.newaxis] / 255.0
x_train = x_train.astype("float32")

train_ds = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(10000).batch(32)
test_ds = tf.data.Dataset.from_tensor_slices((x_test, y_test)).batch(32)


class MyModel(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.conv1 = tf.keras.layers.Conv2D(32, 3, activation='relu')
        self.pool = tf.keras.layers.MaxPool2D()
        self.conv2 = tf.keras.layers.Conv2D(64, 3, activation=tf.nn.relu)
        self.flatten = tf.keras.layers.Flatten()
        self.d1 = tf.keras.layers.Dense(128, activation='relu')
        self.drop = tf.keras.layers.Dropout(0.5)
        self.d2 = tf.keras.layers.Dense(10)

    def call(self, x, training=False):
        x = self.pool(self.conv1(x))
        x = self.pool(self.conv2(x))
        x = self.flatten(x)
        x = self.d1(x)
        if training:
            x = self.drop(x, training=training)
        return self.d2(x)


model = MyModel()
loss_object = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = tf.keras.optimizers.Adam()
train_loss = tf.keras.metrics.Mean(name='train_loss')
train_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name='train_accuracy')


@tf.function
def train_step(images, labels):
    with tf.GradientTape() as tape:
        predictions = model(images, training=True)
        loss = loss_object(labels, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    train_loss(loss)
    train_accuracy(labels, predictions)


@tf.function
def test_step(images, labels):
    predictions = model(images, training=False)
    return loss_object(labels, predictions)


EPOCHS = 1
for epoch in range(EPOCHS):
    train_loss.reset_state()
    train_accuracy.reset_state()
    for images, labels in train_ds:
        train_step(images, labels)
    for test_images, test_labels in test_ds:
        test_step(test_images, test_labels)
    print(f'Epoch {epoch + 1}, Loss: {train_loss.result()}, Accuracy: {train_accuracy.result() * 100}')

# Question 4: the same net with the functional API
i = tf.keras.layers.Input(shape=x_train[0].shape)
t = tf.keras.layers.Conv2D(32, 3, activation='relu')(i)
t = tf.keras.layers.MaxPool2D()(t)
t = tf.keras.layers.Conv2D(64, 3, activation='relu')(t)
t = tf.keras.layers.MaxPool2D()(t)
t = tf.keras.layers.Flatten()(t)
t = tf.keras.layers.Dense(128, activation='relu')(t)
t = tf.keras.layers.Dense(10)(t)
functional = tf.keras.Model(inputs=i, outputs=t)
