'''Coursework 2 -- human activity from accelerometer windows'''
import numpy as np
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, Flatten, Dropout, Conv1D, MaxPooling1D, GlobalAveragePooling1D
from tensorflow.keras.optimizers import Adam
np.random.seed(7)

TIME_PERIODS = 80
N_SENSORS = 3
N_CLASSES = 6
BATCH = 400

input_shape = TIME_PERIODS * N_SENSORS

# fake data to test the network before the real files arrive
x_train = np.random.normal(size=(1000, TIME_PERIODS, N_SENSORS))
y_train = np.eye(N_CLASSES)[np.random.randint(0, N_CLASSES, 1000)]

model_m = Sequential()
model_m.add(Conv1D(100, 10, activation='relu', input_shape=(TIME_PERIODS, N_SENSORS)))
model_m.add(Conv1D(100, 10, activation='relu'))
model_m.add(MaxPooling1D(3))
model_m.add(Conv1D(160, 10, activation='relu'))
model_m.add(Conv1D(160, 10, activation='relu'))
model_m.add(GlobalAveragePooling1D())
model_m.add(Dropout(0.5))
model_m.add(Dense(N_CLASSES, activation='softmax'))
print(model_m.summary())

model_m.compile(loss='categorical_crossentropy', optimizer=Adam(1e-3), metrics=['accuracy'])
history = model_m.fit(x_train, y_train, batch_size=BATCH, epochs=50, validation_split=0.2, verbose=1)
