import keras
import keras.ops as K
from keras import layers as L
from keras.models import Model


def densenet(input_shape, n_classes, filters=32, reps=(6, 12, 24, 16)):

    # batch norm + relu + conv
    def bn_rl_conv(x, filters, kernel=1, strides=1):
        x = L.BatchNormalization()(x)
        x = L.ReLU()(x)
        x = L.Conv2D(filters, kernel, strides=strides, padding='same', use_bias=False)(x)
        return x

    def dense_block(x, repetition):
        for _ in range(repetition):
            y = bn_rl_conv(x, 4 * filters)
            y = bn_rl_conv(y, filters, 3)
            x = L.concatenate([y, x])
        return x

    def transition_layer(x):
        x = bn_rl_conv(x, x.shape[-1] // 2)
        x = L.AvgPool2D(2, strides=2, padding='same')(x)
        return x

    input = L.Input(input_shape)
    x = L.Conv2D(64, 7, strides=2, padding='same', use_bias=False)(input)
    x = L.BatchNormalization()(x)
    x = L.ReLU()(x)
    x = L.MaxPool2D(3, strides=2, padding='same')(x)

    for i, repetition in enumerate(reps):
        d = dense_block(x, repetition)
        x = transition_layer(d) if i + 1 < len(reps) else d

    x = L.GlobalAveragePooling2D()(x)
    output = L.Dense(n_classes, activation='softmax')(x)
    return Model(input, output, name='densenet' + str(1 + 2 * sum(reps) + len(reps)))


tiny = densenet((64, 64, 3), 10, filters=12, reps=(2, 4, 3))
print(tiny.name, tiny.count_params())
model = densenet((224, 224, 3), 3, reps=(3, 6, 4, 2))
model.summary()
