"""Losses and metrics for segmentation."""
import keras
from keras import ops


@keras.saving.register_keras_serializable()
class DiceLoss(keras.losses.Loss):
    def __init__(self, smooth=1.0, name="dice"):
        super().__init__(name=name)
        self.smooth = smooth

    def call(self, y_true, y_pred):
        axes = [1, 2]
        overlap = ops.sum(y_true * y_pred, axis=axes)
        total = ops.sum(y_true, axis=axes) + ops.sum(y_pred, axis=axes)
        return 1 - ops.mean((2 * overlap + self.smooth) / (total + self.smooth))


def focal(alpha=0.25, gamma=2.0):
    def loss(y_true, y_pred):
        p = ops.clip(y_pred, 1e-7, 1 - 1e-7)
        return -ops.mean(alpha * y_true * (1 - p) ** gamma * ops.log(p))

    return loss
