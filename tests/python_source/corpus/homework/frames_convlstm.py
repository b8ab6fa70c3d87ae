# Project 2: next frame of moving digits. ConvLSTM and, for comparison, 3-D convolutions.
import numpy as np
import keras
from keras.models import Sequential
from keras.layers import ConvLSTM2D, Conv3D, BatchNormalization, Input, TimeDistributed, Conv2D, Bidirectional, LSTM, Flatten, Dense

n_frames = 10
row, col = 40, 40

def generate_movies(n_samples=12, n_frames=10):
    noisy_movies = np.zeros((n_samples, n_frames, row, col, 1), dtype=float)
    shifted_movies = np.zeros((n_samples, n_frames, row, col, 1), dtype=float)
    for i in range(n_samples):
        n = np.random.randint(3, 8)
        for j in range(n):
            xstart = np.random.randint(10, 30)
            noisy_movies[i, :, xstart, xstart, 0] += 1
    return noisy_movies, shifted_movies

noisy_movies, shifted_movies = generate_movies(n_frames=n_frames)

seq = Sequential()
seq.add(ConvLSTM2D(filters=40, kernel_size=(3, 3), input_shape=(None, row, col, 1), padding='same', return_sequences=True))
seq.add(BatchNormalization())
seq.add(ConvLSTM2D(filters=40, kernel_size=(3, 3), padding='same', return_sequences=True))
seq.add(BatchNormalization())
seq.add(Conv3D(filters=1, kernel_size=(3, 3, 3), activation='sigmoid', padding='same', data_format='channels_last'))
seq.compile(loss='binary_crossentropy', optimizer='adadelta')
seq.fit(noisy_movies[:10], shifted_movies[:10], batch_size=10, epochs=3, validation_split=0.05)

vol = Sequential([
    Input(shape=noisy_movies.shape[1:]),
    Conv3D(16, (3, 3, 3), padding='same', activation='relu'),
    Conv3D(32, (3, 5, 5), padding='same', activation='relu', dilation_rate=(2, 1, 1)),
    Conv3D(1, 1, activation='sigmoid'),
])

lstm = Sequential()
lstm.add(Input((n_frames, row, col, 1)))
lstm.add(TimeDistributed(Conv2D(8, 5, strides=2, activation='relu')))
lstm.add(TimeDistributed(Flatten()))
lstm.add(Bidirectional(LSTM(24)))
lstm.add(Dense(row * col, activation='sigmoid'))
for net in seq, vol, lstm:
    net.summary()
