"""
Image classification from scratch to fine-tuning, step by step.
"""
from tensorflow.keras.applications.xception import Xception
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D, BatchNormalization, Dropout
from tensorflow.keras.models import Model
from tensorflow.keras import optimizers, losses

train_datagen = ImageDataGenerator(rescale=1 / 255., rotation_range=20, horizontal_flip=True)
train_gen = train_datagen.flow_from_directory('data/train', target_size=(299, 299), batch_size=16, class_mode='categorical')
classes = ['apple', 'banana', 'cherry']

# Step 1: the pretrained base
base_model = Xception(include_top=False, weights='imagenet', input_shape=(299, 299, 3))

# Step 2: a new head
x = base_model.output
x = GlobalAveragePooling2D()(x)
x = BatchNormalization()(x)
x = Dense(1024, activation='relu')(x)
x = Dropout(0.5)(x)
predictions = Dense(len(classes), activation='softmax')(x)
model = Model(inputs=base_model.inputs, outputs=predictions)

# Step 3: train the head alone
for layer in base_model.layers:
    layer.trainable = False
model.compile(loss=losses.categorical_crossentropy, optimizer=optimizers.Adam(), metrics=['accuracy'])
model.fit(train_gen, epochs=5)

# Step 4: the whole network, slowly
for layer in model.layers:
    layer.trainable = True
model.compile(loss=losses.categorical_crossentropy, optimizer=optimizers.Adam(1e-4), metrics=['accuracy'])
hist = model.fit(train_gen, steps_per_epoch=len(train_gen), epochs=30)

# Without a top, with pooling
extractor = Xception(include_top=False, pooling='max', input_shape=(150, 150, 3), weights=None)
features = Dense(64)(extractor.output)
metric_model = Model(extractor.input, features)
