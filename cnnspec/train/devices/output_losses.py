"""The losses of several outputs on TensorFlow: each is the mean over all examples, as the loss of the whole is.

Keras weighs a batch's losses with the size that it has when a step is traced. A step that is traced for any size has none, so that a
last batch of one example would count as much as a full one, and the losses of the outputs would not add up to that of the whole.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class OutputLosses:
    """Counts the examples of what a model's step is traced for; every device traces in a thread of its own."""

    def __init__(self, model: Any) -> None:
        self._model, self._traced = model, threading.local()

    def prepare(self, batch: tuple[Any, ...]) -> None:
        """Make what counts a model's losses count examples; before a step is traced."""
        loss = self._model._compile_loss
        if loss is None or len(self._model.outputs) == 1:
            return
        if not loss.built:
            self._model._symbolic_build(data_batch=batch)
        for counted in loss.metrics:
            vars(counted)["update_state"] = partial(self._update, counted)

    def wrap(self, step: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """The step, for whose batch examples are counted."""

        def take_step(batch: tuple[Any, ...]) -> Any:
            import tensorflow as tf

            self._traced.examples = tf.shape(tf.nest.flatten(batch)[0])[0]
            return step(batch)

        return take_step

    def _update(self, counted: Any, value: Any, sample_weight: Any = None) -> Any:
        examples = getattr(self._traced, "examples", sample_weight)
        return type(counted).update_state(counted, value, sample_weight=examples)
