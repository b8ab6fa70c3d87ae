import keras
import keras_tuner as kt
import tensorflow as tf
from keras import layers

CLASS_NAMES = ['buildings', 'forest', 'glacier', 'mountain', 'sea', 'street']
IMAGE_SIZE = (150, 150)
BATCH_SIZE = 32

train = keras.utils.image_dataset_from_directory('../input/intel/seg_train', label_mode='int', image_size=IMAGE_SIZE, batch_size=BATCH_SIZE)

def build_model(hp):
    model = keras.Sequential()
    model.add(layers.Input(shape=IMAGE_SIZE + (3,)))
    model.add(layers.Rescaling(1./255))
    for i in range(hp.Int('conv_blocks', 2, 4, default=3)):
        filters = hp.Int(f'filters_{i}', min_value=32, max_value=128, step=32)
        model.add(layers.Conv2D(filters, hp.Choice('kernel', [3, 5]), padding='same'))
        if hp.Boolean('batchnorm', default=True):
            model.add(layers.BatchNormalization())
        model.add(layers.Activation(hp.Choice('act', ['relu', 'elu'])))
        if hp.Choice('pooling', ['max', 'avg']) == 'max':
            model.add(layers.MaxPooling2D())
        else:
            model.add(layers.AveragePooling2D())
        model.add(layers.Dropout(hp.Float('dropout', 0., 0.5, step=0.1, default=0.25)))
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(hp.Int('units', 30, 100, step=10, default=50), activation='relu'))
    model.add(layers.Dense(len(CLASS_NAMES), activation='softmax'))
    model.compile(optimizer=keras.optimizers.Adam(hp.Float('learning_rate', 1e-4, 1e-2, sampling='log')),
                  loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    return model

baseline = build_model(kt.HyperParameters())
baseline.summary()

tuner = kt.Hyperband(build_model, objective='val_accuracy', max_epochs=30, hyperband_iterations=2, directory='tuner', project_name='intel')
tuner.search(train, epochs=30, validation_data=train, callbacks=[keras.callbacks.EarlyStopping(patience=1)])
best_hps = tuner.get_best_hyperparameters(1)[0]
print(best_hps.get('filters_0'))
