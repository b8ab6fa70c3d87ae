"""The gradient of one output of a Keras model with respect to its last input, on whichever backend Keras runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    Array = np.ndarray[Any, Any]


def compute_gradient(model: Any, keras: Any, inputs: Sequence[Array], unit: int) -> Array:
    """The gradient, shaped as the last input, of the output with this number, counted over all values of the batch."""
    import numpy as np

    return np.asarray(COMPUTE[keras.config.backend()](model, [*inputs], unit), np.float32)


def _with_tensorflow(model: Any, inputs: list[Any], unit: int) -> Any:
    import tensorflow as tf

    *others, last = [tf.convert_to_tensor(array) for array in inputs]
    with tf.GradientTape() as tape:
        tape.watch(last)
        value = tf.reshape(model([*others, last], training=False), (-1,))[unit]
    return tape.gradient(value, last)


def _with_jax(model: Any, inputs: list[Any], unit: int) -> Any:
    import jax

    weights = [
        [variable.value for variable in kind] for kind in (model.trainable_variables, model.non_trainable_variables)
    ]
    *others, last = inputs

    def compute(added: Any) -> Any:
        outputs, _ = model.stateless_call(*weights, [*others, added], training=False)
        return outputs.reshape(-1)[unit]

    return jax.jit(jax.grad(compute))(last)


def _with_torch(model: Any, inputs: list[Any], unit: int) -> Any:
    import torch
    from keras import ops

    *others, last = [ops.convert_to_tensor(array) for array in inputs]
    last.requires_grad_()
    value = model([*others, last], training=False).reshape(-1)[unit]
    return ops.convert_to_numpy(torch.autograd.grad(value, last)[0])


COMPUTE = {"tensorflow": _with_tensorflow, "jax": _with_jax, "torch": _with_torch}
