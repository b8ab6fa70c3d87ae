"""A part of the data → the batches of an epoch, in an order that the seed and the epoch alone decide.

So a training that goes on after a stop sees the batches that it would have seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.train.share import ALONE

if TYPE_CHECKING:
    import numpy as np

    from cnnspec.train.examples import Part
    from cnnspec.train.share import Share

    Array = np.ndarray[Any, Any]


def order(count: int, seed: int, epoch: int) -> Array:
    """The order of `count` examples in an epoch, counted from 0: every one once."""
    import numpy as np

    return np.random.default_rng([seed, epoch]).permutation(count)


def batches(
    keras: Any, part: Part, batch: int, seed: int | None = None, epoch: int = 0, first: int = 0, share: Share = ALONE
) -> Any:
    """What Keras's `fit` and `evaluate` take: a PyDataset of (examples, targets), `batch` examples each, the last fewer.

    Without a seed the order is that of the data. `epoch` and `first` say where a training goes on: the epoch that the
    next one is, and the batch in it with which it begins. Of every batch this process reads its share.
    """

    class Batches(keras.utils.PyDataset):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.epoch, self.first = epoch, first
            self.order = self.ordered()

        def ordered(self) -> Any:
            import numpy as np

            places = np.arange(len(part)) if seed is None else order(len(part), seed, self.epoch)
            return places[: share.whole(len(part))]

        def __len__(self) -> int:
            return -(-len(self.order) // batch) - self.first

        def __getitem__(self, number: int) -> tuple[Array, Array]:
            start = (self.first + number) * batch
            places = self.order[start : start + batch]
            return part.take(places[share.rows(len(places))])

        def on_epoch_end(self) -> None:
            self.epoch, self.first = self.epoch + 1, 0
            self.order = self.ordered()

    return Batches()
