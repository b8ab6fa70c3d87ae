"""Attention U-Net, step by step (nested functions and closures)."""
import tensorflow as tf
from tensorflow.keras import layers as L
from tensorflow.keras import backend as K


def attention_unet(input_size=(128, 128, 1), n_filters=16, batchnorm=True, dropout=0.1, final="sigmoid"):
    index = {"conv": 0}

    def name(kind):
        index[kind] = index.get(kind, 0) + 1
        return f"{kind}_{index[kind]}"

    def conv(x, filters, size=3, activation="relu"):
        x = L.Conv2D(filters, size, padding="same", kernel_initializer="he_normal", name=name("conv"))(x)
        if batchnorm:
            x = L.BatchNormalization()(x)
        return L.Activation(activation)(x) if activation else x

    def double(x, filters):
        return conv(conv(x, filters), filters)

    def gate(x, g, filters):
        theta = L.Conv2D(filters, 2, strides=2, padding="same")(x)
        phi = L.Conv2D(filters, 1, padding="same")(g)
        f = L.Activation("relu")(L.add([theta, phi]))
        psi = L.Conv2D(1, 1, padding="same")(f)
        alpha = L.Activation("sigmoid")(psi)
        alpha = L.UpSampling2D(size=(2, 2))(alpha)
        alpha = L.Lambda(lambda t, reps: tf.repeat(t, reps, axis=3), arguments={"reps": x.shape[-1]})(alpha)
        return L.multiply([alpha, x])

    inputs = L.Input(input_size)
    c1 = double(inputs, n_filters * 1)
    p1 = L.Dropout(dropout)(L.MaxPooling2D((2, 2))(c1))
    c2 = double(p1, n_filters * 2)
    p2 = L.Dropout(dropout)(L.MaxPooling2D((2, 2))(c2))
    c3 = double(p2, n_filters * 4)
    p3 = L.Dropout(dropout)(L.MaxPooling2D((2, 2))(c3))
    c4 = double(p3, n_filters * 8)

    x = c4
    for skip in (c3, c2, c1):
        f = skip.shape[-1]
        a = gate(skip, x, f)
        x = L.Conv2DTranspose(f, 3, strides=2, padding="same")(x)
        x = double(L.concatenate([x, a]), f)

    outputs = L.Conv2D(1, 1, activation=final)(x)
    return tf.keras.Model(inputs=[inputs], outputs=[outputs])


model = attention_unet()
model.compile(
    optimizer=tf.keras.optimizers.Adam(),
    loss=tf.keras.losses.BinaryFocalCrossentropy(),
    metrics=[tf.keras.metrics.MeanIoU(num_classes=2)],
)
deep_supervision_off = attention_unet((64, 64, 3), n_filters=8, batchnorm=False, dropout=0.0, final="linear")
