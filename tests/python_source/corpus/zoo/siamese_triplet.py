"""Triplet network: one embedding, three inputs, shared weights; also a two-headed comparison."""
import tensorflow as tf
from tensorflow.keras import Input, Model, Sequential
from tensorflow.keras import layers

SHAPE = (105, 105, 1)


def embedding(shape, dim=128):
    net = Sequential(name='embedding')
    net.add(layers.Conv2D(64, (10, 10), activation='relu', input_shape=shape))
    net.add(layers.MaxPooling2D())
    net.add(layers.Conv2D(128, (7, 7), activation='relu'))
    net.add(layers.MaxPooling2D())
    net.add(layers.Conv2D(128, (4, 4), activation='relu'))
    net.add(layers.MaxPooling2D())
    net.add(layers.Conv2D(256, (4, 4), activation='relu'))
    net.add(layers.Flatten())
    net.add(layers.Dense(dim, activation='sigmoid'))
    return net


class DistanceLayer(layers.Layer):
    """distance between the anchor embedding and the positive / negative embedding."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)

    def call(self, anchor, positive, negative):
        ap_distance = tf.reduce_sum(tf.square(anchor - positive), -1)
        an_distance = tf.reduce_sum(tf.square(anchor - negative), -1)
        return (ap_distance, an_distance)


net = embedding(SHAPE)
anchor_in, pos_in, neg_in = [Input(SHAPE, name=n) for n in ('anchor', 'positive', 'negative')]
triplet = Model([anchor_in, pos_in, neg_in], DistanceLayer()(net(anchor_in), net(pos_in), net(neg_in)), name='triplet')

left, right = Input(SHAPE, name='left'), Input(SHAPE, name='right')
diff = layers.Lambda(lambda t: tf.abs(t[0] - t[1]), output_shape=(128,))([net(left), net(right)])
score = layers.Dense(1, activation='sigmoid', name='same')(diff)
pair = Model(inputs=[left, right], outputs=score, name='pair')
pair.compile(loss='binary_crossentropy', optimizer=tf.keras.optimizers.Adam(6e-5))
pair.summary()
