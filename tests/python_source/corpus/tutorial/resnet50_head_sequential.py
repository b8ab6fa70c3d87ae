import tensorflow as tf
from tensorflow.keras.applications.resnet50 import ResNet50, preprocess_input
from tensorflow.keras import layers as L

train = tf.keras.utils.image_dataset_from_directory("flowers", image_size=(180, 180), batch_size=32, seed=123)
class_names = train.class_names

resnet = tf.keras.Sequential()
pretrained = ResNet50(include_top=False, input_shape=(180, 180, 3), pooling='avg', weights=None)
for layer in pretrained.layers:
    layer.trainable = False

resnet.add(pretrained)
resnet.add(L.Flatten())
resnet.add(L.Dense(512, activation='relu'))
resnet.add(L.Dense(5, activation='softmax'))
resnet.summary()

resnet.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.001),
               loss='sparse_categorical_crossentropy', metrics=['accuracy'])
history = resnet.fit(train, epochs=10)

# the same with as many units as there are folders
resnet2 = tf.keras.Sequential([pretrained, L.Dense(256, 'relu'), L.Dense(len(class_names), 'softmax')])
resnet2.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
