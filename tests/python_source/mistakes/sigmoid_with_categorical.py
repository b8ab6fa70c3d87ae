import keras
from keras.layers import Input, Conv2D, GlobalAveragePooling2D, Dense

NUM_CLASSES = 6
i = Input((150, 150, 3))
h = Conv2D(32, 3, activation='relu')(i)
h = GlobalAveragePooling2D()(h)
o = Dense(NUM_CLASSES, activation='sigmoid')(h)
m = keras.Model(i, o)
m.compile(loss='categorical_crossentropy', optimizer='rmsprop', metrics=['acc'])
