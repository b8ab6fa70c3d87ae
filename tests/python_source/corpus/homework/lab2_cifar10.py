"""
Lab 2 : CIFAR-10
Student ID: 20231187
"""
from keras.models import *
from keras.layers import *
from keras.datasets import cifar10
from keras.utils import to_categorical
from keras.callbacks import EarlyStopping, ReduceLROnPlateau
import matplotlib.pyplot as plt
import os

(X_train, Y_train), (X_test, Y_test) = cifar10.load_data()
class_names = ['airplane', 'automobile', 'bird', 'cat', 'deer',
               'dog', 'frog', 'horse', 'ship', 'truck']

# plt.figure(figsize=(10,10))
# for i in range(25):
#     plt.subplot(5,5,i+1)
#     plt.imshow(X_train[i])

X_train = X_train / 255.0
X_test = X_test / 255.0
Y_train = to_categorical(Y_train, len(class_names))
Y_test = to_categorical(Y_test, len(class_names))

model = Sequential()
# block 1
model.add(Input(shape=X_train.shape[1:]))
model.add(Conv2D(32, (3,3), padding='same'))
model.add(BatchNormalization())
model.add(Activation('relu'))
model.add(Conv2D(32, (3,3), padding='same'))
model.add(BatchNormalization())
model.add(Activation('relu'))
model.add(MaxPooling2D((2,2)))
model.add(Dropout(0.2))
# block 2
model.add(Conv2D(64, (3,3), padding='same'))
model.add(BatchNormalization())
model.add(Activation('relu'))
model.add(Conv2D(64, (3,3), padding='same'))
model.add(BatchNormalization())
model.add(Activation('relu'))
model.add(MaxPooling2D((2,2)))
model.add(Dropout(0.3))
# classifier
model.add(Flatten())
model.add(Dense(256, kernel_initializer='he_uniform'))
model.add(LeakyReLU(negative_slope=0.1))
model.add(Dropout(0.5))
model.add(Dense(10))
model.add(Softmax())

print(model.summary())
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])

es = EarlyStopping(monitor='val_loss', patience=10)
lr = ReduceLROnPlateau(factor=0.5, patience=4)
if not os.path.exists('weights'):
    os.mkdir('weights')
hist = model.fit(X_train, Y_train, epochs=50, batch_size=64,
                 validation_split=0.2, callbacks=[es, lr])

fig, ax = plt.subplots(1, 2)
ax[0].plot(hist.history['loss'])
ax[1].plot(hist.history['accuracy'])
plt.show()

loss, acc = model.evaluate(X_test, Y_test)
print("accuracy %.2f%%" % (acc * 100))
