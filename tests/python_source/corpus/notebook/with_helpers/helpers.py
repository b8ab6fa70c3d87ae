from keras import layers

FRAME, STEP = 255, 128


def spectrogram_shape(seconds, rate, frame=FRAME, step=STEP):
    """frames, frequencies, channels of a short-time Fourier transform"""
    samples = int(seconds * rate)
    frames = 1 + (samples - frame) // step
    n_fft = 2 ** (frame - 1).bit_length()
    return frames, n_fft // 2 + 1, 1


def conv_stack(*widths):
    stack = [layers.Conv2D(w, 3, activation="relu") for w in widths]
    return stack + [layers.MaxPooling2D(), layers.Dropout(0.25)]


def head(classes, hidden=64, rate=0.5):
    yield layers.Dense(hidden, activation="relu")
    if rate:
        yield layers.Dropout(rate)
    yield layers.Dense(classes)
