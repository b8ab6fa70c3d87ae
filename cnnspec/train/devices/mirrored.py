"""Steps of a model on several devices of TensorFlow's: each takes its share of the rows of a batch.

A batch that has fewer examples than there are devices, as an evaluation's last may, is taken by the first of them; the others
do nothing, for the loss and the normalisation of no examples are no numbers. What devices learn apart, such as the moving
statistics of a batch normalisation, is made their mean after every step, so that what is evaluated, and saved, is one model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.train.devices.output_losses import OutputLosses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnnspec.train.devices.feed import ReadAhead


def as_distributed(read: ReadAhead) -> Any:
    """Batches that Keras's loop hands to a step as they are."""
    import tensorflow as tf

    class Distributed(tf.distribute.DistributedDataset):  # type: ignore[misc]
        def __iter__(self) -> Iterator[Any]:
            return iter(read)

    return Distributed()


def share_arrays(model: Any, strategy: Any) -> None:
    """Let a model that was compiled in a strategy's scope take batches of arrays, traced for any size of them."""
    losses = OutputLosses(model)
    model.train_function = _make_step(model, losses.wrap(model.train_step), losses, strategy, joined=True)
    model.test_function = _make_step(model, losses.wrap(model.test_step), losses, strategy, joined=False)


def share_rows(batch: tuple[Any, ...], devices: int) -> list[tuple[Any, ...]]:
    """The shares of the parts of a batch, arrays or tuples and dicts of them, one behind another; none is empty."""
    import numpy as np
    import tensorflow as tf

    count = len(tf.nest.flatten(batch)[0])
    rows = [own for own in np.array_split(np.arange(count), devices) if len(own)]
    return [tf.nest.map_structure(lambda a, own=own: a[own[0] : own[-1] + 1], batch) for own in rows]


def _make_step(
    model: Any, step: Callable[[Any], Any], losses: OutputLosses, strategy: Any, joined: bool
) -> Callable[[Iterator[Any]], dict[str, Any]]:
    """A step on the next batch: (examples, targets) or (examples, targets, weights)."""
    import tensorflow as tf

    def run(*shares: Any) -> Any:
        def take_own(*shares: Any) -> None:
            number = int(tf.get_static_value(tf.distribute.get_replica_context().replica_id_in_sync_group))
            if number < len(shares):
                step(shares[number])

        strategy.run(take_own, args=shares)
        if joined:
            _join_states(model, strategy)
        return model.get_metrics_result()

    traced: dict[tuple[int, int], Any] = {}  # by the number of shares, and of parts

    def take_step(batches: Iterator[Any]) -> Any:
        batch = tuple([part for part in next(batches) if part is not None])
        shares = share_rows(batch, strategy.num_replicas_in_sync)
        key = (len(shares), len(batch))
        if key not in traced:
            losses.prepare(batch)
            form = tf.nest.map_structure(lambda array: tf.TensorSpec((None, *array.shape[1:]), array.dtype), batch)
            traced[key] = tf.function(run, input_signature=[form] * len(shares), autograph=False)
        return traced[key](*shares)

    return take_step


def _join_states(model: Any, strategy: Any) -> None:
    """Give every device the mean of what each keeps apart: variables that no gradient changes."""
    import tensorflow as tf

    for variable in model.non_trainable_variables:
        own = strategy.experimental_local_results(variable.value)
        if len(own) > 1 and own[0].dtype.is_floating:
            values = [one.read_value() for one in own]
            # of equal values, as those of a frozen layer, exactly that value
            mean = values[0] + tf.add_n([value - values[0] for value in values]) / len(own)
            for one in own:
                one.assign(mean)
