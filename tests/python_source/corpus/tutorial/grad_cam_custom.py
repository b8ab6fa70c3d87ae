# Grad-CAM from scratch, on DenseNet
import numpy as np
import keras
import tensorflow as tf
from keras.applications.densenet import DenseNet121, preprocess_input
from keras.models import Model
from keras.layers import Dense, GlobalAveragePooling2D, Dropout

NUM_CLASSES = 14
base = DenseNet121(weights='imagenet', include_top=False, input_shape=(224, 224, 3))

x = base.output
x = GlobalAveragePooling2D()(x)
x = Dropout(0.3)(x)
predictions = Dense(NUM_CLASSES, activation='sigmoid')(x)

model = Model(inputs=base.input, outputs=predictions)
model.compile(optimizer='adam', loss='binary_crossentropy', metrics=['binary_accuracy', keras.metrics.AUC(multi_label=True)])

last_conv_layer_name = 'relu'
grad_model = Model(
    [model.inputs], [model.get_layer(last_conv_layer_name).output, model.output]
)


def make_gradcam_heatmap(img_array, pred_index=None):
    with tf.GradientTape() as tape:
        last_conv_layer_output, preds = grad_model(img_array)
        if pred_index is None:
            pred_index = tf.argmax(preds[0])
        class_channel = preds[:, pred_index]
    grads = tape.gradient(class_channel, last_conv_layer_output)
    pooled_grads = tf.reduce_mean(grads, axis=(0, 1, 2))
    heatmap = last_conv_layer_output[0] @ pooled_grads[..., tf.newaxis]
    return tf.squeeze(heatmap).numpy()
