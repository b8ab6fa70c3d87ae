"""The numbers that a training computes with: float32, or half precision with float32 weights.

Under mixed_float16 and mixed_bfloat16 layers compute in half precision, weights and their updates are float32, and so
are the layers that the network ends with (`compile.keras_model` sees to that), the loss and the metrics: a softmax in half
precision rounds small probabilities to 0, whose logarithm the loss takes. Keras scales the loss of mixed_float16.
"""

from __future__ import annotations

from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

PRECISIONS = ("float32", "mixed_float16", "mixed_bfloat16")


@contextmanager
def computing_in(keras: Any, precision: str) -> Iterator[None]:
    """A context in which new layers compute in a precision."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
