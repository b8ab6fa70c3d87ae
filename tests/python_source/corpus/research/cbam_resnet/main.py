from __future__ import print_function
import os
from tensorflow.keras.optimizers import Adam
from tensorflow.keras.callbacks import ModelCheckpoint, LearningRateScheduler
from tensorflow.keras.datasets import cifar10
import tensorflow.keras.utils as utils
import models

batch_size = 128
epochs = 200
num_classes = 10
attention_modules = [None, 'se_block', 'cbam_block']

(x_train, y_train), (x_test, y_test) = cifar10.load_data()
x_train = x_train.astype('float32') / 255
input_shape = x_train.shape[1:]
y_train = utils.to_categorical(y_train, num_classes)

for attention in attention_modules:
    model = models.resnet18(input_shape, num_classes, attention)
    model_type = 'resnet18' if attention is None else '%s_resnet18' % attention
    model.compile(loss='categorical_crossentropy', optimizer=Adam(learning_rate=1e-3), metrics=['accuracy'])
    save_dir = os.path.join(os.getcwd(), 'saved_models')
    if not os.path.isdir(save_dir):
        os.makedirs(save_dir)
    filepath = os.path.join(save_dir, 'cifar10_%s.keras' % model_type)
    model.fit(x_train, y_train, batch_size=batch_size, epochs=epochs, callbacks=[ModelCheckpoint(filepath)])

big = getattr(models, 'resnet34')((224, 224, 3), 1000, attention_module='cbam_block')
