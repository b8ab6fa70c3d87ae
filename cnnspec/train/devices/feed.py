"""Batches as Keras's `fit` and `evaluate` take them: the next are read by a thread while one is trained on.

Keras's loop takes the arrays themselves, on every backend, so the time for which it waits for them is known. On TensorFlow
its own way would be tf.data, which takes longer to hand over a small batch than a small network to be trained on it, and
gives a device an empty share of a batch that has too few examples (`mirrored` shares them).
"""

from __future__ import annotations

import time
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Any

from cnnspec.train.devices.output_losses import OutputLosses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AHEAD = 2  # batches that are read ahead


class ReadAhead:
    """The batches of an epoch, in order; `waited` counts the seconds for which whoever takes them has waited."""

    def __init__(self, batches: Any, clock: Callable[[], float] = time.perf_counter) -> None:
        self.waited, self._batches, self._clock = 0.0, batches, clock

    def __iter__(self) -> Iterator[Any]:
        from concurrent.futures import ThreadPoolExecutor

        reader = ThreadPoolExecutor(1, "batches")
        try:
            reads = (reader.submit(self._batches.__getitem__, number) for number in range(len(self._batches)))
            ahead = deque(islice(reads, AHEAD))
            while ahead:
                began = self._clock()
                batch = ahead.popleft().result()
                self.waited += self._clock() - began
                ahead.extend(islice(reads, 1))
                yield batch
        finally:  # whoever stops in the middle does not wait for what is read ahead
            reader.shutdown(wait=False, cancel_futures=True)


def make_feed(batches: Any, as_dataset: Callable[[ReadAhead], Any] = lambda read: read) -> Any:
    """What `fit` and `evaluate` take for batches (`data.batches`); `waited` counts the seconds for which they waited for one.
    `as_dataset` makes of them what TensorFlow's loop goes through."""
    from keras.src.trainers.data_adapters.data_adapter import DataAdapter  # which `fit` takes as it is
    from keras.src.trainers.data_adapters.data_adapter_utils import get_torch_dataloader

    class Feed(DataAdapter):  # type: ignore[misc]
        def __init__(self) -> None:
            self.read = ReadAhead(batches)

        @property
        def waited(self) -> float:
            return self.read.waited

        @property
        def num_batches(self) -> int:
            return len(batches)

        @property
        def batch_size(self) -> None:
            return None

        def get_numpy_iterator(self) -> Iterator[Any]:
            return iter(self.read)

        def get_jax_iterator(self) -> Iterator[Any]:
            return iter(self.read)

        def get_torch_dataloader(self) -> Any:
            return get_torch_dataloader(self.read)

        def get_tf_dataset(self) -> Any:
            return as_dataset(self.read)

    return Feed()


def take_arrays(model: Any) -> None:
    """Let a compiled model of TensorFlow's take batches of arrays, traced for any size of them.

    Keras traces arrays for the size that comes first, and again for another, so that the last bits of a training would depend on
    where it was stopped.
    """
    losses = OutputLosses(model)
    model.train_function = _make_step(losses.wrap(model.train_step), losses, model.jit_compile)
    model.test_function = _make_step(losses.wrap(model.test_step), losses, model.jit_compile)


def _make_step(step: Callable[[Any], Any], losses: OutputLosses, compiled: bool) -> Callable[[Iterator[Any]], Any]:
    """A step on the next batch: (examples, targets) or (examples, targets, weights)."""
    import tensorflow as tf

    traced: dict[int, Any] = {}  # by the number of parts

    def take_step(batches: Iterator[Any]) -> Any:
        batch = tuple([part for part in next(batches) if part is not None])
        if len(batch) not in traced:
            losses.prepare(batch)
            form = tf.nest.map_structure(lambda array: tf.TensorSpec((None, *array.shape[1:]), array.dtype), batch)
            traced[len(batch)] = tf.function(step, input_signature=[form], autograph=False, jit_compile=compiled)
        return traced[len(batch)](batch)

    return take_step
